"""Numbers over events: facets, timelines, correlations."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from app.core.db import Database
from app.core.errors import InvalidParameterError, UnavailableError
from app.events.correlation import (
    MAX_EVENTS,
    METHOD,
    METHOD_VERSION,
    PERMUTATIONS,
    SEED,
    DatedEvent,
    PairResult,
    Result,
    TooManyCellsError,
    correlate,
)
from app.events.parameters import FIRST_DAY, LAST_DAY, DateRange
from app.events.queries import CorrelationsQuery, FacetsQuery, Interval, TimelineQuery
from app.events.repository import counts
from app.events.vocabulary import VRIC, labels

MAX_PERIODS = 10_000
MAX_WAIT_S = 20.0
_labelled = {"actor", "country", "category", "topic", "language", "status", "precision"}
_one_at_a_time = asyncio.Semaphore(1)


async def count_facets(database: Database, query: FacetsQuery) -> list[dict[str, Any]]:
    """Each facet with its commonest values."""
    facets = query.facets or list(counts.FACETS)
    found = await counts.fetch_facets(database, query, facets)
    names = await counts.fetch_outlet_names(database) if "outlet" in facets else {}
    return [
        {
            "facet": facet,
            "values": [_value(facet, *pair, names) for pair in _commonest(count, query.values)],
        }
        for facet, count in found.items()
    ]


def _commonest(count: Counter[str], limit: int) -> list[tuple[str, int]]:
    return sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _value(facet: str, value: str, count: int, outlets: Mapping[str, str]) -> dict[str, Any]:
    label = outlets.get(value) if facet == "outlet" else None
    if facet in _labelled:
        label = labels(facet).get(value, {}).get("en")
    return {"value": value, "count": count, "label": label}


async def count_timeline(database: Database, query: TimelineQuery) -> list[dict[str, Any]]:
    """Counts by period from the first to the last, empty periods included.

    Raises:
        InvalidParameterError: more periods than an answer may hold.
    """
    first, last = await _window(database, query)
    if first is None or last is None:
        return []
    starts = _starts(first, last, query.interval)
    rows = await counts.fetch_timeline(database, query, query.interval, query.split)
    by_start: dict[date, dict[str | None, int]] = defaultdict(dict)
    for row in rows:
        by_start[row["start"]][row["value"]] = row["count"]
    if query.split is None:
        return [
            {
                "start": start,
                "end": _end(start, query.interval),
                "count": by_start[start].get(None, 0),
            }
            for start in starts
        ]
    whole = await counts.fetch_timeline(database, query, query.interval, None)
    totals = {row["start"]: row["count"] for row in whole}
    values = sorted({value for row in by_start.values() for value in row if value is not None})
    return [
        {
            "start": start,
            "end": _end(start, query.interval),
            "count": totals.get(start, 0),
            "split": {value: by_start[start].get(value, 0) for value in values},
        }
        for start in starts
    ]


async def _window(database: Database, query: TimelineQuery) -> tuple[date | None, date | None]:
    """The asked interval, its open ends closed by the data."""
    first, last = await counts.fetch_span(database, query)
    if query.datetime is not None:
        asked = DateRange.parse(query.datetime)
        first = asked.start if asked.start != FIRST_DAY else first
        last = asked.end if asked.end != LAST_DAY else last
    return first, last


def _starts(first: date, last: date, interval: Interval) -> list[date]:
    start = _start(first, interval)
    starts = []
    while start <= last:
        starts.append(start)
        if len(starts) > MAX_PERIODS:
            raise InvalidParameterError.of(
                "interval", f"more than {MAX_PERIODS} periods; narrow datetime or widen interval"
            )
        following = _end(start, interval)
        if following == date.max:
            break
        start = following + timedelta(days=1)
    return starts


def _start(day: date, interval: Interval) -> date:
    match interval:
        case Interval.WEEK:
            return day - timedelta(days=min(day.weekday(), (day - date.min).days))
        case Interval.MONTH:
            return day.replace(day=1)
        case Interval.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day


def _end(start: date, interval: Interval) -> date:
    """The last day of a period."""
    match interval:
        case Interval.WEEK:
            return start + timedelta(days=min(6, (date.max - start).days))
        case Interval.MONTH:
            if (start.year, start.month) == (9999, 12):
                return date.max
            return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        case Interval.YEAR:
            return start.replace(month=12, day=31)
        case _:
            return start


async def correlate_actors(
    database: Database, query: CorrelationsQuery
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Every pair of actors, and the frame of the measure.

    Raises:
        InvalidParameterError: fewer than two actors, too many, or a window of too many cells.
    """
    actors = query.between or list(VRIC)
    if not 2 <= len(actors) <= 12:
        raise InvalidParameterError.of("between", "name two to twelve actors")
    rows = await counts.fetch_dated_actors(database, query, MAX_EVENTS + 1)
    events = [
        DatedEvent(row["id"], row["day"], tuple(row["actors"]), tuple(row["countries"]))
        for row in rows[:MAX_EVENTS]
    ]
    try:
        async with _turn():
            result = await asyncio.to_thread(correlate, events, query.period.value, actors)
    except TooManyCellsError as error:
        raise InvalidParameterError.of(
            "datetime", f"{error}; narrow it or use period=month"
        ) from None
    meta = _frame(result, query)
    if len(rows) > MAX_EVENTS:
        meta["clipped"] = {
            "events": MAX_EVENTS,
            "reason": "the newest are measured; narrow datetime",
        }
    return [_pair(pair) for pair in result.pairs], meta


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """One measure at a time, so that they leave the machine to the other answers."""
    try:
        async with asyncio.timeout(MAX_WAIT_S):
            await _one_at_a_time.acquire()
    except TimeoutError:
        raise UnavailableError("other correlations are being measured; try again soon") from None
    try:
        yield
    finally:
        _one_at_a_time.release()


def _frame(result: Result, query: CorrelationsQuery) -> dict[str, Any]:
    return {
        "method": METHOD,
        "method_version": METHOD_VERSION,
        "parameters": {
            "period": query.period,
            "permutations": PERMUTATIONS,
            "seed": SEED,
            "date_basis": query.date_basis,
        },
        "events": result.events,
        "countries": result.countries,
        "periods": result.periods,
        "cells": result.countries * result.periods,
        "first_period": result.first,
        "last_period": result.last,
        "caveats": [
            "Measured on what the monitor collected, not on all that happened.",
            "Activity in the same country and period is no evidence of a common plan.",
            "A shuffle keeps the actors of one event together: p tells whether the timing exceeds "
            "chance, not whether the actors act jointly.",
        ],
    }


def _pair(pair: PairResult) -> dict[str, Any]:
    answer: Mapping[str, Any] = asdict(pair)
    ids = sorted({i for cell in pair.cells for i in (*cell.a, *cell.b)})[:50]
    links = []
    if ids:
        href = "/v1/events?id=" + ",".join(map(str, ids))
        links.append({"rel": "events", "href": href, "type": "application/json"})
    return {**answer, "links": links}
