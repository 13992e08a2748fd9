"""Names an outlet as the registry does, through its aliases; unknown outlets stay as printed."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from importlib import resources

from app.reports.coding.text import fold

_ARTICLE = re.compile(r"^(?:the|el|la|los|las|o|a|le|les|l)\s+")


@dataclass(frozen=True, slots=True)
class Outlet:
    """The registry's id (None when unknown), the canonical name, its country and language."""

    id: str | None
    name: str
    country: str | None
    language: str | None


class OutletNames:
    """Looks outlets up by any spelling: case, accents, punctuation and article do not matter."""

    def __init__(self) -> None:
        self._by_key: dict[str, Outlet] = {}
        path = resources.files("app.events").joinpath("data", "outlets.csv")
        if not path.is_file():
            return
        lines = (line for line in path.read_text("utf-8").splitlines() if line[:1] != "#")
        rows = list(csv.DictReader(lines))
        for keep_article in (
            True,
            False,
        ):  # an exact spelling wins over one without its article
            for row in rows:
                outlet = Outlet(row["id"], row["name"], row["country"] or None, row["language"])
                for spelling in (row["name"], *row["aliases"].split("|")):
                    key = _key(spelling, keep_article=keep_article)
                    if key:
                        self._by_key.setdefault(key, outlet)

    def get(self, printed: str) -> Outlet:
        """The outlet a printed name stands for."""
        for keep_article in (True, False):
            found = self._by_key.get(_key(printed, keep_article=keep_article))
            if found:
                return found
        return Outlet(None, printed.strip(), None, None)


def _key(spelling: str, *, keep_article: bool) -> str:
    words = re.sub(r"[^\w]+", " ", fold(spelling)).strip()
    return words if keep_article else _ARTICLE.sub("", words)
