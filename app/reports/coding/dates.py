"""Reads when an event happened from the item's own words, in four languages."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.reports.coding.date_words import (
    AWAY,
    BACKGROUND,
    DAY,
    MONTH,
    MONTHS,
    RELATIVE_DAYS,
    WEEKDAY,
    WEEKDAYS,
)
from app.reports.coding.records import DatePrecision
from app.reports.coding.text import fold

_YEAR = r"(?:,?\s*(?:de\s+|del\s+|of\s+)?(?P<{0}>(?:19|20)\d\d))?"
_TO = r"\s*(?:[-–—]|to|through|until|and|al?|e|y|au|et|at[ée](?:\s+o)?|hasta(?:\s+el)?)\s*(?:le\s+|el\s+)?"
_DAY_LIST = rf"(?P<d1>{DAY}){_TO}(?P<d2>{DAY})"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("two", rf"\b(?P<m1>{MONTH})\.?\s+(?P<d1>{DAY}){_TO}(?P<m2>{MONTH})\.?\s+(?P<d2>{DAY})\b"
         + _YEAR.format("y")),
        ("two", rf"\b(?P<d1>{DAY})\s+(?:de\s+)?(?P<m1>{MONTH})\.?{_TO}(?P<d2>{DAY})\s+(?:de\s+)?"
         rf"(?P<m2>{MONTH})\b" + _YEAR.format("y")),
        ("range", rf"\b(?P<m1>{MONTH})\.?\s+{_DAY_LIST}\b" + _YEAR.format("y")),
        ("range", rf"\b{_DAY_LIST}\s+(?:of\s+|de\s+)?(?P<m1>{MONTH})\b" + _YEAR.format("y")),
        ("day", rf"\b(?P<m1>{MONTH})\.?\s+(?:the\s+)?(?P<d1>{DAY})\b(?!\s*(?:%|percent|million))"
         + _YEAR.format("y")),
        ("day", rf"\b(?P<d1>{DAY})(?:\s+of)?\s+(?:de\s+)?(?P<m1>{MONTH})\b" + _YEAR.format("y")),
        ("months", rf"\b(?:between|entre|from|de|desde)\s+(?P<m1>{MONTH})" + _YEAR.format("y1")
         + rf"\s+(?:and|to|y|e|et|a|hasta)\s+(?P<m2>{MONTH})\b" + _YEAR.format("y")),
        ("month", rf"\b(?:in|en|em|during|durante)\s+(?:early\s+|late\s+|mid-?)?(?P<m1>{MONTH})\b"
         + _YEAR.format("y")),
    )
)  # fmt: skip


# "… will pay in yuan, the minister announced on Wednesday": the weekday of a word is past
_SPOKEN = re.compile(
    r"(?:announced|said|told|met|meeting [^,;]{3,70}|signed|confirmed|declared|anunció|dijo|afirmó|"
    r"declaró|confirmó|firmó|anunciou|disse|afirmou|assinou|a (?:annoncé|déclaré|dit|confirmé))"
    r"(?: [^\s,;.]+){0,3} $",
    re.IGNORECASE,
)
# "on the morning of March 1" is March 1, "the election of March 1" another's date
_PART_OF_DAY = re.compile(
    r"(?:\b(?:the|la|el|a|o|le) )?\b(?:morning|afternoon|evening|night|dawn|midnight|mañana|tarde|"
    r"noche|madrugada|manhã|noite|matin|soir|nuit) (?:of|del?|d[eo]|du) $",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """When an event happened, how precisely, and the words that say so."""

    on: date
    until: date | None
    precision: DatePrecision
    words: str


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    occurrence: Occurrence


def find_occurrence(raw: str, published_on: date, *, planned: bool) -> Occurrence | None:
    """The date of the event by its own words; None when they name none, or only another's."""
    found = sorted(_find_all(raw, published_on, planned), key=lambda one: one.start)
    rank = {"day": 0, "range": 0, "month": 1}
    usable = [one for one in found if not _is_another(raw, one, published_on)]
    best = min(usable, key=lambda one: (rank[one.occurrence.precision], one.start), default=None)
    return best.occurrence if best else None


