"""Tokens of an item: folded for matching, with their place in the printed text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"EE\.?\s?UU\.?|EUA\b|E\.U\.A\.|(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|\d+(?:[.,]\d+)+|\w+",
)
_SENTENCE_END = re.compile(r"[.!?…]+[”\"’')\]]*\s")
_POSSESSIVE = re.compile(r"['’`]s\b", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Lower case without accents: `Irã` and `iran` compare equal after the language's endings."""
    if word.isascii():
        return word.lower()
    bare = unicodedata.normalize("NFKD", word.lower())
    return "".join(char for char in bare if not unicodedata.combining(char))


@dataclass(frozen=True, slots=True)
class Token:
    """A word: where it stands, its folded form, how it is written, its sentence (from 0)."""

    start: int
    end: int
    lower: str
    folded: str
    capital: bool
    upper: bool
    possessive: bool
    sentence: int
    breaks: str  # punctuation between the word before and this one


@dataclass(frozen=True, slots=True)
class Text:
    """A printed text and its tokens."""

    raw: str
    tokens: tuple[Token, ...]

    def span(self, first: int, last: int) -> str:
        """The printed words from token `first` up to, not with, token `last`."""
        return self.raw[self.tokens[first].start : self.tokens[last - 1].end]


def read_text(raw: str) -> Text:
    """The tokens of a text; an English possessive is a mark on its word, not a word."""
    tokens: list[Token] = []
    sentence, end = 0, 0
    sentence_ends = [found.end() for found in _SENTENCE_END.finditer(raw)]
    next_end = 0
    for found in _TOKEN.finditer(raw):
        start = found.start()
        word = found.group(0)
        if word in ("s", "S") and tokens and _POSSESSIVE.match(raw, start - 1):
            continue
        while next_end < len(sentence_ends) and sentence_ends[next_end] <= start:
            closes = not _is_abbreviation(raw, sentence_ends[next_end])
            sentence, next_end = sentence + (1 if closes else 0), next_end + 1
        compact = word.replace(".", "").replace(" ", "") if not word[0].isdigit() else word
        tokens.append(
            Token(
                start=start,
                end=found.end(),
                lower=word.lower(),
                folded=fold(compact),
                capital=compact[0].isupper() or compact[0].isdigit(),
                upper=compact.isupper() and len(compact) > 1,
                possessive=_POSSESSIVE.match(raw, found.end()) is not None,
                sentence=sentence,
                breaks=raw[end:start].strip(),
            )
        )
        end = found.end()
    return Text(raw, tuple(tokens))


def _is_abbreviation(raw: str, sentence_end: int) -> bool:
    """Whether the stop before `sentence_end` ends an abbreviation such as `U.S.` or `Gen.`."""
    before = raw[max(0, sentence_end - 8) : sentence_end].rstrip()
    return bool(
        re.search(
            r"(?:\b[A-Z]\.)$|\b(?:Mr|Mrs|Dr|Gen|Col|Sr|Sra|St|Lt|Adm|Sen|No|UU)\.$",
            before,
        )
    )
