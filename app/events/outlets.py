"""The outlet registry: who publishes, under which names, owned by whom."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

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
    """Finds an outlet by any of its names; case, accents, punctuation and article do not matter."""

    def __init__(self, entries: Iterable[OutletEntry]) -> None:
        self._by_name: dict[str, OutletEntry] = {}
        self._ids: set[str] = set()
        entries = list(entries)
        # A name as it is spelt wins over another that only lacks its article.
        for fold in (fold_name, _without_article):
            for entry in entries:
                self._ids.add(entry.id)
                for name in (entry.name, *entry.aliases):
                    self._by_name.setdefault(fold(name), entry)

    def find(self, name: str) -> OutletEntry | None:
        """The outlet printed as `name`."""
        return self._by_name.get(fold_name(name)) or self._by_name.get(_without_article(name))

    def find_or_make(self, name: str) -> OutletEntry:
        """The outlet printed as `name`; an unknown one gets an entry with unknown ownership."""
        entry = self.find(name)
        if entry is None:
            entry = OutletEntry(id=self._new_id(name), name=name.strip())
            self._ids.add(entry.id)
            self._by_name[fold_name(name)] = entry
        return entry

    def _new_id(self, name: str) -> str:
        """A slug of the name, with a mark of its own where that is empty or taken."""
        slug = re.sub(r"[^a-z0-9]+", "-", fold_name(name)).strip("-")[:80]
        if slug and slug not in self._ids:
            return slug
        mark = hashlib.blake2b(fold_name(name).encode(), digest_size=4).hexdigest()
        return f"{slug or 'outlet'}-{mark}"


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


@lru_cache(8_192)
def fold_name(name: str) -> str:
    """A name as it is compared: lower case, no accents, words parted by single spaces."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(re.findall(r"\w+", bare))


def _without_article(name: str) -> str:
    return re.sub(r"^(?:the|el|la|los|las|o|a|le|les|l)\s+", "", fold_name(name))
