"""Tracks of craft: a window of fixes, thinned on request, in any of seven formats."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.db import Database
from app.core.errors import InvalidParameterError
from app.core.pagination import clipped, decode_cursor, encode_cursor
from app.itineraries.crafts.queries import TrackQuery
from app.itineraries.parameters import InstantRange
from app.itineraries.positions.repository import fetch_track
from app.itineraries.positions.rows import microseconds
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.simplify import simplify_track
from app.plans import Plan

# What is read for one thinned page: a month of fixes 25 seconds apart.
MAX_THINNED = 100_000
_SORT = "at"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TrackPage:
    """Fixes in order of time, where the next page begins, and notes on the answer."""

    positions: Positions
    next_cursor: str | None
    meta: dict[str, Any]


async def get_track(database: Database, craft_id: int, query: TrackQuery, plan: Plan) -> TrackPage:
    """A page of a craft's track within the plan's cap."""
    window = InstantRange.parse(query.datetime)
    limit, meta = clipped(query.limit, plan.page_cap, plan.key)
    start = window.start if query.cursor is None else max(window.start, _after(query.cursor))
    read = limit if query.simplify_m is None else MAX_THINNED
    found = await fetch_track(database, craft_id, start, window.end, read + 1)
    page, more = found.take(slice(0, read)), len(found) > read
    if query.simplify_m is not None:
        meta["simplified"] = {"simplify_m": query.simplify_m, "read": len(page)}
        rows = await asyncio.to_thread(simplify_track, page.lat, page.lon, query.simplify_m)
        kept = page.take(rows)
        page, more = kept.take(slice(0, limit)), more or len(kept) > limit
    cursor = encode_cursor(_SORT, (int(microseconds(page.time_s[-1:])[0]),)) if more else None
    return TrackPage(page, cursor, meta)


def fixes_of(positions: Positions) -> list[dict[str, Any]]:
    """The fixes of one craft, with NaN for null as orjson writes it."""
    columns = zip(
        written(positions.time_s), positions.lat.tolist(), positions.lon.tolist(),
        _rounded(positions.speed_kn), _rounded(positions.course_deg),
        _rounded(positions.altitude_ft), _named(positions.on_ground, (False, True)),
        _named(positions.callsign, positions.callsigns), strict=False,
    )  # fmt: skip
    return [
        {
            "at": at, "lat": lat, "lon": lon, "speed_kn": speed, "course_deg": course,
            "altitude_ft": altitude, "on_ground": on_ground, "callsign": callsign,
        }
        for at, lat, lon, speed, course, altitude, on_ground, callsign in columns
    ]  # fmt: skip


def written(time_s: NDArray[np.float64]) -> list[str]:
    """Instants as RFC 3339 in UTC, with milliseconds where any has them."""
    milli = (microseconds(time_s) + 500) // 1000
    days, rest = np.divmod(milli, 86_400_000)
    seconds, fraction = np.divmod(rest, 1000)
    each_day, day = np.unique(days, return_inverse=True)
    dates = [f"{name}T" for name in each_day.astype("datetime64[D]").astype(str).tolist()]
    clock = _clock()
    if fraction.any():
        parts = zip(day.tolist(), seconds.tolist(), fraction.tolist(), strict=True)
        return [f"{dates[d]}{clock[s]}.{f:03}Z" for d, s, f in parts]
    whole = zip(day.tolist(), seconds.tolist(), strict=True)
    return [f"{dates[d]}{clock[s]}Z" for d, s in whole]


@cache
def _clock() -> list[str]:
    """Every second of a day as it is written: looking it up is four times faster than writing it."""
    return [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(86_400)]


def _rounded(values: NDArray[np.float64]) -> list[float]:
    """Two decimals, which is more than any sensor sends."""
    rounded: list[float] = np.round(values, 2).tolist()
    return rounded


def _named(codes: NDArray[np.integer[Any]], names: Sequence[Any]) -> Iterable[Any]:
    """What codes stand for, None for -1."""
    if not (codes >= 0).any():
        return repeat(None)
    known = (*names, None)
    return [known[code] for code in codes.tolist()]


def _after(cursor: str) -> datetime:
    microsecond = int(decode_cursor(cursor, _SORT, (int,))[0])
    try:
        return _EPOCH + timedelta(microseconds=microsecond + 1)
    except OverflowError:
        raise InvalidParameterError.of("cursor", "not a cursor of this track") from None
