"""Invented news in four languages, three sentences to a story: what texts are measured on.

The sentences of a story name the same people and places and tell different facts, so that each of
them is a hard negative for the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LANGUAGES = ("en", "es", "fr", "pt")
_HEAD, *_ROWS = (
    line.split("\t")
    for line in Path(__file__).with_name("news.tsv").read_text("utf-8").splitlines()
)
SENTENCES: Sequence[Mapping[str, str]] = [dict(zip(_HEAD, row, strict=True)) for row in _ROWS]
"""By language, and `story`: 150 of them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as one language tells it."""

    fact: int
    language: str
    text: str


def runs_of_words(words: int) -> Iterator[Told]:
    """Every run of so many words of every sentence."""
    for fact, sentence in enumerate(SENTENCES):
        for language in LANGUAGES:
            split = sentence[language].split()
            for start in range(len(split) - words + 1):
                yield Told(fact, language, " ".join(split[start : start + words]))


def some_told(seed: int, sentences: int, part: float) -> list[Told]:
    """Texts of one or three sentences; of each, every language tells it by chance `part`."""
    chance = np.random.default_rng(seed)
    return [
        Told(fact, language, " ".join(one[language] for one in SENTENCES[fact : fact + sentences]))
        for fact in range(0, len(SENTENCES), sentences)
        for language in LANGUAGES
        if chance.random() < part
    ]
