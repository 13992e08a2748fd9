"""What several reports say of one moment, and where they contradict each other or the calendar."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import When
from app.itineraries.journeys.moments import Moment

_WEEKDAYS = {
    name: index
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lunes martes miercoles jueves viernes sabado domingo",
        "segunda terca quarta quinta sexta sabado domingo",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
    for index, name in enumerate(names.split())
}
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Dated:
    """A time as given, by which sources (indexes into the itinerary's list), printed when."""

    when: When
    sources: tuple[int, ...]
    printed_on: date | None
    is_future: bool = False

    def json(self) -> dict[str, Any]:
        given = {"at": self.when.at, "words": self.when.words, "part": self.when.part}
        return {**{k: v for k, v in given.items() if v is not None}, "sources": list(self.sources)}


def weekday_in(words: str | None) -> int | None:
    """The weekday that words name (Monday is 0), in English, Spanish, Portuguese or French."""
    for word in re.findall(r"\w+", fold_name(words or "")):
        if word in _WEEKDAYS:
            return _WEEKDAYS[word]
    return None


def nearest_weekday(day: date, weekday: int) -> date:
    """The day of that weekday which is nearest to `day`."""
    return day + timedelta(days=(weekday - day.weekday() + 3) % 7 - 3)


def span_of(given: Sequence[Dated]) -> dict[str, Any] | None:
    """One span for all: what they share when they can all be true, else all that they cover.

    A date whose weekday does not fit covers the day of that weekday as well.
    """
    if not given:
        return None
    moments = [moment for dated in given for moment in _readings(dated.when)]
    start, end = max(m.earliest for m in moments), min(m.latest for m in moments)
    precision = min(moments, key=lambda m: m.latest - m.earliest).precision
    if start > end:
        start, end = min(m.earliest for m in moments), max(m.latest for m in moments)
        precision = "range"
    return {
        "earliest": start,
        "latest": end,
        "precision": precision,
        "claims": [dated.json() for dated in given],
    }


def _readings(when: When) -> list[Moment]:
    weekday = weekday_in(when.words)
    moment = when.moment
    if weekday is None or moment.precision in ("month", "year", "range"):
        return [moment]
    meant = nearest_weekday(moment.day, weekday)
    return [moment] if meant == moment.day else [moment, Moment.parse(meant.isoformat())]


def date_conflicts(field: str, given: Sequence[Dated]) -> list[dict[str, Any]]:
    """Contradictions among times of one end, each with what is said side by side."""
    found = _merged([conflict for dated in given for conflict in _own_conflicts(field, dated)])
    clashing = [
        (a, b)
        for index, a in enumerate(given[:50])
        for b in given[index + 1 : 50]
        if not a.when.moment.overlaps(b.when.moment)
    ]
    by_kind: dict[tuple[str, str], list[Dated]] = {}
    for a, b in clashing:
        held = by_kind.setdefault(_kind(a, b), [])
        held.extend(dated for dated in (a, b) if dated not in held)
    found.extend(
        {"field": field, "kind": kind, "detail": detail, "claims": [d.json() for d in claims]}
        for (kind, detail), claims in by_kind.items()
    )
    return found


def _merged(conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Conflicts of the same kind and detail as one, with the claims of all."""
    by_detail: dict[tuple[str, str], dict[str, Any]] = {}
    for conflict in conflicts:
        held = by_detail.setdefault((conflict["kind"], conflict["detail"]), conflict)
        if held is not conflict:
            held["claims"] += conflict["claims"]
    return list(by_detail.values())


def _own_conflicts(field: str, dated: Dated) -> list[dict[str, Any]]:
    moment, found = dated.when.moment, []
    weekday = weekday_in(dated.when.words)
    if weekday is not None and moment.precision not in ("month", "year", "range"):
        meant = nearest_weekday(moment.day, weekday)
        if meant != moment.day:
            found.append({
                "field": field,
                "kind": "weekday",
                "detail": f"{moment.day} was a {_NAMES[moment.day.weekday()]};"
                f" the {_NAMES[weekday]} was {meant}",
                "candidates": sorted((moment.day.isoformat(), meant.isoformat())),
                "claims": [dated.json()],
            })  # fmt: skip
    if dated.printed_on is not None and not dated.is_future and _is_after(moment, dated.printed_on):
        found.append({
            "field": field,
            "kind": "printed_before",
            "detail": f"printed on {dated.printed_on}, before the day it tells of as past",
            "claims": [dated.json()],
        })  # fmt: skip
    return found


def _is_after(moment: Moment, printed_on: date) -> bool:
    """Whether a moment lies after a printed day wherever on earth that was printed."""
    end = datetime.combine(printed_on, time.max, UTC)
    zone = (
        timedelta()
        if moment.precision in ("day", "month", "year", "range")
        else timedelta(hours=12)
    )
    return moment.earliest > end + zone


def _kind(a: Dated, b: Dated) -> tuple[str, str]:
    first, second = a.when, b.when
    if {first.part, second.part} == {"headline", "body"}:
        return "headline_body", "the headline and the body give different times"
    here, there = first.moment, second.moment
    if here.clock is not None and here.clock == there.clock and here.offset != there.offset:
        return "time_zone", "one clock time in two time zones"
    if _one_day_apart(here, there) and None in (here.clock, there.clock):
        timed = here if here.clock is not None else there
        if timed.clock is not None:
            return "time_zone", "the days differ by one, as they do across time zones"
    return "dates", "reports give different times"


def _one_day_apart(a: Moment, b: Moment) -> bool:
    return abs((a.day - b.day).days) == 1
