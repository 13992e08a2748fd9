"""Says how an event stands: planned, claimed, alleged, denied or confirmed."""

from __future__ import annotations

import re
from typing import cast

from app.reports.coding.records import Decision, Status
from app.reports.coding.terms import WeightedTerms
from app.reports.coding.text import Text

# futures by ending, which no word list can hold: contratará, voltarão, construira
_FUTURES = {
    "es": re.compile(r"\w{3,}(?:ará|erá|irá|drá|arán|erán|irán|drán)$"),
    "pt": re.compile(r"\w{3,}(?:ará|erá|irá|arão|erão|irão)$"),
    "fr": re.compile(r"\w{3,}(?:era|ira|dra|vra|eront|iront|dront|vront)$"),
}
_NOT_FUTURE = {"opera", "camera", "guerra", "libera", "genera", "considera", "espera", "supera"}
_SAID = re.compile(
    r"^(?:[^.;]{0,110}?)\b(?:says|said|claims|claimed|dijo|afirmó|aseguró|disse|afirmou|"
    r"affirme|déclare|stated|emphasized)\b(?! (?:it |he |she |they )?(?:will|would|had signed))",
    re.IGNORECASE,
)
_THRESHOLD = 2.0
_LOUDEST_FIRST = ("denied", "alleged", "planned", "claimed")


class StandingReader:
    """Holds the word list of standings."""

    def __init__(self) -> None:
        self._terms = WeightedTerms("status.csv", "status")

    def read(self, text: Text, language: str, *, state_media: bool) -> tuple[Status, Decision]:
        """The standing of what the item tells, with the words that speak for it."""
        signals = self._terms.weigh(text)
        scores = {name: signal.score for name, signal in signals.items()}
        words = {name: list(signal.words) for name, signal in signals.items()}
        future = _find_future(text, language)
        if future:
            scores["planned"] = scores.get("planned", 0.0) + 3.0
            words.setdefault("planned", []).append(future)
        said = _SAID.match(text.raw)
        if said and state_media:
            scores["claimed"] = scores.get("claimed", 0.0) + 2.0
            words.setdefault("claimed", []).append(said.group(0).split()[-1])
        best = max(
            _LOUDEST_FIRST,
            key=lambda name: (scores.get(name, 0.0), -_LOUDEST_FIRST.index(name)),
        )
        if scores.get(best, 0.0) < _THRESHOLD:
            return "confirmed", Decision(evidence=("[no word of doubt or future]",))
        return cast(Status, best), Decision(evidence=tuple(words[best]))


def _find_future(text: Text, language: str) -> str | None:
    """A verb in the future tense of the first sentence, by its ending."""
    pattern = _FUTURES.get(language)
    if pattern is None:
        return None
    for token in text.tokens:
        printed = text.raw[token.start : token.end]
        if token.sentence > 0 or token.capital or token.folded in _NOT_FUTURE:
            continue
        if pattern.match(printed):
            return printed
    return None
