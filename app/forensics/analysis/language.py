"""The language of a short text, among English, Spanish, Portuguese and French.

py3langid's naive Bayes (a fork of langid.py, Lui and Baldwin 2012) kept to the four, with the
evidence of letters and of small words that not all of them have, which counts in short texts.
Names tell where a story happens and not its language, so they are set aside.
"""

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from app.forensics.analysis.text import unmasked

LANGUAGES = ("en", "es", "fr", "pt")
UNDETERMINED = "und"
METHOD, VERSION = "py3langid+words", "3"
MAX_CHARACTERS = 2_000

_WORD_EVIDENCE = 8.0
_LETTER_EVIDENCE = 6.0
_ENOUGH_WORDS = 3
"""Without names at least so many words must be left; else they count as well."""
_NOISE = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w+")
_WORD = re.compile(r"[^\W\d_]+")
_SIGNS = re.compile("[¿¡]")
_LATIN = re.compile("[A-Za-zªº\u00c0-\u024f]")
_FLOOR = -1e9
_WORDS = {
    "en": "the of and is was were are this that with from for have has been will would which"
    " their they not but his her she you your what who said by it its be at says i we my"
    " new after over about how why no hello thanks here on in if as",
    "es": "el los las y una unas del al lo con por pero muy más mas hoy ayer desde hasta sobre"
    " también tambien es está son fue han ha hay ser sus donde cuando quien según segun ante"
    " tras dijo dice le les yo ella ellos nosotros sin este esta estos estas eso esto otra otro"
    " no hola gracias la en de que se si dos entre contra durante para como",
    "pt": "o os as e um uma uns do da dos das no na nos nas ao aos à às em com não nao pelo pela"
    " pelos pelas mas muito mais hoje ontem até ate sobre também tambem é está são sao foi foram"
    " há ser seu sua seus suas onde quando quem diz disse eu ele ela eles você voce sem este esta"
    " isso isto outra outro depois olá obrigado de que se por desde entre contra durante para como",
    "fr": "le les et une des du au aux dans avec pour par mais très aujourd hui hier depuis"
    " jusqu sur aussi est sont était fut ont être ses leur leurs où quand qui selon après dit je"
    " il elle ils nous vous sans ce cette ces cela autre pas ne d l qu n c s j été bonjour merci"
    " à la en de que se si on plus entre contre dont comme",
}
_LETTERS = {"es": "ñ¿¡", "pt": "ãõ", "fr": "èùûœêîë"}


def identify(text: str) -> tuple[str, float]:
    """The language and its probability among the four; `und` where no Latin letters are."""
    text = text[:MAX_CHARACTERS]
    if not text.isascii():
        text, _ = unmasked(text)
    found = _WORD.findall(_NOISE.sub(" ", text))
    words = " ".join(found)
    if not _is_latin(words):
        return UNDETERMINED, 0.0
    words = words.lower() if words.isupper() else _without_names(found)
    scores = _bayes_scores(words)
    lowered = words.lower()
    weights = _word_weights()
    for word in lowered.split():
        if word in weights:
            for number, weight in weights[word]:
                scores[number] += weight
    if not text.isascii():
        signs = f"{lowered} {''.join(_SIGNS.findall(text))}"
        for number, letters in _distinctive_letters():
            scores[number] += _LETTER_EVIDENCE * sum(map(signs.count, letters))
    # Features of one text repeat each other: the square root of its length keeps odds honest.
    scale = math.sqrt(len(words.encode("utf-8", "replace")))
    best = max(scores)
    odds = [math.exp((score - best) / scale) for score in scores]
    return LANGUAGES[scores.index(best)], round(1 / sum(odds), 6)


def _without_names(words: Sequence[str]) -> str:
    plain = [word for word in words if not word[0].isupper()]
    return " ".join(plain if len(plain) >= _ENOUGH_WORDS else words)


def _is_latin(words: str) -> bool:
    if words.isascii():
        return bool(words)
    return 2 * len(_LATIN.findall(words)) > len(words) - words.count(" ")


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - loads a model

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def _bayes_scores(text: str) -> list[float]:
    """Log-posteriors in the order of LANGUAGES, all zero where no feature is known."""
    scores = dict(_identifier().rank(text))
    return [max(scores[one], _FLOOR) for one in LANGUAGES]


@cache
def _word_weights() -> dict[str, tuple[tuple[int, float], ...]]:
    """For each small word what it adds to which languages; less where several have it."""
    owners: dict[str, list[int]] = {}
    for number, language in enumerate(LANGUAGES):
        for word in set(_WORDS[language].split()):
            owners.setdefault(word, []).append(number)
    return {
        word: tuple((number, _WORD_EVIDENCE / len(numbers)) for number in numbers)
        for word, numbers in owners.items()
    }


@cache
def _distinctive_letters() -> tuple[tuple[int, str], ...]:
    return tuple((LANGUAGES.index(language), letters) for language, letters in _LETTERS.items())
