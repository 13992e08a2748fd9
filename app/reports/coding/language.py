"""Tells the language a summary is written in, by its commonest words."""

from __future__ import annotations

import re
from collections import Counter

from app.reports.coding.text import Text

_COMMON = {
    "en": "the of and to in that with for on is was by from its has have said will as at an are be"
    " been it after which their his this who were would over into state reports media new",
    "es": "el la los las de del que en y con por para una un se su al es fue como mas sus lo ha"
    " han desde sobre segun entre tras este esta son pero durante tambien hasta dijo",
    "pt": "o a os as de do da dos das que em e com por para uma um se no na nos nas ao pelo pela"
    " foi como mais nao seu sua sao segundo apos entre disse ter sobre ate tambem",
    "fr": "le la les de des du que qui en et avec par pour une un se au aux est ete dans sur son sa"
    " ses ce cette ont plus entre apres selon l d a il elle leur d'",
}
# letters and endings that one of the languages has and the others lack
_SPELLINGS = {
    "en": re.compile(r"(?:tion|ing|ed|’s|'s)\b"),
    "es": re.compile(r"ñ|ción\b|ciones\b|\wó\b|\wía[ns]?\b|ll\w|dad\b|[¿¡]"),
    "pt": re.compile(r"[ãõ]|ção\b|nh|lh|\w(?:ou|eu|iu)\b|dade\b"),
    "fr": re.compile(r"[èêœùû]|\b[ldnsq]u?['’]|eux\b|\wé(?:e|s|es)\b|tion\b"),
}
_SETS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_DISTINCT = {
    "es": "el los del y con una las al segun tras fue mas dijo han",
    "pt": "do da dos das em com uma ao pelo pela nao apos foi os no na e o",
    "fr": "le les des du et avec une aux est dans sur qui au par pour l ont",
}
_DISTINCT_SETS = {language: frozenset(words.split()) for language, words in _DISTINCT.items()}


def guess_language(text: Text, default: str = "en") -> str:
    """`en`, `es`, `pt` or `fr`; `default` when the words do not tell."""
    words = Counter(token.folded for token in text.tokens)
    scores = {language: sum(words[word] for word in common) for language, common in _SETS.items()}
    for language, distinct in _DISTINCT_SETS.items():
        scores[language] += sum(words[word] for word in distinct)
    for language, spelling in _SPELLINGS.items():
        scores[language] += len(spelling.findall(text.raw.lower()))
    best = max(scores, key=lambda language: (scores[language], language == default))
    return best if scores[best] > 0 else default
