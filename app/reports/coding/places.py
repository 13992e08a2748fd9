"""Chooses the most specific place an item names, and says how precisely it is known."""

from __future__ import annotations

from dataclasses import dataclass

from app.reports.coding.gazetteer import Gazetteer, Place
from app.reports.coding.mentions import Mention
from app.reports.coding.text import Text

_ROLE_RANK = {"in": 0, "to": 1, "subject": 2, "from": 2, "object": 3, "aside": 2, "by": 3}
_RANK = {"exact": 0, "city": 1, "admin1": 2, "country": 3}
_OF_PLACE = ("in", "to", "from", "of", "site")
_GOVERNMENTS = ("government", "regime", "gobierno", "governo", "gouvernement", "regimen")
_CAPITAL_WORDS = ("capital", "capitale")
_SITES = {
    *(
        "port",
        "harbor",
        "harbour",
        "city",
        "airport",
        "capital",
        "streets",
        "outskirts",
        "hospital",
    ),
    *("puerto", "ciudad", "aeropuerto", "calles", "universidad", "cidade", "porto", "aeroporto"),
    *("ruas", "ville", "aeroport", "rues", "universite", "university", "center", "centro"),
}
_VISITS = ("visit", "left", "leav", "reach", "enter", "tour", "quit", "dej")
_REACH = 3  # words between "capital" and the country it is the capital of


@dataclass(frozen=True, slots=True)
class Located:
    """A place and the printed words that name it."""

    place: Place
    words: str


class PlaceChooser:
    """Knows the capitals, for "the capital of" a country."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._capitals = gazetteer.capitals
        self._gazetteer = gazetteer

    def choose(
        self, text: Text, mentions: list[Mention], countries: tuple[str, ...]
    ) -> Located | None:
        """The place of the event, or None when only a country or a wide region is named."""
        best: tuple[tuple[int, ...], Located] | None = None
        for mention in mentions:
            place = mention.place
            if place is None or (place.kind in ("sea", "region") and not place.country):
                continue
            if place.precision == "country" and place.kind != "border":
                continue
            if place.kind == "capital" and not self._is_site(text, mention):
                continue  # "Moscow said": the state speaks, nothing happens there
            rank = (
                0 if place.country in countries or not place.country else 1,
                _RANK[place.precision],
                _ROLE_RANK.get(mention.role, 4),
                mention.sentence,
                mention.first,
            )
            if best is None or rank < best[0]:
                best = (rank, Located(place, text.span(mention.first, mention.last)))
        if best and best[1].place.precision in ("exact", "city"):
            return best[1]
        return self._named_capital(text, mentions) or (best[1] if best else None)

    def _is_site(self, text: Text, mention: Mention) -> bool:
        """Whether a capital is where something happens rather than a government."""
        if mention.possessive:
            return False
        following = text.tokens[mention.last] if mention.last < len(text.tokens) else None
        if following is not None and following.breaks.startswith("("):
            return True  # a dateline
        if mention.governed == "of" and mention.first > 1:
            owner = text.tokens[mention.first - 2].folded
            speaks = self._gazetteer.class_of(mention.state) in ("core", "us")
            return owner in _SITES if speaks else owner not in _GOVERNMENTS
        visited = mention.governed.startswith(_VISITS)
        return mention.governed in _OF_PLACE or visited or mention.role == "in"

    def _named_capital(self, text: Text, mentions: list[Mention]) -> Located | None:
        """The capital in "Chile's capital", "the capital of Chile", "la capital chilena"."""
        for index, token in enumerate(text.tokens):
            if token.folded not in _CAPITAL_WORDS:
                continue
            for mention in mentions:
                gap = max(mention.first - index - 1, index - mention.last)
                beside = gap <= (_REACH if mention.first > index else 0)
                if mention.kind in ("country", "demonym") and beside:
                    capital = self._capitals.get(mention.state)
                    if capital:
                        first, last = min(index, mention.first), max(index + 1, mention.last)
                        return Located(capital, text.span(first, last))
        return None
