"""Finds the names in a text and the part each plays in its sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from app.reports.coding.gazetteer import Entry, Gazetteer, Kind, Place
from app.reports.coding.lexicon import Match, read_rows
from app.reports.coding.text import Text, Token

Role = Literal[
    "subject", "object", "in", "to", "from", "against", "with", "by", "for", "of", "aside"
]
_WINDOW = 6  # words looked at to the left of a name
_LOOSE = 2  # words of no known part that may stand between a preposition and its name
_CLAUSE = frozenset(',;:()[]—–"“”«»')
_SMALL = ("join", "skip", "of", "to", "in", "with")
_REPORTING = frozenset(
    [
        "reports",
        "reported",
        "said",
        "says",
        "that",
        "que",
        "reportan",
        "reporta",
        "informa",
        "informan",
        "announced",
        "announces",
        "afirma",
        "dijo",
        "disse",
        "dit",
        "claims",
        "claimed",
        "according",
        "affirme",
        "state",
        "media",
        "learned",
    ]
)
_FACILITY = frozenset(
    ["international", "airport", "port", "bay", "island", "city", "province", "region"]
)


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
    governed: str = ""  # the small word or noun right before the name, articles aside


class MentionFinder:
    """Reads the names of a text with the gazetteer and a table of small words."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._grammar: dict[str, dict[str, str]] = {}
        for row in read_rows("grammar.csv"):
            self._grammar.setdefault(row["language"], {})[row["term"]] = row["role"]

    def find(self, text: Text, language: str) -> list[Mention]:
        """Names in order; those that mean something else and mere namesakes are left out."""
        roles = self._grammar[language]
        matches = self._gazetteer.names.find(text)
        named = {m.value.state for m in matches if m.value.kind not in ("place", "none")}
        covered = {index for m in matches for index in range(m.first, m.last)}
        mentions: list[Mention] = []
        for match in matches:
            if match.value.kind == "none":
                continue
            place = None
            if match.value.kind == "place":
                place = self._choose(text, match, roles, named)
                if place is not None and _is_person(text, match, covered):
                    place = None
                if place is None:
                    continue
            mentions.append(self._mention(text, match, roles, place))
        return _couple(text, mentions, roles)

    def _mention(
        self, text: Text, match: Match[Entry], roles: dict[str, str], place: Place | None
    ) -> Mention:
        return Mention(
            first=match.first,
            last=match.last,
            state=place.country if place else match.value.state,
            kind=match.value.kind,
            role=_find_role(text, match.first, roles),
            sentence=text.tokens[match.first].sentence,
            place=place,
            possessive=text.tokens[match.last - 1].possessive,
            governed=_find_governor(text, match.first, roles),
        )

    def _choose(
        self, text: Text, match: Match[Entry], roles: dict[str, str], named: set[str]
    ) -> Place | None:
        """The place a name means here: of a country the text names, else the best known."""
        places = match.value.places
        at_home = [place for place in places if place.country in named]
        candidates = at_home or list(places)
        best = max(
            candidates,
            key=lambda p: (p.kind not in ("city", "admin1"), p.kind == "capital", p.population),
        )
        if best.guard == "near" and not _is_placed(text, match, roles, bool(at_home)):
            return None
        return best


def _is_placed(text: Text, match: Match[Entry], roles: dict[str, str], at_home: bool) -> bool:
    """Whether a word of place stands before the name, or its country right after it."""
    tokens = text.tokens
    previous = [tokens[i].lower for i in range(max(0, match.first - 3), match.first)]
    nearest = next((w for w in reversed(previous) if roles.get(w) != "skip"), "")
    role = roles.get(nearest)
    if role in ("in", "to", "from", "site"):
        return True
    if role == "of" and any(roles.get(word) == "site" for word in previous):
        return True
    following = tokens[match.last] if match.last < len(tokens) else None
    comma = following is not None and following.breaks.startswith((",", "("))
    return at_home and (comma or role in ("join", "for", "of"))


def _find_governor(text: Text, first: int, roles: dict[str, str]) -> str:
    """The part of the nearest word before a name that is no article, or the word itself."""
    for index in range(first - 1, max(-1, first - 3), -1):
        word = text.tokens[index]
        if word.sentence != text.tokens[first].sentence or text.tokens[index + 1].breaks:
            return ""
        role = roles.get(word.lower)
        if role != "skip":
            return role or word.folded
    return ""


def _find_role(text: Text, first: int, roles: dict[str, str]) -> Role:
    """The part a name plays, read from the words to its left."""
    tokens, loose = text.tokens, 0
    for index in range(first - 1, max(-1, first - 1 - _WINDOW), -1):
        word, following = tokens[index], tokens[index + 1]
        if following.sentence != word.sentence or word.folded in _REPORTING:
            return "subject"
        if _CLAUSE & set(following.breaks):
            return "subject" if loose <= 1 and _opens(tokens, index + 1) else "aside"
        role = roles.get(word.lower)
        if role == "to" and _is_verb(tokens, index + 1):
            return "object"
        if role in ("skip", "site", "of"):
            continue
        if role not in (None, "join"):
            return cast(Role, role)
        if role == "join" or not word.capital:
            loose += 1
        if loose > _LOOSE:
            return "object"
    return "subject" if first - 1 < _WINDOW else "object"


def _opens(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether a clause that starts at `index` opens the sentence or follows a first adverbial."""
    start = index
    while start > 0 and tokens[start - 1].sentence == tokens[index].sentence:
        start -= 1
    return index - start <= 10


def _is_verb(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether the word after `to` or `a` reads like an infinitive rather than a place."""
    if index >= len(tokens) or tokens[index].capital:
        return False
    word, before = tokens[index].folded, tokens[index - 1].folded
    if before == "to":
        return word not in ("the", "its", "his", "their", "her", "a", "an", "both", "other")
    return word.endswith(("ar", "er", "ir"))


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


def _couple(text: Text, mentions: list[Mention], roles: dict[str, str]) -> list[Mention]:
    """Gives names in a list (A, B and C) the part of the first of them."""
    coupled: list[Mention] = []
    for mention in mentions:
        before = coupled[-1] if coupled else None
        if before and mention.role != "by" and _listed(text, before, mention, roles):
            coupled.append(replace(mention, role=before.role))
        else:
            coupled.append(mention)
    return coupled


def _listed(text: Text, before: Mention, mention: Mention, roles: dict[str, str]) -> bool:
    """Whether only commas, small words and a joining word stand between two names."""
    if before.sentence != mention.sentence or before.state == mention.state:
        return False
    between = text.tokens[before.last : mention.first]
    small = all(roles.get(t.lower) in _SMALL for t in between) and len(between) <= 3
    breaks = text.tokens[mention.first].breaks
    joined = any(roles.get(t.lower) == "join" for t in between)
    return small and breaks in (",", "") and (joined or breaks == ",")
