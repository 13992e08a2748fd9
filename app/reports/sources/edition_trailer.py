"""Reads the end of an item: dash, outlet, day and month, and the content-language mark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTH_NAMES = {
    1: "jan january ene enero janeiro janv janvier",
    2: "feb february febrero fev fevereiro févr fevr février fevrier",
    3: "mar march marzo março marco mars",
    4: "apr april abr abril avr avril",
    5: "may mayo mai maio",
    6: "jun june junio junho juin",
    7: "jul july julio julho juil juillet",
    8: "aug august ago agosto août aout",
    9: "sep sept september septiembre setiembre set setembro septembre",
    10: "oct october octubre out outubro octobre",
    11: "nov november noviembre novembro novembre",
    12: "dec december dic diciembre dez dezembro déc décembre decembre",
}
MONTHS = {name: number for number, names in _MONTH_NAMES.items() for name in names.split()}

_LANGUAGES = {
    "spanish": "es", "español": "es", "espanol": "es", "castellano": "es", "espanhol": "es",
    "espagnol": "es", "portuguese": "pt", "português": "pt", "portugues": "pt",
    "portugués": "pt", "portugais": "pt", "french": "fr", "francés": "fr", "frances": "fr",
    "francês": "fr", "français": "fr", "francais": "fr", "english": "en", "inglés": "en",
    "ingles": "en", "inglês": "en", "anglais": "en",
}  # fmt: skip
_MARK = re.compile(
    r"[\[(]?\s*\b(?:content|contenido|conte[úu]do|contenu|article|in)?\s*"
    r"(?:in|en|em)\s+(?:the\s+)?(" + "|".join(_LANGUAGES) + r")\b\s*[\])]?\s*\.?",
    re.IGNORECASE,
)
_TAIL = 220  # an outlet, its date and a language mark are far shorter than this
_DATED = 60  # a date and a language mark fit in here: without a digit there is none
_DAY_FIRST = re.compile(
    r"(?:\b(?:on|el|em|le)\s+)?\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\s*[-–—./ ]?\s*(?:de\s+)?"
    r"(?P<month>[^\W\d_]{3,10})\.?(?:\s*(?:[-–—,./ ]|del?\b)\s*(?P<year>\d{4}))?\s*[.;]?\s*$",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?:\b(?:on|el|em|le)\s+)?\b(?P<month>[^\W\d_]{3,10})\.?\s*[-–— ]\s*"
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?:\s*[-–—,./ ]\s*(?P<year>\d{4}))?\s*[.;]?\s*$",
    re.IGNORECASE,
)
_SPACED_DASH = re.compile(r"\s[-–—―−]{1,3}\s*|[-–—―−]{1,3}\s")
_TIGHT_DASH = re.compile(r"[–—―−]|(?<=[.”\"’')])-(?=\w)")
_NEAR_DATE = re.compile(r"\b\d{1,2}\s*[-–./ ]\s*([^\W\d_]{3,10})\b|\b([^\W\d_]{3,10})\.? \d{1,2}\b")
_MAX_OUTLET = 80


@dataclass(frozen=True, slots=True)
class Trailer:
    """An item taken apart; `problem` is set instead of a date when the date cannot be."""

    summary: str
    outlet: str
    published_on: date | None
    content_language: str | None
    problem: str | None = None


def names_date(text: str) -> bool:
    """Whether a day beside the name of a month stands anywhere in the text."""
    return any(word.lower() in MONTHS for pair in _NEAR_DATE.findall(text) for word in pair if word)


def infer_year(day: int, month: int, published_on: date) -> date | None:
    """The latest such date on or before `published_on`; None when no calendar year has it."""
    for year in range(published_on.year, max(0, published_on.year - 9), -1):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if candidate <= published_on:
            return candidate
    return None


def find_trailer(text: str, published_on: date) -> Trailer | None:
    """The item that `text` is, when it ends the way an item does; None otherwise."""
    if not any(char.isdigit() for char in text[-_DATED:]):
        return None
    tail_start = max(0, len(text) - _TAIL)
    tail, language = _take_mark(text[tail_start:])
    found = _find_date(tail)
    if found is None:
        return None
    split = _split_outlet(tail[: found.start()])
    if split is None:
        return None
    head_end, outlet = split
    summary = (text[:tail_start] + tail[:head_end]).strip().rstrip("-–—― ").rstrip()
    if not summary:
        return None
    day, month_name, year = int(found["day"]), found["month"], found["year"]
    month = MONTHS.get(month_name.lower().rstrip("."))
    if month is None:
        return Trailer(summary, outlet, None, language, f"unknown month {month_name!r}")
    when, problem = _resolve(day, month, int(year) if year else None, published_on)
    if problem:
        problem = f"{problem}: {day}-{month_name}" + (f"-{year}" if year else "")
    return Trailer(summary, outlet, when, language, problem)


def _resolve(
    day: int, month: int, year: int | None, published_on: date
) -> tuple[date | None, str | None]:
    if year is None:
        when = infer_year(day, month, published_on)
        return when, None if when else "impossible date"
    try:
        when = date(year, month, day)
    except ValueError:
        return None, "impossible date"
    if when > published_on:
        return None, "date after the edition's own"
    return when, None


def _take_mark(tail: str) -> tuple[str, str | None]:
    """The tail without its "(content in …)" mark, and the language the mark names."""
    lower = tail.lower()
    if not any(name in lower for name in _LANGUAGES):
        return tail.rstrip(), None
    for found in reversed(list(_MARK.finditer(tail))):
        marked = found.group(0)
        bracketed = marked.lstrip().startswith(("(", "["))
        if bracketed or re.match(r"\s*conte", marked, re.IGNORECASE):
            rest = tail[: found.start()].rstrip() + " " + tail[found.end() :].lstrip()
            return rest.rstrip(), _LANGUAGES[found.group(1).lower()]
    return tail.rstrip(), None


def _find_date(tail: str) -> re.Match[str] | None:
    """A day and a month at the very end; a wrong month name still counts after a hyphen."""
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        found = pattern.search(tail)
        if found is None:
            continue
        known = found["month"].lower() in MONTHS
        if known or (pattern is _DAY_FIRST and re.search(r"\d-[^\W\d_]{3,5}$", found.group(0))):
            return found
    return None


def _split_outlet(before: str) -> tuple[int, str] | None:
    """Where the summary ends and which outlet follows the last dash that can part them."""
    for pattern in (_SPACED_DASH, _TIGHT_DASH):
        dashes = list(pattern.finditer(before))
        if not dashes:
            continue
        last = dashes[-1]
        outlet = before[last.end() :].strip(" ,.;:-–—")
        if 1 < len(outlet) <= _MAX_OUTLET and any(char.isalpha() for char in outlet):
            return last.start(), outlet
        if not outlet and len(dashes) > 1:
            previous = dashes[-2]
            outlet = before[previous.end() : last.start()].strip(" ,.;:-–—")
            if 1 < len(outlet) <= _MAX_OUTLET:
                return previous.start(), outlet
    return None
