"""The `q` grammar: words, "phrases", -exclusions and OR.

`a b OR c` reads (a and b) or c, as in PostgreSQL's websearch syntax.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_LENGTH = 500
MAX_TERMS = 32
_TOKEN = re.compile(r'(-?)"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase to find, or to be absent."""

    text: str
    phrase: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class TextQuery:
    """Alternatives, each a list of terms that all must hold."""

    alternatives: tuple[tuple[Term, ...], ...]

    @classmethod
    @lru_cache(1024)
    def parse(cls, q: str) -> "TextQuery":
        """The query written as `q`.

        Raises:
            ValueError: no word in it, too many terms, or too long.
        """
        if len(q) > MAX_LENGTH:
            raise ValueError(f"at most {MAX_LENGTH} characters")
        groups: list[list[Term]] = [[]]
        for minus, phrase, word in _TOKEN.findall(q):
            if word == "OR":
                groups.append([])
                continue
            excluded = bool(minus) or (word.startswith("-") and len(word) > 1)
            text = phrase or (word[1:] if excluded and word else word)
            if any(character.isalnum() for character in text):
                groups[-1].append(Term(text, bool(phrase), excluded))
        alternatives = tuple(tuple(group) for group in groups if group)
        if not alternatives:
            raise ValueError("holds no word to search for")
        if sum(map(len, alternatives)) > MAX_TERMS:
            raise ValueError(f"at most {MAX_TERMS} words and phrases")
        return cls(alternatives)
