"""What the edition reader yields: typed sections, must-reads, items and rejects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.ingest.rejects import Reject

SectionKind = Literal["overview", "narrative", "disclaimer"]


@dataclass(frozen=True, slots=True)
class Section:
    """Running prose of an edition: paragraphs joined by a blank line."""

    position: int
    heading: str | None
    kind: SectionKind
    text: str
    block: str | None


@dataclass(frozen=True, slots=True)
class MustRead:
    """A recommended document: the agency that issued it and its title."""

    position: int
    agency: str
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class EditionItem:
    """One dated item as printed; `block` is the nearest block, `parent_block` the one around it."""

    line: int
    position: int
    block: str | None
    subheading: str | None
    summary: str
    outlet: str
    published_on: date
    content_language: str | None
    state_media_marked: bool
    parent_block: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A whole edition; `refusal` says why when the text holds no item at all."""

    published_on: date
    sections: tuple[Section, ...]
    must_reads: tuple[MustRead, ...]
    items: tuple[EditionItem, ...]
    rejects: tuple[Reject, ...]
    refusal: str | None = None
