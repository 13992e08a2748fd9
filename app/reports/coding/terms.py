"""Weighted word lists: which labels a text speaks for, how loudly, and by which words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.reports.coding.acts import WordMask
from app.reports.coding.lexicon import Lexicon, read_rows
from app.reports.coding.text import Text

_RELATIVES = {"that", "which", "who", "que", "qui"}
_BACKGROUND = 0.3  # "a tour that will …" tells of a future, yet the tour is there
_LATER = 0.6  # a word of a later sentence tells less about the event than one of the first


_ACT = 5  # words; a purpose named earlier is the act
_PURPOSE = {
    *("about", "on", "including", "meant", "pledging", "promising", "aimed", "while", "after"),
    *("despite", "whose", "para", "sobre", "incluidos", "entre", "mientras", "tras", "pese"),
    *(
        "talk",
        "discuss",
        "discussed",
        "hablar",
        "habló",
        "tratar",
        "discutir",
        "parler",
        "discuter",
    ),
    *("enquanto", "após", "apesar", "pour", "notamment", "tandis", "après", "malgré"),
}


@dataclass(frozen=True, slots=True)
class Signal:
    """How loudly a text speaks for a label, and the printed words that do."""

    score: float
    words: tuple[str, ...]


class WeightedTerms:
    """A word list with a label and a weight each."""

    def __init__(self, file: str, label: str, *, aside: float = 1.0) -> None:
        self._aside = aside
        self._lexicon: Lexicon[tuple[str, float]] = Lexicon(_read(file, label))
        self._masks = WordMask()

    def weigh(self, text: Text) -> dict[str, Signal]:
        """Signals by label, loudest first; a word counts once for a label however often it is."""
        found: dict[str, dict[str, tuple[float, str]]] = {}
        hidden = self._masks.find(text)
        purpose = _find_purpose(text)
        for match in self._lexicon.find_all(text):
            if match.first in hidden:
                continue
            label, weight = match.value
            words = text.span(match.first, match.last)
            if text.tokens[match.first].sentence > 0:
                weight *= _LATER
            if match.first > purpose:
                weight *= self._aside
            if match.first and text.tokens[match.first - 1].lower in _RELATIVES:
                weight *= _BACKGROUND
            known = found.setdefault(label, {})
            key = text.tokens[match.first].folded[:5]
            if weight > known.get(key, (0.0, ""))[0]:
                known[key] = (weight, words)
        signals = {
            label: Signal(sum(w for w, _ in hits.values()), tuple(s for _, s in hits.values()))
            for label, hits in found.items()
        }
        return dict(sorted(signals.items(), key=lambda pair: -pair[1].score))


def _find_purpose(text: Text) -> int:
    """Where the words begin that tell what an act was for or about, after the act itself."""
    for index, token in enumerate(text.tokens):
        if index >= _ACT and token.lower in _PURPOSE:
            return index
    return len(text.tokens)


def _read(file: str, label: str) -> Iterator[tuple[str, tuple[str, float]]]:
    for row in read_rows(file):
        value = (row[label], float(row["weight"]))
        for term in row["terms"].split("|"):
            yield term, value