def _find_all(raw: str, published_on: date, planned: bool) -> Iterator[_Found]:
    taken: list[tuple[int, int]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(raw):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            occurrence = _resolve(kind, match, published_on, planned)
            if occurrence:
                yield _Found(match.start(), occurrence)
    for match in WEEKDAY.finditer(raw):
        if any(0 <= start - match.end() <= 8 for start, _ in taken):
            continue  # a date follows its weekday: the date holds
        wanted = WEEKDAYS[fold(match.group(1))]
        if planned and not _SPOKEN.search(raw[: match.start()]):
            day = published_on + timedelta((wanted - published_on.weekday()) % 7)
        else:
            day = published_on - timedelta((published_on.weekday() - wanted) % 7)
        yield _Found(match.start(), Occurrence(day, None, "day", match.group(0).strip()))
    for relative, days in RELATIVE_DAYS:
        for match in relative.finditer(raw):
            day = published_on + timedelta(days)
            yield _Found(match.start(), Occurrence(day, None, "day", match.group(0)))
    yield from _find_spans(raw, published_on)


def _find_spans(raw: str, published_on: date) -> Iterator[_Found]:
    """Last or next week and month."""
    for pattern, unit, step in AWAY:
        for match in pattern.finditer(raw):
            if unit == "week":
                monday = published_on - timedelta(published_on.weekday()) + timedelta(7 * step)
                until = monday + timedelta(6)
                yield _Found(match.start(), Occurrence(monday, until, "range", match.group(0)))
            else:
                index = published_on.year * 12 + published_on.month - 1 + step
                if 12 <= index < 120_000:  # the years 1 to 9999
                    first = date(index // 12, index % 12 + 1, 1)
                    yield _Found(match.start(), Occurrence(first, None, "month", match.group(0)))


def _resolve(
    kind: str, match: re.Match[str], published_on: date, planned: bool
) -> Occurrence | None:
    part = match.groupdict()
    month = MONTHS[fold(part["m1"])]
    year = int(part["y"]) if part.get("y") else None
    words = match.group(0).strip()
    if kind in ("month", "months"):
        first = _nearest(1, month, year, published_on, planned)
        if first is None:
            return None
        if kind == "month":
            return Occurrence(first, None, "month", words)
        last_month = MONTHS[fold(part["m2"])]
        if part.get("y1"):
            first = first.replace(year=int(part["y1"]))
        elif year and last_month < month:
            first = first.replace(year=max(1, year - 1))
        last_year = year or first.year + (1 if last_month < month else 0)
        last = date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])
        return Occurrence(first, last, "range", words) if first < last else None
    on = _nearest(_day(part["d1"]), month, year, published_on, planned)
    if on is None:
        return None
    if kind == "day":
        return Occurrence(on, None, "day", words)
    last_month = MONTHS[fold(part["m2"])] if kind == "two" else month
    until = _make(on.year + (1 if last_month < month else 0), last_month, _day(part["d2"]))
    return Occurrence(on, until, "range", words) if until and until > on else None


def _day(printed: str) -> int:
    return int(re.sub(r"\D", "", printed))


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(
    day: int, month: int, year: int | None, published_on: date, planned: bool
) -> date | None:
    """The date in the printed year, else in the year that brings it nearest to publication."""
    if year is not None:
        return _make(year, month, day)
    years = range(published_on.year - 1, published_on.year + 2)
    candidates = [d for d in (_make(y, month, day) for y in years if 0 < y < 10_000) if d]

    def away(candidate: date) -> int:
        days = (candidate - published_on).days
        ahead, behind = (1, 3) if planned else (3, 1)
        return days * ahead if days > 0 else -days * behind

    return min(candidates, key=away, default=None)


def _is_another(raw: str, found: _Found, published_on: date) -> bool:
    """Whether the date belongs to something else the item mentions."""
    if abs((found.occurrence.on - published_on).days) > 400:
        return True
    before = _PART_OF_DAY.sub("", raw[max(0, found.start - 28) : found.start])
    if BACKGROUND.search(before):
        return True
    end = found.start + len(found.occurrence.words)
    after = re.match(r"(?:st|nd|rd|th)?\s+(?:\w+\s+)?(election|attack|agreement|deal|bomb|protest|vote|"
                     r"referendum|coup|summit|inaugura)", raw[end:end + 40])  # fmt: skip
    return after is not None and found.occurrence.precision == "day"
