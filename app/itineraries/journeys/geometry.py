"""The lines that legs make on a map: as positions show them, else great circles over what is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, normalised_lon, unit_vectors
from app.itineraries.tracks.positions import Floats, Positions
from app.itineraries.tracks.simplify import simplify_track

STEP_KM = 200.0
SIMPLIFY_M = 100.0
LatLon = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a leg's line, of two points or more; times are epoch seconds, NaN where unknown.

    `dark` is the silence that it spans, of the leg's `dark`; None where the way is seen or told.
    """

    time_s: Floats
    lat: Floats
    lon: Floats
    dark: Mapping[str, Any] | None = None


def stretches_of(
    leg: Mapping[str, Any],
    stops: Sequence[LatLon | None],
    track: Positions | None = None,
    simplify_m: float = SIMPLIFY_M,
) -> list[Stretch]:
    """The line of a leg from its beginning on; empty where fewer than two points are known.

    Args:
        stops: its places from first to last, None where an end has no point.
        track: the fixes that show it, by time.
        simplify_m: how far the line may lie from them; 0 takes every fix, for those who ask when.
    """
    dark = leg["dark"]
    placed = [one for one in dark if one["from_lat"] is not None]
    if track is not None and len(track) > 1:
        found = _observed(track, placed, stops[-1], _middle(leg["to"]["when"]))
        found = [_simplified(one, simplify_m) for one in found]
    elif placed and len(placed) == len(dark):
        found = _between_silences(leg, placed, stops[0], stops[-1])
    else:
        points = [stop for stop in stops if stop is not None]
        lat, lon = great_circle([p[0] for p in points], [p[1] for p in points])
        found = [Stretch(times_along(leg, len(lat)), lat, lon, dark[0] if dark else None)]
    return [stretch for stretch in found if len(stretch.lat) > 1]


def _observed(
    track: Positions, dark: Sequence[Mapping[str, Any]], end: LatLon | None, end_s: float | None
) -> list[Stretch]:
    """The fixes, parted where the craft was silent; a silence that goes on leads to where
    the leg is told to end."""
    found: list[Stretch] = []
    start = 0
    for one in dark:
        row = int(np.searchsorted(track.time_s, _middle(one) or np.inf))
        if start < row < len(track):
            found.append(_seen(track.take(slice(start, row))))
            found.append(_straight(_fix(track, row - 1), _fix(track, row), one))
            start = row
    found.append(_seen(track.take(slice(start, None))))
    if dark and dark[-1]["latest"] is None and end is not None:
        found.append(_straight(_fix(track, len(track) - 1), (*end, end_s), dark[-1]))
    return found


def _between_silences(
    leg: Mapping[str, Any],
    dark: Sequence[Mapping[str, Any]],
    start: LatLon | None,
    end: LatLon | None,
) -> list[Stretch]:
    """Great circles over where the craft was lost and seen again."""
    points: list[tuple[_Point, Mapping[str, Any] | None]] = []
    if start is not None:
        points.append(((*start, _middle(leg["from"]["when"])), None))
    for one in dark:
        points.append(((one["from_lat"], one["from_lon"], _second(one["earliest"])), one))
        if one["to_lat"] is not None:
            points.append(((one["to_lat"], one["to_lon"], _second(one["latest"])), None))
    if end is not None:
        points.append(((*end, _middle(leg["to"]["when"])), None))
    return [_straight(here, there, silence) for (here, silence), (there, _) in pairwise(points)]


_Point = tuple[float, float, float | None]


def _straight(here: _Point, there: _Point, dark: Mapping[str, Any] | None) -> Stretch:
    """The great circle between two points at two times."""
    lat, lon = great_circle([here[0], there[0]], [here[1], there[1]])
    return Stretch(_spread(here[2], there[2], len(lat)), lat, lon, dark)


def _fix(track: Positions, row: int) -> _Point:
    return float(track.lat[row]), float(track.lon[row]), float(track.time_s[row])


def _seen(track: Positions) -> Stretch:
    return Stretch(track.time_s, track.lat, track.lon)


def _simplified(line: Stretch, simplify_m: float) -> Stretch:
    if line.dark is not None or not simplify_m:
        return line
    rows = simplify_track(line.lat, line.lon, simplify_m)
    return Stretch(line.time_s[rows], line.lat[rows], line.lon[rows])


def great_circle(lats: Sequence[float], lons: Sequence[float]) -> tuple[Floats, Floats]:
    """The shortest way over all points, with a point at least every 200 km; lon in [-180, 180)."""
    corners = unit_vectors(np.asarray(lats, dtype=np.float64), np.asarray(lons, dtype=np.float64))
    parts = [corners[:1]]
    for start, end in pairwise(corners):
        angle = float(np.arccos(np.clip(start @ end, -1, 1)))
        steps = max(1, int(np.ceil(angle * EARTH_RADIUS_KM / STEP_KM)))
        share = np.arange(1, steps + 1)[:, None] / steps
        if np.pi - angle < 1e-9 or angle < 1e-12:
            parts.append(end[None, :])  # no one shortest way, or none at all
            continue
        way = (np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)
        parts.append(way)
    way = np.vstack(parts)
    lat = np.degrees(np.arctan2(way[:, 2], np.hypot(way[:, 0], way[:, 1])))
    return lat, normalised_lon(np.degrees(np.arctan2(way[:, 1], way[:, 0])))


def times_along(leg: Mapping[str, Any], count: int) -> Floats:
    """Epoch seconds at `count` even steps: between the ends' spans' middles, NaN where unknown."""
    return _spread(_middle(leg["from"]["when"]), _middle(leg["to"]["when"]), count)


def _spread(start: float | None, end: float | None, count: int) -> Floats:
    times = np.full(count, np.nan)
    if count and start is not None and end is not None and end > start:
        return np.asarray(np.linspace(start, end, count))
    if count:
        times[0] = np.nan if start is None else start
        times[-1] = np.nan if end is None else end
    return times


def _middle(when: Mapping[str, Any] | None) -> float | None:
    """The middle of a span of time; None for one without an end."""
    if when is None or when["latest"] is None:
        return None
    return (_second(when["earliest"]) + _second(when["latest"])) / 2


def _second(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
