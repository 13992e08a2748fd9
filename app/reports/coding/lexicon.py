"""Phrase lexicons read from CSV, and one pass over a text that finds their longest matches."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Generic, TypeVar

from app.reports.coding.text import Text, Token, read_text

T = TypeVar("T")
_PREFIX = 3  # shortest stem a `word*` may have; also the key its stems are filed under


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A lexicon entry found at tokens `first` up to, not with, `last`."""

    first: int
    last: int
    value: T


@dataclass(frozen=True, slots=True)
class _Word:
    folded: str
    stem: bool
    capital: bool
    upper: bool

    def fits(self, token: Token) -> bool:
        if self.stem:
            if not token.folded.startswith(self.folded):
                return False
        elif token.folded != self.folded:
            return False
        if self.upper:
            return token.upper or len(self.folded) == 1
        return token.capital or not self.capital


def read_rows(name: str, package: str = "app.reports.coding") -> Iterator[dict[str, str]]:
    """Rows of a data file of the package; lines that start with `#` are comments."""
    text = resources.files(package).joinpath("data", name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    yield from csv.DictReader(lines)


class Lexicon(Generic[T]):
    """Phrases with a value each.

    `word*` matches any ending; a capital letter asks for one in the text, a word all in
    capitals for a word all in capitals. Accents and case never matter otherwise.
    """

    def __init__(self, terms: Iterable[tuple[str, T]]) -> None:
        self._exact: dict[str, list[tuple[tuple[_Word, ...], T]]] = {}
        self._stems: dict[str, list[tuple[tuple[_Word, ...], T]]] = {}
        for term, value in terms:
            words = _parse(term)
            if not words:
                continue
            first = words[0]
            if first.stem:
                self._stems.setdefault(first.folded[:_PREFIX], []).append((words, value))
            else:
                self._exact.setdefault(first.folded, []).append((words, value))

    def find(self, text: Text) -> list[Match[T]]:
        """Longest matches from left to right, none overlapping another."""
        found: list[Match[T]] = []
        position = 0
        while position < len(text.tokens):
            best = self.longest(text, position)
            if best is None:
                position += 1
            else:
                found.append(best)
                position = best.last
        return found

    def longest(self, text: Text, position: int) -> Match[T] | None:
        """The longest match that starts at a token."""
        return max(self._at(text, position), key=lambda match: match.last, default=None)

    def find_all(self, text: Text) -> list[Match[T]]:
        """Every match, overlapping ones too, in order of their first word."""
        return [m for position in range(len(text.tokens)) for m in self._at(text, position)]

    def _at(self, text: Text, position: int) -> Iterator[Match[T]]:
        tokens = text.tokens
        word = tokens[position].folded
        for table, key in ((self._exact, word), (self._stems, word[:_PREFIX])):
            for words, value in table.get(key, ()):
                last = position + len(words)
                if last <= len(tokens) and all(
                    w.fits(tokens[position + offset]) for offset, w in enumerate(words)
                ):
                    yield Match(position, last, value)


def _parse(term: str) -> tuple[_Word, ...]:
    stems = {index for index, part in enumerate(term.split()) if part.endswith("*")}
    if not stems:
        tokens = read_text(term).tokens
        return tuple(_Word(t.folded, False, t.capital, t.upper) for t in tokens)
    words: list[_Word] = []
    for index, part in enumerate(term.split()):
        tokens = read_text(part.rstrip("*")).tokens
        for offset, t in enumerate(tokens):
            stem = index in stems and offset == len(tokens) - 1
            words.append(_Word(t.folded, stem, t.capital, t.upper and not stem))
    return tuple(words)


def read_lexicon(name: str, value: str = "value") -> Lexicon[Mapping[str, str]]:
    """A lexicon of a data file with a `term` column; the value of a phrase is its whole row."""
    return Lexicon((row["term"], row) for row in read_rows(name))
