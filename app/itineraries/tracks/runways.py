"""Approaches, take-offs and go-arounds: when a track is lined up with a runway.

The rule of approach is that of the traffic library (X. Olive, 2019): the distance to the threshold
times the error of the bearing to it stays below 0.1 nm for a minute, which is a corridor some
185 m to each side whatever the distance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.airports import Airport, RunwayEnd
from app.itineraries.tracks.bearings import (
    along_across_km,
    bearing_deg,
    course_along_deg,
    turn_deg,
)
from app.itineraries.tracks.geometry import KM_PER_NM, haversine_km
from app.itineraries.tracks.positions import Floats, Positions

METHOD = "alignment"
METHOD_VERSION = "1"

KM_PER_FT = 0.0003048


@dataclass(frozen=True, slots=True)
class AlignmentOptions:
    """Nautical miles times radians, seconds, and feet above the field.

    Fixes that are off the line for `max_break_seconds` end an approach, as does a silence of
    `max_silence_seconds`: sparse traces send a fix only when something changes.
    """

    max_product: float = 0.1
    min_seconds: float = 60.0
    max_height_ft: float = 5_000.0
    max_distance_nm: float = 30.0
    max_break_seconds: float = 20.0
    max_silence_seconds: float = 120.0
    min_climb_ft: float = 300.0


@dataclass(frozen=True, slots=True)
class Alignment:
    """A stretch of a track lined up with a runway on the way in. Times are epoch seconds UTC.

    `lowest_ft` is the lowest altitude sent in it, `offset_km` its mean distance from the line.
    """

    airport: str
    runway: str
    start_at: float
    end_at: float
    lowest_ft: float
    offset_km: float


def detect_alignments(
    positions: Positions, airport: Airport, options: AlignmentOptions = AlignmentOptions()
) -> list[Alignment]:
    """Approaches of one craft to one airport, by time; of two parallel runways the nearer line."""
    if not airport.runways or not len(positions):
        return []
    km = haversine_km(
        positions.lat,
        positions.lon,
        np.full(len(positions), airport.lat),
        np.full(len(positions), airport.lon),
    )
    ceiling = airport.elevation_ft + 2 * options.max_height_ft
    near = km <= options.max_distance_nm * KM_PER_NM
    rows = np.flatnonzero(near & ~(positions.altitude_ft > ceiling) & (positions.on_ground != 1))
    if len(rows) < 2:
        return []
    close = positions.take(rows)
    course = np.where(
        np.isnan(close.course_deg), course_along_deg(close.lat, close.lon), close.course_deg
    )
    found = [
        alignment
        for end in airport.runways
        for alignment in _with_runway(close, rows, course, airport, end, options)
    ]
    return _apart(found)


def count_go_arounds(
    positions: Positions,
    alignments: Sequence[Alignment],
    options: AlignmentOptions = AlignmentOptions(),
) -> int:
    """Approaches to one airport that a climb follows, and another approach there.

    `alignments` are those of one airport, by time.
    """
    count = 0
    for first, second in pairwise(alignments):
        start, end = np.searchsorted(positions.time_s, [first.end_at, second.start_at])
        between = positions.altitude_ft[start : end + 1]
        between = between[~np.isnan(between)]
        if len(between) and between.max() - first.lowest_ft >= options.min_climb_ft:
            count += 1
    return count


def runway_along(positions: Positions, airport: Airport, beyond_km: float) -> str:
    """The runway that fixes roll or climb along, in the direction they move; "" where none fits.

    `beyond_km` is how far past the far end they still count.
    """
    course = np.where(
        np.isnan(positions.course_deg),
        course_along_deg(positions.lat, positions.lon),
        positions.course_deg,
    )
    best: tuple[int, float, str] | None = None
    for end in airport.runways:
        along, across = along_across_km(
            positions.lat, positions.lon, end.lat, end.lon, end.bearing_deg
        )
        length = end.length_ft * KM_PER_FT
        on_line = (
            (np.abs(turn_deg(np.full(len(along), end.bearing_deg), course)) <= 15)
            & (along >= -0.3)
            & (along <= length + beyond_km)
            & (np.abs(across) <= 0.15 + 0.05 * np.maximum(along - length, 0))
        )
        if not on_line.any():
            continue
        rank = (-int(on_line.sum()), float(np.abs(across[on_line]).mean()), end.name)
        best = min(best, rank) if best else rank
    return best[2] if best else ""


def _with_runway(
    close: Positions,
    rows: NDArray[np.intp],
    course: Floats,
    airport: Airport,
    end: RunwayEnd,
    options: AlignmentOptions,
) -> Iterator[Alignment]:
    lat, lon = np.full(len(close), end.lat), np.full(len(close), end.lon)
    bearing = bearing_deg(close.lat, close.lon, lat, lon)
    off = np.abs(turn_deg(np.full(len(close), end.bearing_deg), bearing))
    product = haversine_km(close.lat, close.lon, lat, lon) / KM_PER_NM * np.radians(off)
    inbound = ~(np.abs(turn_deg(course, bearing)) >= 90)
    on_line = np.flatnonzero((product < options.max_product) & inbound)
    if len(on_line) < 2:
        return
    silence = np.diff(close.time_s[on_line])
    interrupted = np.diff(rows[on_line]) > 1
    breaks = (silence > options.max_silence_seconds) | (
        interrupted & (silence > options.max_break_seconds)
    )
    for part in np.split(on_line, np.flatnonzero(breaks) + 1):
        start_at, end_at = close.time_s[part[0]], close.time_s[part[-1]]
        altitudes = close.altitude_ft[part]
        altitudes = altitudes[~np.isnan(altitudes)]
        if (
            end_at - start_at >= options.min_seconds
            and len(altitudes)
            and altitudes.min() < airport.elevation_ft + options.max_height_ft
        ):
            yield Alignment(
                airport.code,
                end.name,
                float(start_at),
                float(end_at),
                float(altitudes.min()),
                float(product[part].mean() * KM_PER_NM),
            )


def _apart(found: list[Alignment]) -> list[Alignment]:
    """Of approaches that fall on one another, the one nearer to its line."""
    kept: list[Alignment] = []
    for one in sorted(found, key=lambda item: (item.offset_km, item.runway)):
        if not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda item: (item.start_at, item.runway))


def _overlap(one: Alignment, other: Alignment) -> bool:
    shared = min(one.end_at, other.end_at) - max(one.start_at, other.start_at)
    shorter = min(one.end_at - one.start_at, other.end_at - other.start_at)
    return shared > shorter / 2
