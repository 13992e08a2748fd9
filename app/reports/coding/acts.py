"""Finds the kinds of acts a text is about, and words that only look like one."""

from __future__ import annotations

from dataclasses import dataclass

from app.reports.coding.lexicon import Lexicon, read_lexicon, read_rows
from app.reports.coding.text import Text

# kinds that tell about the parties of an act and nothing about its instrument
_MANNERS = ("hostile", "joint", "listing", "aimed")


@dataclass(frozen=True, slots=True)
class Acts:
    """Kinds of acts a text names, and the first of them that tells an instrument."""

    kinds: frozenset[str]
    first: str

    def signs(self) -> list[str]:
        """The kinds as signs of a decision."""
        return [f"act {kind}" for kind in sorted(self.kinds)] + (
            [f"first act {self.first}"] if self.first else []
        )


class ActReader:
    """Reads `acts.csv`."""

    def __init__(self) -> None:
        self._acts = read_lexicon("acts.csv")
        self._masks = WordMask()

    def read(self, text: Text) -> Acts:
        """The acts of a text; a longer phrase that starts earlier comes first."""
        hidden = self._masks.find(text)
        found = [m for m in self._acts.find_all(text) if m.first not in hidden]
        telling = [m for m in found if m.value["act"] not in _MANNERS]
        first = min(telling, key=lambda m: (m.first, -m.last), default=None)
        return Acts(frozenset(m.value["act"] for m in found), first.value["act"] if first else "")


class WordMask:
    """Reads `false_words.csv`."""

    def __init__(self) -> None:
        self._phrases: Lexicon[bool] = Lexicon(
            (row["term"], True) for row in read_rows("false_words.csv")
        )

    def find(self, text: Text) -> frozenset[int]:
        """Indexes of the words that mean something else here."""
        return frozenset(
            index for m in self._phrases.find(text) for index in range(m.first, m.last)
        )
