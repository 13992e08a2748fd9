"""Port visits: entry, stop or silence, and exit at a port or anchorage (Global Fishing Watch's rule).

A craft is in port from the first fix within `entry_km` of a place until the last fix before one
beyond `exit_km` of all places. Inside it stops when its speed falls to `stop_begin_kn`, until
`stop_end_kn` is reached; two fixes there more than `gap_hours` apart are a port gap. Where no speed
was sent, the way to the fix before gives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.geometry import KM_PER_NM, arc_km, chords, unit_vectors
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Floats, Positions

METHOD = "visit"
METHOD_VERSION = "1"
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class VisitOptions:
    """The numbers of the rule."""

    entry_km: float = 3
    exit_km: float = 4
    stop_begin_kn: float = 0.2
    stop_end_kn: float = 0.5
    gap_hours: float = 4


@dataclass(frozen=True, slots=True)
class Visit:
    """A call at a place, from the first to the last fix in port.

    `confidence`: 4 = entry and exit and (stop or gap), 3 = one of them and (stop or gap), 2 = stop or
    gap only, 1 = passing. `entered` and `left` tell whether a fix outside stands before and after.
    `place` is the row, among the places given, that most of the fixes are nearest to.
    """

    craft_id: str
    place: int
    start_at: float
    end_at: float
    confidence: int
    stopped: bool
    gap: bool
    entered: bool
    left: bool


def detect_visits(
    positions: Positions, places: Places, options: VisitOptions = VisitOptions()
) -> Sequence[Visit]:
    """Visits in positions in order, by craft and start."""
    if not len(positions) or not len(places):
        return []
    points = unit_vectors(positions.lat, positions.lon)
    distance, place = places.nearest(points, options.exit_km)
    near = distance <= options.entry_km
    first = np.append(True, np.diff(positions.craft) != 0)
    inside = _latched(near, ~np.isfinite(distance) | (distance > options.exit_km) | (first & ~near))
    began = inside & (first | ~np.append(False, inside[:-1]))
    ended = inside & np.append(first[1:] | ~inside[1:], True)
    starts, ends = np.flatnonzero(began), np.flatnonzero(ended) + 1
    stopped = _stopped(positions, points, starts, ends, options)
    # A silence that begins in port is a port gap wherever the craft is seen next.
    silent = np.append(np.diff(positions.time_s) > options.gap_hours * 3600, False)
    silent &= np.append(~first[1:], False)
    visits = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        stop, gap = bool(stopped[start:end].any()), bool(silent[start:end].any())
        entered = not first[start]
        left = end < len(positions) and not first[end]
        confidence = 2 + entered + left if stop or gap else 1
        visits.append(
            Visit(
                positions.craft_ids[positions.craft[start]],
                int(np.bincount(place[start:end]).argmax()),
                float(positions.time_s[start]),
                float(positions.time_s[end - 1]),
                confidence,
                stop,
                gap,
                bool(entered),
                bool(left),
            )
        )
    return visits


def _latched(on: Mask, off: Mask) -> Mask:
    """True from each `on` until the next `off`, row after row; the first row must be either."""
    marked = np.where(on | off, np.arange(len(on)), 0)
    return on[np.maximum.accumulate(marked)]


def _stopped(
    positions: Positions,
    points: Floats,
    starts: NDArray[np.intp],
    ends: NDArray[np.intp],
    options: VisitOptions,
) -> Mask:
    """Which fixes in port belong to a stop."""
    speed = positions.speed_kn
    unsent = np.isnan(speed)
    if unsent.any():
        hours = np.diff(positions.time_s) / 3600
        with np.errstate(divide="ignore", invalid="ignore"):
            implied = arc_km(chords(points[1:], points[:-1])) / KM_PER_NM / hours
        speed = np.where(unsent, np.append(np.inf, implied), speed)
    begin = speed <= options.stop_begin_kn
    until = speed >= options.stop_end_kn
    # Neither way of a first fix in port nor anything before it says that the craft lies still there.
    until[starts] |= ~begin[starts]
    begin[starts] &= ~unsent[starts]
    until[starts] |= unsent[starts]
    until[0] |= ~begin[0]
    return _latched(begin, until)
