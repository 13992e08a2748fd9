"""What every reader of a sanctions list yields, and how identifiers stand in its remarks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_PATTERNS = (
    ("imo", re.compile(r"\bIMO(?: number)?[\s:#.]*(\d{7})\b", re.IGNORECASE)),
    ("mmsi", re.compile(r"\bMMSI\)?[\s:#]*(\d{9})\b", re.IGNORECASE)),
    ("registration", re.compile(r"\bAircraft Tail Number[\s:]*([A-Z0-9][A-Z0-9-]{2,9})\b")),
    ("icao24", re.compile(r"\bAircraft Mode S Transponder Code[\s:]*([0-9A-Fa-f]{6})\b")),
)
_MARK = re.compile(r"[A-Z0-9]{1,3}-[A-Z0-9]{2,5}|N[0-9]{1,5}[A-Z]{0,2}|YV-?[0-9]{3,4}T?")


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list. `kind` is vessel, aircraft, individual or entity.

    `identifiers` are pairs such as ("imo", "9187629"), as the list gives them.
    """

    entry_id: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    remarks: str | None = None
    listed_on: date | None = None


def identifiers_in(text: str) -> list[tuple[str, str]]:
    """The IMO numbers, MMSI, tail numbers and 24-bit addresses that a text names."""
    return [
        (kind, _normal(kind, found))
        for kind, pattern in _PATTERNS
        for found in pattern.findall(text)
    ]


def identifiers_of(
    kind: str, names: Iterable[str], texts: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """All identifiers of an entry, each once; an aircraft is listed by its marks as its name."""
    found = [pair for text in texts for pair in identifiers_in(text)]
    if kind == "aircraft":
        found += [("registration", n.upper()) for n in names if _MARK.fullmatch(n.strip().upper())]
    return tuple(dict.fromkeys(found))


def kind_of(text: str) -> str:
    """The kind of an entry; what a list leaves open is an entity."""
    folded = text.strip().lower()
    return folded if folded in ("vessel", "aircraft", "individual") else "entity"


def _normal(kind: str, value: str) -> str:
    return value.lower() if kind == "icao24" else value.upper()
