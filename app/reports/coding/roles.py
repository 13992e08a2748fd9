"""Reads the part a name plays in its sentence from the small words around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from app.reports.coding.gazetteer import Entry
from app.reports.coding.lexicon import Match, read_rows
from app.reports.coding.text import Text, Token

Role = Literal[
    "subject", "object", "in", "to", "from", "against", "with", "by", "for", "of", "aside",
    "passing", "source", "accused", "private",
]  # fmt: skip
Grammar = Mapping[str, str]
_WINDOW = 7  # words looked at to the left of a name
_LOOSE = 2  # words of no known part that may stand between a preposition and its name
_OPENING = 4  # words; "New U.S. sanctions" at the start of an item is what it tells
_SOURCE_WORDS = 14  # a closing "…, the ministry said" is no longer than this
_CLAUSE = frozenset(',;:()[]—–"“”«»')


def read_grammars() -> dict[str, dict[str, str]]:
    """Small words with their role, by language."""
    grammars: dict[str, dict[str, str]] = {}
    for row in read_rows("grammar.csv"):
        grammars.setdefault(row["language"], {})[row["term"]] = row["role"]
    return grammars


def find_role(text: Text, first: int, last: int, grammar: Grammar, owners: dict[int, str]) -> Role:
    """The part of the name at tokens `first` to `last`; `owners`: whose name a token is."""
    special = _find_special(text, first, last, grammar)
    if special:
        return special
    tokens, loose, titled = text.tokens, 0, False
    for index in range(first - 1, max(-1, first - 1 - _WINDOW), -1):
        word, following = tokens[index], tokens[index + 1]
        role = grammar.get(word.lower)
        if following.sentence != word.sentence or role == "saying":
            return "subject"
        if _CLAUSE & set(following.breaks):
            return "subject" if loose <= 1 and _opens(tokens, index + 1) else "aside"
        if index in owners:
            if loose and owners[index] != owners.get(first):
                return "object"  # a verb stands between the name before and this one
            loose = 0
            continue
        if role in ("skip", "site", "of", "join", "title"):
            titled = titled or role == "title"
            continue
        if role == "to" and (titled or _is_verb(tokens, index + 1)):
            return "object"
        if role == "accusing":
            return "accused"
        if role not in (None, "person", "flag", "measure"):
            return cast(Role, role)
        if not word.capital:
            loose += 1
        if loose > _LOOSE:
            return "object"
    return "subject" if first - 1 < _WINDOW else "object"


def find_governor(text: Text, first: int, grammar: Grammar) -> str:
    """The part of the nearest word before a name that is no article, or the word itself."""
    for index in range(first - 1, max(-1, first - 3), -1):
        word = text.tokens[index]
        if word.sentence != text.tokens[first].sentence or text.tokens[index + 1].breaks:
            return ""
        role = grammar.get(word.lower)
        if role != "skip":
            return role or word.folded
    return ""


def is_placed(text: Text, match: Match[Entry], grammar: Grammar, *, at_home: bool) -> bool:
    """Whether a word of place stands before the name, or its country right after it."""
    tokens = text.tokens
    previous = [tokens[i].lower for i in range(max(0, match.first - 3), match.first)]
    nearest = next((w for w in reversed(previous) if grammar.get(w) != "skip"), "")
    role = grammar.get(nearest)
    if nearest == "a" and not at_home:
        return False  # in Spanish a person, too, stands after "a"
    if role in ("in", "to", "from", "site"):
        return True
    if role == "of" and any(grammar.get(word) == "site" for word in previous):
        return True
    following = tokens[match.last] if match.last < len(tokens) else None
    comma = following is not None and following.breaks.startswith((",", "("))
    return at_home and (comma or role in ("join", "for", "of"))


def _find_special(text: Text, first: int, last: int, grammar: Grammar) -> Role | None:
    """Flags of ships, private persons, and whoever is only quoted."""
    tokens = text.tokens
    after = tokens[last] if last < len(tokens) else None
    before = tokens[first - 1] if first else None
    if after is not None and after.breaks == "-" and grammar.get(after.lower) == "flag":
        return "passing"
    nearby = [t for t in (before, after) if t is not None and not t.breaks.strip("-")]
    if any(grammar.get(t.lower) == "flag" for t in nearby):
        return "passing"
    if any(grammar.get(t.lower) == "person" for t in nearby):
        return "private"
    if first > _OPENING and _is_measure(tokens, first, last, grammar):
        return "passing"
    return "source" if _is_source(tokens, first, grammar) else None


def _is_measure(tokens: tuple[Token, ...], first: int, last: int, grammar: Grammar) -> bool:
    """Whether the name only qualifies a measure: "U.S. sanctions", "sanciones de EE. UU."."""
    after = tokens[last] if last < len(tokens) else None
    if after is not None and not after.breaks and grammar.get(after.lower) == "measure":
        return True
    before = [grammar.get(token.lower) for token in tokens[max(0, first - 3) : first]]
    return "measure" in before and before[-1] in ("of", "skip", "measure")


def _is_source(tokens: tuple[Token, ...], first: int, grammar: Grammar) -> bool:
    """Whether the name stands in a closing clause with a verb of saying, or after `according`."""
    start = first
    while start > 0 and tokens[start - 1].sentence == tokens[first].sentence:
        if "," in tokens[start].breaks:
            break
        start -= 1
    if start == 0 or tokens[start - 1].sentence != tokens[first].sentence:
        return False
    end = first
    while end < len(tokens) and tokens[end].sentence == tokens[first].sentence:
        end += 1
    clause = tokens[start:end]
    if len(clause) > _SOURCE_WORDS or any("," in t.breaks for t in clause[1:6]):
        return False
    return any(grammar.get(t.lower) == "saying" for t in clause)


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
