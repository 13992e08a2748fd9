"""The outlet registry: who publishes, under which names, owned by whom."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from app.events.vocabulary import NETWORK, STATE_OWNERSHIPS, read_rows


@dataclass(frozen=True, slots=True)
class OutletEntry:
    """One outlet. `state` is the state that owns or controls it; `citation` is the ground for that."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    country: str | None = None
    language: str | None = None
    ownership: str = "unknown"
    state: str | None = None
    url: str | None = None
    citation: str | None = None
    cited_on: date | None = None

    @property
    def is_state_media(self) -> bool:
        """Whether the registry counts it as state media of the network.

        A registry entry says who owns an outlet, nothing about the truth of a report.
        """
        return self.ownership in STATE_OWNERSHIPS and self.state in NETWORK

    @property
    def home(self) -> str | None:
        """The state behind the outlet, else the country of its seat."""
        return self.state or self.country


class OutletNames:
    """Finds an outlet by any of its names, without regard to case, accents and a leading "The"."""

    def __init__(self, entries: Iterable[OutletEntry]) -> None:
        self._by_name: dict[str, OutletEntry] = {}
        for entry in entries:
            for name in (entry.name, *entry.aliases):
                self._by_name.setdefault(fold_name(name), entry)

    def find(self, name: str) -> OutletEntry | None:
        """The outlet printed as `name`."""
        return self._by_name.get(fold_name(name))

    def find_or_make(self, name: str) -> OutletEntry:
        """The outlet printed as `name`; an unknown one gets an entry with unknown ownership."""
        entry = self.find(name)
        if entry is None:
            entry = OutletEntry(id=slug_of(name), name=name)
            self._by_name[fold_name(name)] = entry
        return entry


@cache
def bundled_outlets() -> tuple[OutletEntry, ...]:
    """The registry that the package brings."""
    return tuple(
        OutletEntry(
            id=row["id"],
            name=row["name"],
            aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
            country=row["country"] or None,
            language=row["language"] or None,
            ownership=row["ownership"],
            state=row["state"] or None,
            url=row["url"] or None,
            citation=row["citation"] or None,
            cited_on=date.fromisoformat(row["cited_on"]) if row["cited_on"] else None,
        )
        for row in read_rows("outlets.csv")
    )


def fold_name(name: str) -> str:
    """A name as it is compared: lower case, no accents, straight apostrophes, no leading article."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", name.replace("’", "'"))
        if not unicodedata.combining(character)
    )
    return re.sub(r"^the ", "", " ".join(plain.casefold().split()))


def slug_of(name: str) -> str:
    """An id made of a name; distinct names that fold alike share it."""
    return re.sub(r"[^a-z0-9]+", "-", fold_name(name)).strip("-") or "outlet"
