"""Loitering: hours adrift or slow far from shore (Global Fishing Watch's rule).

Tracks are put on an hourly grid; hours in which the craft makes less than 2 kn are joined, and the
whole is kept when it lies 20 nm or more from shore on average. An hour that nothing was heard of for
two hours or more counts for nothing: loitering is never made out of silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.itineraries.tracks.contacts import to_grid
from app.itineraries.tracks.geometry import KM_PER_NM, arc_km, chords
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.shore import Shore

METHOD = "loitering"
METHOD_VERSION = "1"
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class LoiteringOptions:
    """The numbers of the rule."""

    max_speed_kn: float = 2
    min_shore_nm: float = 20
    min_hours: float = 1
    max_silence_hours: float = 2


@dataclass(frozen=True, slots=True)
class Loitering:
    """Slow hours joined: `lat`, `lon` is the mean place, `mean_speed_kn` the way over the time."""

    craft_id: str
    start_at: float
    end_at: float
    lat: float
    lon: float
    mean_speed_kn: float
    mean_shore_nm: float
    distance_km: float


def detect_loitering(
    positions: Positions, shore: Shore, options: LoiteringOptions = LoiteringOptions()
) -> Sequence[Loitering]:
    """Loitering of positions in order, by craft and start."""
    hours = to_grid(positions, _HOUR_S, options.max_silence_hours * _HOUR_S)
    way_km = arc_km(chords(hours.points[1:], hours.points[:-1]))
    successive = (np.diff(hours.craft) == 0) & (np.diff(hours.step) == 1)
    slow = successive & (way_km / KM_PER_NM < options.max_speed_kn)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], slow, [False])).astype(np.int8)))
    found = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - begin < options.min_hours:
            continue
        points = hours.points[begin : end + 1]
        lat = np.degrees(np.arcsin(np.clip(points[:, 2], -1, 1)))
        lon = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
        shore_nm = float(np.mean(shore.distance_km(lat, lon))) / KM_PER_NM
        if shore_nm < options.min_shore_nm:
            continue
        middle = points.mean(axis=0)
        distance_km = float(way_km[begin:end].sum())
        found.append(
            Loitering(
                positions.craft_ids[hours.craft[begin]],
                float(hours.step[begin]) * _HOUR_S,
                float(hours.step[end]) * _HOUR_S,
                float(np.degrees(np.arctan2(middle[2], np.hypot(middle[0], middle[1])))),
                float(np.degrees(np.arctan2(middle[1], middle[0]))),
                distance_km / KM_PER_NM / (end - begin),
                shore_nm,
                distance_km,
            )
        )
    return found
