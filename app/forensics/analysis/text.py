"""Texts made comparable: obfuscation undone and told, links and mentions set aside, letters plain.

Compatibility forms are folded (NFKC), invisible characters go, words that mix scripts or pass for
Latin are folded by the confusables of Unicode TR39, accents go.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

MAX_CHARACTERS = 100_000
"""Of a longer text its start is compared; no post is as long."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_MENTION = re.compile(r"(?<![\w@])@\w{1,50}")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff\uab70-\uabbf]")
_WORD = re.compile(r"\w+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_MARKS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
_STACKED = re.compile("[\u0300-\u036f\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{2,}")
_NO_WORD = re.compile(r"[\W_]+")
_OF_OTHER_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


@dataclass(frozen=True, slots=True)
class Obfuscation:
    """What was undone in a text, each counted; all zero in a plain one."""

    invisible: int = 0
    bidi_controls: int = 0
    mixed_script_words: int = 0
    compatibility_forms: int = 0
    stacked_marks: int = 0

    def __bool__(self) -> bool:
        return self != PLAIN


PLAIN = Obfuscation()


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in plain lower-case words, what was set aside, and what was hidden in it."""

    text: str
    urls: int
    mentions: int
    obfuscation: Obfuscation


def normalise(text: str) -> Normalised:
    """The text with its letters plain; the same text comes out of itself."""
    text = text[:MAX_CHARACTERS]
    obfuscation = PLAIN
    if not text.isascii():
        text, obfuscation = unmasked(text)
    text, urls = _URL.subn(" ", text) if "://" in text or "www." in text else (text, 0)
    text, mentions = _MENTION.subn(" ", text) if "@" in text else (text, 0)
    return Normalised(plain_words(text), urls, mentions, obfuscation)


def plain_words(text: str) -> str:
    """Lower-case letters and digits without accents, one space between words."""
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFD", text.casefold()))
    return _NO_WORD.sub(" ", text.lower()).strip()


def unmasked(text: str) -> tuple[str, Obfuscation]:
    """A text without what hides it from a search, and how much of that there was."""
    invisible = _INVISIBLE.findall(text)
    bidi = len(_BIDI.findall(text)) if invisible else 0
    if invisible:
        text = _INVISIBLE.sub("", text)
    stacked = len(_STACKED.findall(text))
    compatible = 0
    if not unicodedata.is_normalized("NFKC", text):
        compatible = sum(_is_dressed_letter(c) for c in text if c > "\u00ff")
        text = unicodedata.normalize("NFKC", text)
    text, mixed = _folded_scripts(text) if _FOREIGN.search(text) else (text, 0)
    if not (invisible or mixed or compatible or stacked):
        return text, PLAIN
    count = sum(map(len, invisible)) - bidi
    return text, Obfuscation(count, bidi, mixed, compatible, stacked)


def _is_dressed_letter(character: str) -> bool:
    """A letter in another form (fullwidth, mathematical, circled), not a mere ligature or accent."""
    folded = unicodedata.normalize("NFKC", character)
    return folded != character and len(folded) == 1 and folded.isascii() and folded.isalnum()


def _folded_scripts(text: str) -> tuple[str, int]:
    """Words that mix scripts, or pass for Latin among Latin words, in Latin; and how many."""
    folded = 0
    mostly_latin = len(_LATIN.findall(text)) > len(_FOREIGN.findall(text))

    def fold(match: re.Match[str]) -> str:
        nonlocal folded
        word = match[0]
        if not _FOREIGN.search(word):
            return word
        plain = word.translate(_latin_lookalikes())
        mixed = _LATIN.search(word) is not None
        if not mixed and not (mostly_latin and plain.isascii()):
            return word
        folded += 1
        return plain

    return _WORD.sub(fold, text), folded


@cache
def _latin_lookalikes() -> dict[int, str]:
    """Letters of other scripts that TR39 confuses with one of ours, with that one."""
    from confusable_homoglyphs import confusables  # noqa: PLC0415 - reads tables of a megabyte

    found = {}
    for character, likes in confusables.confusables_data.items():
        name = unicodedata.name(character, "") if len(character) == 1 else ""
        if name.startswith(_OF_OTHER_SCRIPTS) and (letter := _letter_among(likes, character)):
            found[ord(character)] = letter
    return found


def _letter_among(likes: list[dict[str, str]], character: str) -> str | None:
    """Our letter among those that a character is confused with, of its case where there is one."""
    letters = [like["c"] for like in likes if len(like["c"]) == 1 and like["c"].isascii()]
    letters = sorted(letter for letter in letters if letter.isalpha())
    same_case = [letter for letter in letters if letter.isupper() == character.isupper()]
    return next(iter(same_case or letters), None)
