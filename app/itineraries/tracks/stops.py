"""Stops: where a craft stayed within a small radius for a while, seen all the time.

A stop is a maximal run of at least three fixes, all within `stop_km` of their median position, that
lasts `stop_minutes` or more and has no longer silence than `max_silence_minutes` inside. Runs overlap
where a craft drifts or arrives: the one that lasts longest is taken (of equals, the first), then the
longest among the fixes that are left.

Noise of the receiver breaks no run: a lone fix too far from its neighbours to share a run with either,
which a craft could have reached and left only at `spike_kn` or more, belongs to none.

The property is not inherited by parts (the first fixes of a run may lie farther from a median of
their own), so a run cannot be grown fix by fix. For each start the farthest end is tried first, and
what fails is shortened by counting which shorter runs could have a median that suits.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.geometry import (
    EARTH_RADIUS_KM,
    KM_PER_NM,
    arc_km,
    chord_of,
    chords,
    unit_vectors,
)
from app.itineraries.tracks.positions import Floats, Positions

METHOD = "stop"
METHOD_VERSION = "2"
MIN_FIXES = 3
_SLACK_S = 0.001
_SLACK_KM = 1e-9


@dataclass(frozen=True, slots=True)
class StopOptions:
    """How near, how long, how long a silence may be inside, and how fast a lone fix away is noise."""

    stop_km: float = 0.25
    stop_minutes: float = 60
    max_silence_minutes: float = 60
    spike_kn: float = 10


@dataclass(frozen=True, slots=True)
class Stop:
    """A stay: `lat`, `lon` is the median of its fixes, `radius_km` the farthest fix from it."""

    craft_id: str
    start_at: float
    end_at: float
    lat: float
    lon: float
    radius_km: float
    fixes: int


def detect_stops(positions: Positions, options: StopOptions = StopOptions()) -> Sequence[Stop]:
    """Stops of positions in order, by craft and start."""
    if len(positions) < MIN_FIXES:
        return []
    positions = positions.take(~_spikes(positions, options))
    points = unit_vectors(positions.lat, positions.lon)
    seconds = positions.time_s
    starts, ends = _possible_starts(positions, points, options)
    # Best first: by how long a run can last at most, until it is known how long it lasts.
    queue: list[_Queued] = [
        (float(seconds[start] - seconds[end - 1]), start, end, None)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    heapify(queue)
    stops, taken = [], _Taken()
    while queue:
        _, start, end, stop = heappop(queue)
        free_end = taken.free_end(start, end)
        if free_end < end:
            if seconds[free_end - 1] - seconds[start] >= options.stop_minutes * 60:
                lasting = float(seconds[start] - seconds[free_end - 1])
                heappush(queue, (lasting, start, free_end, None))
        elif stop is not None:
            stops.append((start, stop))
            taken.add(start, end)
        elif (found := _longest_from(positions, points, start, end, options)) is not None:
            heappush(queue, (found.start_at - found.end_at, start, start + found.fixes, found))
    return [stop for _, stop in sorted(stops, key=itemgetter(0))]


def _spikes(positions: Positions, options: StopOptions) -> NDArray[np.bool_]:
    """Fixes that share a run with neither neighbour, while those lie within the radius of each other."""
    spikes = np.zeros(len(positions), dtype=np.bool_)
    points = unit_vectors(positions.lat, positions.lon)
    steps = chords(points[1:], points[:-1])
    hours = np.diff(positions.time_s) / 3600
    fast = (steps > chord_of(2 * options.stop_km)) & (
        arc_km(steps) >= options.spike_kn * KM_PER_NM * hours
    )
    returned = chords(points[2:], points[:-2]) <= chord_of(options.stop_km)
    same = positions.craft[2:] == positions.craft[:-2]
    spikes[1:-1] = fast[1:] & fast[:-1] & returned & same
    return spikes


_Queued = tuple[float, int, int, Stop | None]


class _Taken:
    """Ranges of rows that stops hold, none overlapping."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> None:
        place = bisect_right(self._starts, start)
        self._starts.insert(place, start)
        self._ends.insert(place, end)

    def free_end(self, start: int, end: int) -> int:
        """How far the rows from `start` on are free, up to `end`; `start` itself if they are not."""
        place = bisect_right(self._starts, start)
        if place and start < self._ends[place - 1]:
            return start
        return min(end, self._starts[place]) if place < len(self._starts) else end


