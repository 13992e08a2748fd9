"""Finds the names in a text and the part each plays in its sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.reports.coding.gazetteer import Entry, Gazetteer, Kind, Place
from app.reports.coding.lexicon import Match
from app.reports.coding.roles import (
    Grammar,
    Role,
    find_governor,
    find_role,
    is_placed,
    read_grammars,
)
from app.reports.coding.text import Text

_SMALL = ("join", "skip", "of", "to", "in", "with")
_PEOPLE = ("person", "body", "company", "demonym")
_REGIONS = {
    *("province", "department", "region", "provincia", "departamento", "region", "regiao"),
    *("estado", "departement", "gobernacion"),
}
_FACILITY = {"international", "airport", "port", "bay", "island", "city", "province", "region"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: tokens `first` up to, not with, `last`, and what it stands for."""

    first: int
    last: int
    state: str
    kind: Kind
    role: Role
    sentence: int
    place: Place | None = None
    possessive: bool = False
    group: int = 0  # names of one list share a number above zero
    governed: str = ""  # the small word or noun right before the name, articles aside


class MentionFinder:
    """Reads the names of a text with the gazetteer and a table of small words."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._grammars = read_grammars()

    def find(self, text: Text, language: str) -> list[Mention]:
        """Names in order; those that mean something else and mere namesakes are left out."""
        grammar = self._grammars[language]
        matches = self._gazetteer.names.find(text)
        named = {m.value.state for m in matches if m.value.kind not in ("place", "none")}
        owners = {
            index: m.value.state
            for m in matches
            for index in range(m.first, m.last)
            if m.value.kind != "none"
        }
        covered = {index for m in matches for index in range(m.first, m.last)}
        mentions: list[Mention] = []
        for match in matches:
            if match.value.kind == "none":
                continue
            place = None
            if match.value.kind == "place":
                place = self._choose(text, match, grammar, named)
                if place is not None and _is_person(text, match, covered):
                    place = None
                if place is None:
                    continue
            mention = self._mention(text, match, grammar, owners, place)
            mentions += [replace(mention, state=state) for state in mention.state.split("/")]
        return _couple(text, mentions, grammar)

    def _mention(
        self,
        text: Text,
        match: Match[Entry],
        grammar: Grammar,
        owners: dict[int, str],
        place: Place | None,
    ) -> Mention:
        role = find_role(text, match.first, match.last, grammar, owners)
        governed = find_governor(text, match.first, grammar)
        if place and match.first and text.tokens[match.first - 1].lower == "a":
            role = governed = "to"  # in Portuguese an article elsewhere, before a town "to"
        elif role == "to" and match.value.kind in _PEOPLE and grammar.get("a") == "to":
            role = "object"  # the Spanish "a" before people
        return Mention(
            first=match.first,
            last=match.last,
            state=place.country if place else match.value.state,
            kind=match.value.kind,
            role=role,
            sentence=text.tokens[match.first].sentence,
            place=place,
            possessive=text.tokens[match.last - 1].possessive,
            governed=governed,
        )

    def _choose(
        self, text: Text, match: Match[Entry], grammar: Grammar, named: set[str]
    ) -> Place | None:
        """The place a name means here: of a country the text names, else the best known."""
        places = match.value.places
        at_home = [place for place in places if place.country in named]
        beside = [p for p in places if p.country == _country_after(text, match, self._gazetteer)]
        best = max(
            beside or at_home or places,
            key=lambda p: (p.kind not in ("city", "admin1"), p.kind == "capital", p.population),
        )
        at_home = beside or at_home
        if best.guard == "near" and not is_placed(text, match, grammar, at_home=bool(at_home)):
            return None
        return _as_region(best) if _is_region(text, match, grammar) else best


def _is_region(text: Text, match: Match[Entry], grammar: Grammar) -> bool:
    """Whether the text calls the place a province or a state: "the province of San Juan"."""
    tokens = text.tokens
    if match.last < len(tokens) and not tokens[match.last].breaks:
        if tokens[match.last].folded in _REGIONS and not tokens[match.last].capital:
            return True
        if tokens[match.last].folded in ("province", "department"):
            return True
    before = list(tokens[max(0, match.first - 3) : match.first])
    small = [grammar.get(token.lower) in ("of", "skip") for token in before]
    return any(
        token.folded in _REGIONS and index < len(before) - 1 and all(small[index + 1 :])
        for index, token in enumerate(before)
    )


def _as_region(place: Place) -> Place:
    """The region of a place's name: known by name only, without a point."""
    if place.kind not in ("city", "capital", "admin1"):
        return place
    return replace(place, lat=None, lon=None, precision="admin1", kind="admin1", radius_km=None)


def _country_after(text: Text, match: Match[Entry], gazetteer: Gazetteer) -> str | None:
    """The country in "La Paz, Baja California Sur" or "Trinidad (Bolivia)"."""
    if match.last >= len(text.tokens) or text.tokens[match.last].breaks not in (",", "("):
        return None
    following = gazetteer.names.longest(text, match.last)
    return following.value.state if following else None


def _is_person(text: Text, match: Match[Entry], covered: set[int]) -> bool:
    """Whether capitals around a place name make it part of a person's or a firm's name."""
    tokens = text.tokens
    if match.last - match.first > 1:
        return False
    if match.last < len(tokens):
        following = tokens[match.last]
        joined = not following.breaks and not tokens[match.last - 1].possessive
        proper = following.capital and following.folded[0].isalpha()
        known = match.last in covered or following.folded in _FACILITY
        if joined and proper and not known:
            return True
    if match.first == 0:
        return False
    previous = tokens[match.first - 1]
    starts = match.first == 1 or tokens[match.first - 2].sentence != previous.sentence
    joined = not tokens[match.first].breaks and previous.sentence == tokens[match.first].sentence
    proper = previous.capital and not starts and not previous.possessive
    return joined and proper and match.first - 1 not in covered and len(previous.folded) > 3


def _couple(text: Text, mentions: list[Mention], grammar: Grammar) -> list[Mention]:
    """Gives names in a list (A, B and C) the part of the first of them, and marks the list."""
    coupled: list[Mention] = []
    for mention in mentions:
        before = coupled[-1] if coupled else None
        keeps = mention.role in ("by", "source", "private")
        if before and not keeps and _listed(text, before, mention, grammar):
            group = before.group or before.first + 1
            coupled[-1] = replace(before, group=group)
            coupled.append(replace(mention, role=before.role, group=group))
        else:
            coupled.append(mention)
    return coupled


def _listed(text: Text, before: Mention, mention: Mention, grammar: Grammar) -> bool:
    """Whether only commas, small words and a joining word stand between two names."""
    if before.sentence != mention.sentence or before.state == mention.state:
        return False
    between = text.tokens[before.last : mention.first]
    small = all(grammar.get(t.lower) in _SMALL for t in between) and len(between) <= 3
    breaks = text.tokens[mention.first].breaks
    joined = any(grammar.get(t.lower) == "join" for t in between)
    comma = breaks == "," or any(t.breaks == "," for t in between)
    return small and breaks in (",", "") and (joined or comma)
