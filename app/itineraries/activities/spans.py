"""Where a track is cut for analysis, so that new fixes touch no more than the spans they fall in.

A craft that was not observed for a day begins anew: no stop, segment, meeting or flight reaches over
it. Only a call at a port may, so a track is not cut where the fix before or after lies at one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.geometry import unit_vectors
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Floats, Positions
from app.itineraries.tracks.visits import VisitOptions

SILENCE_S = 86_400.0
_AT_PORT_KM = VisitOptions().exit_km


@dataclass(frozen=True, slots=True)
class Scope:
    """What one craft's new fixes touch: whole spans from `start_s` to `until_s`, and the silences
    before and after them, which begin at `before_s` and end at `after_s` (None at the track's ends).
    """

    craft_id: int
    start_s: float
    until_s: float
    before_s: float | None = None
    after_s: float | None = None


def at_port(lat: Floats, lon: Floats, places: Places) -> NDArray[np.bool_]:
    """Whether points lie so near a place that a call may go on there."""
    distance, _ = places.nearest(unit_vectors(lat, lon), _AT_PORT_KM)
    return np.isfinite(distance)


def spans_of(positions: Positions, places: Places) -> list[slice]:
    """The spans of craft in order."""
    if len(positions) == 0:
        return []
    new_craft = np.diff(positions.craft) != 0
    long = np.flatnonzero((np.diff(positions.time_s) >= SILENCE_S) & ~new_craft)
    ends = np.concatenate((long, long + 1))
    harboured = at_port(positions.lat[ends], positions.lon[ends], places)
    open_sea = long[~(harboured[: len(long)] | harboured[len(long) :])]
    bounds = np.union1d(np.flatnonzero(new_craft), open_sea) + 1
    starts = np.concatenate(([0], bounds)).tolist()
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(positions)], strict=True)]