def _possible_starts(
    positions: Positions, points: Floats, options: StopOptions
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Fixes from which the craft is still near when the shortest stay is over, and how far to look.

    Two fixes of a run lie within twice the radius of one another. Blocks end (exclusively) where a
    step is longer than that, where a silence is too long, and where another craft begins.
    """
    reach = chord_of(2 * options.stop_km) * (1 + 1e-9)
    steps = chords(points[1:], points[:-1])
    step_s = np.diff(positions.time_s)
    broken = (
        (np.diff(positions.craft) != 0)
        | (step_s > options.max_silence_minutes * 60)
        | (steps > reach)
    )
    stay_s = options.stop_minutes * 60
    # One clock for all blocks, each more than a stay after the one before.
    clock = np.concatenate(([0.0], np.cumsum(np.where(broken, 2 * stay_s + 1, step_s))))
    later = np.searchsorted(clock, clock + stay_s - _SLACK_S)
    block_ends = np.append(np.flatnonzero(broken) + 1, len(positions))
    block_end = block_ends[np.searchsorted(block_ends, np.arange(len(positions)), side="right")]
    inside = np.flatnonzero(later < block_end)
    apart = chords(points[later[inside]], points[inside])
    found = inside[apart <= reach]
    return found, _ends_at_most(points, found, block_end[found], reach)


def _ends_at_most(
    points: Floats, starts: NDArray[np.intp], ends: NDArray[np.intp], reach: float
) -> NDArray[np.intp]:
    """An end (exclusive) for each start that no run from it can pass: a fix too far, or the given.

    Looks 1, 2, 4, … fixes ahead for one that is too far, then halves what lies before it.
    """
    near, ends = starts.copy(), ends.copy()
    ahead = 1
    while ahead < np.max(ends - starts, initial=0):
        _tighten(points, starts, near, ends, starts + ahead, reach)
        ahead *= 2
    while np.any(ends - near > 1):
        _tighten(points, starts, near, ends, (near + ends) // 2, reach)
    return ends


def _tighten(
    points: Floats, starts: NDArray[np.intp], near: NDArray[np.intp], ends: NDArray[np.intp],
    probes: NDArray[np.intp], reach: float,
) -> None:  # fmt: skip
    """Move `near` up to probes within reach, `ends` down to probes beyond it."""
    rows = np.flatnonzero((probes > near) & (probes < ends))
    probed = probes[rows]
    far = chords(points[probed], points[starts[rows]]) > reach
    ends[rows[far]] = probed[far]
    near[rows[~far]] = probed[~far]


def _longest_from(
    positions: Positions, points: Floats, start: int, block_end: int, options: StopOptions
) -> Stop | None:
    """The longest stop that begins with a fix, if any does."""
    x, y = _plane(points, start, _near_until(points, start, block_end, options.stop_km))
    seconds = positions.time_s[start : start + len(x)] - positions.time_s[start]
    shortest = max(int(np.searchsorted(seconds, options.stop_minutes * 60)) + 1, MIN_FIXES)
    count = len(x)
    while count >= shortest:
        middle_x, middle_y = _median(x[:count]), _median(y[:count])
        distance = np.hypot(x[:count] - middle_x, y[:count] - middle_y)
        farthest = int(np.argmax(distance))
        radius = float(distance[farthest])
        if radius <= options.stop_km + _SLACK_KM:
            lat, lon = _from_plane(points[start], middle_x, middle_y)
            return Stop(
                positions.craft_ids[positions.craft[start]],
                float(positions.time_s[start]), float(positions.time_s[start + count - 1]),
                lat, lon, radius, count,
            )  # fmt: skip
        count = _next_count(x, y, (middle_x, middle_y), farthest, radius - options.stop_km, count)
    return None


def _near_until(points: Floats, start: int, block_end: int, stop_km: float) -> int:
    """The end (exclusive) of the fixes from `start` on that lie within twice the radius of it."""
    reach, size, begin = chord_of(2 * stop_km) * (1 + 1e-9), 64, start
    while begin < block_end:
        part = points[begin : min(begin + size, block_end)]
        far = chords(part, points[start]) > reach
        if far.any():
            return begin + int(np.argmax(far))
        begin, size = begin + len(part), size * 2
    return block_end


def _next_count(
    x: Floats, y: Floats, middle: tuple[float, float], farthest: int, excess: float, count: int
) -> int:
    """The most fixes, fewer than `count`, with which a run might do.

    Either the run ends before the farthest fix, or its median moves towards that fix by the excess:
    then at least one coordinate moves by its share, and half of the fixes lie beyond that mark.
    """
    away_x, away_y = float(x[farthest]) - middle[0], float(y[farthest]) - middle[1]
    length = float(np.hypot(away_x, away_y))
    sizes = np.arange(1, count)
    possible = np.zeros(count - 1, dtype=np.bool_)
    for values, at, away in ((x, middle[0], away_x), (y, middle[1], away_y)):
        direction = away / length
        if abs(direction) < 1e-12:
            continue
        mark = at + excess / (2 * direction)
        beyond = values[: count - 1] >= mark if direction > 0 else values[: count - 1] <= mark
        possible |= 2 * np.cumsum(beyond) >= sizes
    possible[:farthest] = True
    rest = np.flatnonzero(possible)
    return int(rest[-1]) + 1 if len(rest) else 0


def _plane(points: Floats, start: int, end: int) -> tuple[Floats, Floats]:
    """Kilometres east and north of the first point, on the plane that touches the sphere there."""
    east, north = _axes(points[start])
    offsets = (points[start:end] - points[start]) * EARTH_RADIUS_KM
    return offsets @ east, offsets @ north


def _from_plane(origin: Floats, x: float, y: float) -> tuple[float, float]:
    east, north = _axes(origin)
    point = origin + (x * east + y * north) / EARTH_RADIUS_KM
    point = point / np.linalg.norm(point)
    lon = float(np.degrees(np.arctan2(point[1], point[0])))
    return float(np.degrees(np.arcsin(point[2]))), -180.0 if lon == 180 else lon


def _axes(origin: Floats) -> tuple[Floats, Floats]:
    """East and north at a point; at a pole, any two directions at right angles."""
    x, y, z = origin.tolist()
    across = math.hypot(x, y)
    east_x, east_y = (-y / across, x / across) if across > 1e-12 else (0.0, 1.0)
    north = [-z * east_y, z * east_x, x * east_y - y * east_x]
    return np.array([east_x, east_y, 0.0]), np.array(north)


def _median(values: Floats) -> float:
    """The middle, or the mean of the two; on a few dozen values much faster than numpy's."""
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
