"""Joins physical lines into headings, paragraphs and bullets, across wraps and page breaks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.reports.sources.edition_blocks import (
    find_block,
    is_end,
    is_heading,
    is_must_reads,
)
from app.reports.sources.edition_text import BULLET, BULLETS, find_furniture
from app.reports.sources.edition_trailer import find_trailer

_INLINE_BULLET = re.compile(rf"\s*[{re.escape(BULLETS.replace('*', '').replace('·', ''))}]\s+")
_MARK_START = re.compile(
    r"^(?:[\[(]\s*(?:content|contenido|conte[úu]do|contenu|article|in)\b"
    r"|(?:content|contenido|conte[úu]do|contenu) (?:in|en|em)\b)",
    re.IGNORECASE,
)
_AGENCY = re.compile(r"^[A-Z][A-Z0-9 .,&/'’-]{2,60}:\s")
_KEEP_HYPHEN = {
    *(
        "anti",
        "pro",
        "vice",
        "self",
        "non",
        "pre",
        "post",
        "co",
        "state",
        "semi",
        "ex",
        "counter",
    ),
    *("cross", "long", "short", "high", "low"),
}
_SENTENCE_END = '.!?”"'
_LONG_ITEM = 450  # characters; a longer unbulleted item is taken for prose and an item together
_MAX_JOINED = 6_000  # characters; no item or paragraph is longer, a runaway bullet stops here


@dataclass(frozen=True, slots=True)
class Chunk:
    """A logical piece of the text and the line it starts on (from 1)."""

    kind: Literal["heading", "bullet", "paragraph", "end"]
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    role: Literal["blank", "furniture", "text"]


def read_chunks(lines: list[str], published_on: date) -> list[Chunk]:
    """Logical pieces in order; furniture is gone, items cut by a page break are whole."""
    return _Joiner(_number(lines), published_on).run()


def is_agency_title(text: str) -> bool:
    """Whether a bullet reads like a must-read: an agency in capitals, a colon, a title."""
    return _AGENCY.match(text) is not None


def _number(lines: list[str]) -> list[_Line]:
    furniture = find_furniture(lines)
    numbered: list[_Line] = []
    for index, text in enumerate(lines):
        if not text:
            numbered.append(_Line(index + 1, "", "blank"))
        elif index in furniture:
            numbered.append(_Line(index + 1, text, "furniture"))
        else:
            numbered.extend(_Line(index + 1, part, "text") for part in _split_inline(text))
    return numbered


def _split_inline(text: str) -> list[str]:
    """Bullets that ran together on one line, parted again."""
    if not any(glyph in text[1:] for glyph in "•▪●◦‣"):
        return [text]
    parts = [part for part in _INLINE_BULLET.split(text) if part.strip()]
    bulleted = BULLET.match(text) is not None
    return [("• " if bulleted or index else "") + part for index, part in enumerate(parts)]


class _Joiner:
    def __init__(self, lines: list[_Line], published_on: date) -> None:
        self._lines = lines
        self._published_on = published_on
        lengths = sorted(len(line.text) for line in lines if line.role == "text")
        width = lengths[len(lengths) * 9 // 10] if lengths else 0
        self._width = width if width <= 140 else 0  # 0: one line is one paragraph
        self._words = frozenset(
            word for line in lines for word in re.findall(r"[a-z]+-[a-z]+", line.text)
        )

    def run(self) -> list[Chunk]:
        chunks: list[Chunk] = []
        position = 0
        while position < len(self._lines):
            line = self._lines[position]
            if line.role != "text":
                position += 1
            elif is_end(line.text):
                chunks.append(Chunk("end", line.number, line.text))
                position += 1
            elif self._heads(line.text):
                chunks.append(Chunk("heading", line.number, line.text))
                position += 1
            else:
                found = BULLET.match(line.text)
                start = line.text[found.end() :].strip() if found else line.text
                text, position = self._gather(start, position + 1, bullet=found is not None)
                kind: Literal["bullet", "paragraph"] = "bullet" if found else "paragraph"
                chunks.append(Chunk(kind, line.number, text))
        return chunks

    def _heads(self, text: str) -> bool:
        return is_heading(text) and not BULLET.match(text) and not self._ended(text)

    def _ended(self, text: str) -> bool:
        return find_trailer(text, self._published_on) is not None

    def _gather(self, text: str, position: int, *, bullet: bool) -> tuple[str, int]:
        """The text from `position` on that belongs to the piece begun by `text`."""
        gap = cut = False
        resume, last = position, text
        seam: tuple[str, int] | None = None
        while position < len(self._lines) and len(text) < _MAX_JOINED:
            line = self._lines[position]
            position += 1
            if line.role != "text":
                gap, cut = gap or line.role == "blank", cut or line.role == "furniture"
                continue
            if self._stops(text, last, line.text, gap=gap, cut=cut, bullet=bullet):
                break
            if last[-1] in _SENTENCE_END and line.text[0].isupper():
                seam = (text, position - 1)
            text = self._join(text, line.text)
            last, resume, gap, cut = line.text, position, False, False
        if seam and not bullet and len(text) > _LONG_ITEM and self._ended(text):
            return seam  # a narrative ran into an item that lost its bullet
        return text, resume

    def _stops(
        self,
        text: str,
        last: str,
        following: str,
        *,
        gap: bool,
        cut: bool,
        bullet: bool,
    ) -> bool:
        lower = following[0].islower()
        if self._ended(text) and not (lower and not gap):
            return _MARK_START.match(following) is None
        if BULLET.match(following):
            dashed = following[0] in "-–—"
            return not (dashed and self._ended(self._join(text, following)))
        if is_end(following):
            return True
        if is_heading(following):
            known = find_block(following) is not None or is_must_reads(following)
            if known or gap or cut or not bullet:
                return not (not gap and lower)
        open_ended = lower or last[-1] in ",-–—(" or following[0] in "(–—"
        if gap and not cut:
            return not (open_ended or (bullet and self._is_bare_trailer(text, following)))
        if cut:
            finished = last[-1] in _SENTENCE_END if not bullet else is_agency_title(text)
            return finished and not lower
        return self._closed(text, last, bullet=bullet) and not lower

    def _is_bare_trailer(self, text: str, following: str) -> bool:
        return len(following) <= 90 and self._ended(self._join(text, following))

    def _closed(self, text: str, last: str, *, bullet: bool) -> bool:
        """Whether a paragraph ended on its last line, judged by width (no blank line between)."""
        if not self._width:
            return not bullet or is_agency_title(text)
        if bullet and is_agency_title(text):
            return len(last) < 0.8 * self._width
        return not bullet and len(last) < 0.7 * self._width and last[-1] in _SENTENCE_END

    def _join(self, text: str, following: str) -> str:
        if text[-1] != "-" or len(text) < 2 or text[-2].isspace():
            return f"{text} {following}"
        head = re.search(r"([^\W\d_]+)-$", text)
        tail = re.match(r"[^\W\d_]+", following)
        if head is None or tail is None or not following[0].islower():
            return text + following
        before = head.group(1)
        kept = f"{before}-{tail.group(0)}".lower() in self._words
        if kept or before.lower() in _KEEP_HYPHEN:
            return text + following
        return text[:-1] + following
