"""Says how an event stands: planned, claimed, alleged, denied or confirmed."""

from __future__ import annotations

import re

from app.reports.coding.acts import ActReader
from app.reports.coding.gazetteer import Gazetteer
from app.reports.coding.lexicon import Lexicon, read_rows
from app.reports.coding.mentions import Mention
from app.reports.coding.records import Decision, Status
from app.reports.coding.terms import Signal, WeightedTerms
from app.reports.coding.text import Text
from app.reports.coding.weights import WeightTable

STATUSES: tuple[Status, ...] = ("confirmed", "planned", "claimed", "alleged", "denied")
# futures by ending, which no word list can hold: contratará, voltarão, construira
_FUTURES = {
    "es": re.compile(r"\w{2,}(?:ará|erá|irá|drá|arán|erán|irán|drán)$"),
    "pt": re.compile(r"\w{2,}(?:ará|erá|irá|arão|erão|irão)$"),
    "fr": re.compile(r"\w{2,}(?:era|ira|dra|vra|rra|eront|iront|dront|vront|rront)$"),
}
_NOT_FUTURE = {"opera", "camera", "guerra", "libera", "genera", "considera", "espera", "supera"}
# kinds of acts that are done when told, whatever is alleged or promised beside them
_DONE = {"court", "police", "seize", "sanction", "visit", "receive", "meet", "ties"}
_SPEAKERS = ("person", "body", "country", "demonym")
_REACH = 4  # words between a speaker and the verb of saying


class StandingReader:
    """Holds the word list of standings and the weights that balance it."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._terms = WeightedTerms("status.csv", "status")
        self._acts = ActReader()
        said = (term for row in read_rows("sayings.csv") for term in row["terms"].split("|"))
        self._sayings: Lexicon[bool] = Lexicon((term, True) for term in said)
        self._weights = {name: WeightTable(f"status {name}") for name in STATUSES}

    def read(
        self, text: Text, language: str, mentions: list[Mention], *, state_media: bool
    ) -> tuple[Status, Decision]:
        """The standing of what the item tells, with the words that speak for it."""
        signs, signals = self.signs(text, language, mentions, state_media=state_media)
        powers = {name: table.power(signs) for name, table in self._weights.items()}
        best = max(STATUSES, key=lambda name: powers[name])
        words = signals[best].words if best in signals else ()
        return best, Decision("model", words or ("[no word of doubt or future]",))

    def signs(
        self, text: Text, language: str, mentions: list[Mention], *, state_media: bool
    ) -> tuple[dict[str, float], dict[str, Signal]]:
        """What the balance of standings looks at, and the words behind it."""
        signals = self._terms.weigh(text)
        future = _find_future(text, language)
        if future:
            known = signals.get("planned", Signal(0.0, ()))
            signals["planned"] = Signal(known.score + 3.0, (*known.words, future))
        signs = {f"words {name}": min(signal.score, 9.0) / 3 for name, signal in signals.items()}
        if future:
            signs["future tense"] = 1.0
        if state_media:
            signs["state media"] = 1.0
        kinds = self._acts.read(text).kinds & _DONE
        signs |= {f"act {kind}": 1.0 for kind in kinds}
        for kind in kinds:
            signs |= {
                f"{kind} + words {name}": min(s.score, 9.0) / 3 for name, s in signals.items()
            }
        for match in self._sayings.find_all(text):
            signs["somebody says"] = 1.0
            trailing = match.first > 0.6 * len(text.tokens)
            signs["says at the end" if trailing else "says at the start"] = 1.0
            if any(self._speaks(mention, match.first, match.last) for mention in mentions):
                signs["monitored state says"] = 1.0
                signs["monitored state says at the " + ("end" if trailing else "start")] = 1.0
        return signs, signals

    def _speaks(self, mention: Mention, first: int, last: int) -> bool:
        monitored = self._gazetteer.class_of(mention.state) in ("core", "network")
        beside = 0 <= first - mention.last <= _REACH or 0 <= mention.first - last <= _REACH
        return monitored and mention.kind in _SPEAKERS and beside


def _find_future(text: Text, language: str) -> str | None:
    """A verb in the future tense of the first sentence, by its ending."""
    pattern = _FUTURES.get(language)
    if pattern is None:
        return None
    before = ""
    for token in text.tokens:
        relative, before = before in ("que", "qui"), token.lower
        if relative or token.sentence > 0 or token.capital or token.folded in _NOT_FUTURE:
            continue
        if pattern.match(token.lower):
            return text.raw[token.start : token.end]
    return None
