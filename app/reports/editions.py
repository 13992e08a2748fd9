"""What an edition is on its way from the reader to the database."""

from dataclasses import dataclass

from app.reports.coding.records import CodedEvent
from app.reports.sources.records import Edition


@dataclass(frozen=True, slots=True)
class CodedEdition:
    """An edition with each of its items coded, in the same order."""

    edition: Edition
    events: tuple[CodedEvent, ...]


@dataclass(frozen=True, slots=True)
class EditionKey:
    """What an edition is kept under, and what it is called."""

    slug: str
    title: str
    restated: bool = False
