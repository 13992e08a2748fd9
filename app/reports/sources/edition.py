"""Reads the text of an edition into sections, must-reads, dated items and rejects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from app.ingest.rejects import Reject
from app.reports.sources.edition_blocks import (
    MAIN_BLOCKS,
    find_block,
    is_disclaimer,
    is_must_reads,
    name_heading,
    name_narrative,
)
from app.reports.sources.edition_paragraphs import Chunk, is_agency_title, read_chunks
from app.reports.sources.edition_text import clean_lines, find_refusal
from app.reports.sources.edition_trailer import Trailer, find_trailer
from app.reports.sources.records import (
    Edition,
    EditionItem,
    MustRead,
    Section,
)

__all__ = ["Edition", "EditionItem", "MustRead", "Reject", "Section", "read_edition"]

_STATE_MEDIA = re.compile(
    r"^\W*(?:\(?state[- ](?:run |owned |controlled )?media\b"
    r"|(?:los )?medios (?:estatales|oficiales)|(?:a )?m[íi]dia estatal"
    r"|(?:les )?m[ée]dias d.[ée]tat)",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"\bread more\b|\bleer m[áa]s\b|\bler mais\b|\blire la suite\b|\bcontinue reading\b"
    r"|\bregister (?:now|here|today)\b|\bregistration\b|\brsvp\b|\bspeakers?\b|\bpanell?ists?\b"
    r"|\bmoderat(?:or|ed by)\b|\bagenda\b|\bkeynote\b|\bponentes?\b|\binscr[íi]b|\bwebinar\b"
    r"|\bjoin us\b|\bnext page\b|\bolder posts\b|\b(?:opening|closing) remarks\b|\bq ?& ?a\b",
    re.IGNORECASE,
)
_MENU = 4  # headings in a row; an edition has two at most
_HTML = re.compile(r"<(?:html|body|div|li|p)\b[^>]*>", re.IGNORECASE)
_UNFINISHED = re.compile(r"[-–—]\s[^-–—]{2,80}\s\d{1,2}-[^\W\d_]{3,5}\b.{0,40}$")
_HEADED_WORDS = 5  # right under a heading even a short sentence is its narrative
_NARRATIVE_WORDS = 12  # a shorter paragraph is a title, a caption or a menu entry


@dataclass(slots=True)
class _Block:
    """A block under construction: its name may only be known once its items are read."""

    heading: str | None = None
    name: str | None = None
    parent: _Block | None = None
    paragraphs: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    line: int
    trailer: Trailer
    published_on: date
    block: _Block


def read_edition(text: str, published_on: date) -> Edition:
    """The edition that `text` holds; never raises: `refusal` says why when it has no item."""
    refusal = find_refusal(text)
    if refusal:
        return Edition(published_on, (), (), (), (), refusal)
    reader = _Reader(published_on)
    for chunk in _without_menus(read_chunks(clean_lines(text), published_on)):
        if chunk.kind == "end":
            if reader.drafts:
                break
            continue
        reader.take(chunk)
    refusal = _refuse(reader, text)
    if refusal:
        return Edition(published_on, (), (), (), tuple(reader.rejects), refusal)
    return reader.finish()


def _without_menus(chunks: list[Chunk]) -> Iterator[Chunk]:
    """The pieces without runs of headings, which are the menu of a page."""
    for kind, run in groupby(chunks, key=lambda chunk: chunk.kind):
        pieces = list(run)
        if kind != "heading" or len(pieces) < _MENU:
            yield from pieces


class _Reader:
    """Walks the pieces once and keeps what each turned out to be."""

    def __init__(self, published_on: date) -> None:
        self.published_on = published_on
        self.drafts: list[_Draft] = []
        self.must_reads: list[MustRead] = []
        self.rejects: list[Reject] = []
        self.bullets = 0
        self.headed = 0
        self._overview: list[str] = []
        self._disclaimers: list[tuple[int, str]] = []
        self._blocks: list[_Block] = []
        self._heading: str | None = None
        self._in_must_reads = False
        self._in_disclaimer = False

    def take(self, chunk: Chunk) -> None:
        if chunk.kind == "heading":
            self._take_heading(chunk.text)
            return
        trailer = find_trailer(chunk.text, self.published_on)
        if chunk.kind == "bullet":
            self.bullets += 1
        if trailer is not None:
            self._take_item(chunk.line, trailer)
        elif chunk.kind == "bullet":
            self._take_bullet(chunk)
        else:
            self._take_paragraph(chunk.line, chunk.text)

    def _take_heading(self, text: str) -> None:
        if is_disclaimer(text):
            self._in_disclaimer = True
            return
        self._in_disclaimer = False
        if is_must_reads(text):
            self._in_must_reads, self._heading = True, None
            self._close_overview()
        elif not (self._in_must_reads and find_block(text) not in MAIN_BLOCKS):
            self._in_must_reads = False
            self._heading = text
            if find_block(text):
                self.headed += 1
                self._close_overview()

    def _close_overview(self) -> None:
        """Prose before the must-reads or the first heading introduces the whole edition."""
        if not self.drafts and len(self._blocks) == 1 and self._blocks[0].heading is None:
            self._overview = self._blocks.pop().paragraphs

    def _take_paragraph(self, line: int, text: str) -> None:
        if is_disclaimer(text):
            self._in_disclaimer = True
        if self._in_disclaimer:
            self._disclaimers.append((len(self._blocks), text))
            return
        if _UNFINISHED.search(text):
            self.rejects.append(Reject(line, "no outlet and date at the end"))
            return
        headed = self._heading is not None and find_block(self._heading) is not None
        short = _HEADED_WORDS if headed and text[-1] in ".!?”" else _NARRATIVE_WORDS
        if text.count(" ") + 1 < short:
            return
        self._in_must_reads = False
        last = self._blocks[-1] if self._blocks else None
        if last is None or self._heading is not None or last.summaries:
            last = self._open(None)
        last.paragraphs.append(text)

    def _open(self, parent: _Block | None) -> _Block:
        heading = self._heading
        block = _Block(heading, name_heading(heading) if heading else None, parent)
        self._heading = None
        self._blocks.append(block)
        return block

    def _take_item(self, line: int, trailer: Trailer) -> None:
        self._in_must_reads = self._in_disclaimer = False
        last = self._blocks[-1] if self._blocks else None
        if last is None:
            last = self._open(None)
        elif self._heading is not None:
            main = find_block(self._heading) in MAIN_BLOCKS or not last.summaries
            last = self._open(None if main else last.parent or last)
        if trailer.published_on is None:
            self.rejects.append(Reject(line, trailer.problem or "impossible date"))
            return
        last.summaries.append(trailer.summary)
        self.drafts.append(_Draft(line, trailer, trailer.published_on, last))

    def _take_bullet(self, chunk: Chunk) -> None:
        agency, colon, title = chunk.text.partition(":")
        titled = bool(colon and title.strip()) and len(agency) <= 80
        if titled and (self._in_must_reads or (not self.drafts and is_agency_title(chunk.text))):
            position = len(self.must_reads) + 1
            self.must_reads.append(MustRead(position, agency.strip(), title.strip(), chunk.line))
        elif self._in_must_reads:
            position = len(self.must_reads) + 1
            self.must_reads.append(MustRead(position, "", chunk.text, chunk.line))
        elif chunk.text.count(" ") >= 4:
            self.rejects.append(Reject(chunk.line, "no outlet and date at the end"))

    def finish(self) -> Edition:
        taken = {block.name for block in self._blocks if block.name}
        for block in self._blocks:
            if block.name is None and block.paragraphs and block.summaries:
                block.name = name_narrative(" ".join(block.paragraphs), block.summaries, taken)
                if block.name:
                    taken.add(block.name)
        items = tuple(self._item(index, draft) for index, draft in enumerate(self.drafts, 1))
        return Edition(
            self.published_on,
            self._sections(),
            tuple(self.must_reads),
            items,
            tuple(self.rejects),
        )

    def _item(self, position: int, draft: _Draft) -> EditionItem:
        block, trailer = draft.block, draft.trailer
        return EditionItem(
            line=draft.line,
            position=position,
            block=block.name,
            subheading=block.heading if block.parent else None,
            summary=trailer.summary,
            outlet=trailer.outlet,
            published_on=draft.published_on,
            content_language=trailer.content_language,
            state_media_marked=_STATE_MEDIA.match(trailer.summary) is not None,
            parent_block=block.parent.name if block.parent else None,
        )

    def _sections(self) -> tuple[Section, ...]:
        sections: list[Section] = []

        def add(heading: str | None, kind: str, paragraphs: list[str], block: str | None) -> None:
            if paragraphs:
                text = "\n\n".join(paragraphs)
                sections.append(Section(len(sections) + 1, heading, kind, text, block))  # type: ignore[arg-type]

        leading = [text for before, text in self._disclaimers if before == 0]
        add(None, "disclaimer", leading, None)
        add(None, "overview", self._overview, None)
        last = max((i for i, block in enumerate(self._blocks) if block.summaries), default=-1)
        for index, block in enumerate(self._blocks):
            if index <= last or block.heading is not None:
                add(block.heading, "narrative", block.paragraphs, block.name)
        closing = [text for before, text in self._disclaimers if before]
        add(None, "disclaimer", closing, None)
        return tuple(sections)


def _refuse(reader: _Reader, text: str) -> str | None:
    """Why the text, though readable, gives no item: it is another kind of page."""
    items = len(reader.drafts)
    signs = len(_LISTING.findall(text[:500_000]))
    mostly_other = signs >= items or (signs >= 3 and items * 3 <= reader.bullets)
    if items and signs >= 2 and not reader.headed and mostly_other:
        return "the text reads like a listing page or an event announcement, not an edition"
    if items:
        return None
    if _HTML.search(text[:500_000]):
        return "no items: the file is HTML, give the text of the page"
    if signs >= 2:
        return "no items: the text reads like a listing page or an event announcement"
    if reader.rejects:
        return f"no items: none of the {reader.bullets} bullets ends with an outlet and a date"
    return 'no items: no line ends with an outlet and a date, such as "– Reuters on 16-NOV"'
