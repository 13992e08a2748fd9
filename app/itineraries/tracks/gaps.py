"""Gaps: where a craft was not re-observed for hours, and what was heard of others there meanwhile.

The rule is Global Fishing Watch's: two successive fixes six hours apart or more. A craft whose last
fix lies that long before the end of the data has an open gap, which says no more than that the data
ends. Whether a silence says anything about the craft depends on reception: so every gap tells how
much was heard of others, while it lasted, in the cell where it began.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.itineraries.tracks.geometry import KM_PER_NM, haversine_km
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.reception import Reception, receptions_of

METHOD = "gap"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class GapOptions:
    """How long a silence counts, and the cell (degrees) in which neighbours are looked for, if any."""

    min_hours: float = 6
    cell_deg: float | None = 1


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence. An open one (`end_at` and all after it None) lasts to the end of the data."""

    craft_id: str
    start_at: float
    end_at: float | None
    from_lat: float
    from_lon: float
    to_lat: float | None
    to_lon: float | None
    distance_km: float | None
    implied_speed_kn: float | None
    reception: Reception | None


def detect_gaps(
    positions: Positions, options: GapOptions = GapOptions(), until_s: float | None = None
) -> Sequence[Gap]:
    """Gaps of positions in order, by craft and start.

    Args:
        until_s: the end of the data; by default the last fix of any craft.
    """
    if len(positions) == 0:
        return []
    end_of_data = float(np.max(positions.time_s)) if until_s is None else until_s
    same_craft = np.append(np.diff(positions.craft) == 0, False)
    until = np.append(positions.time_s[1:], end_of_data)
    until[~same_craft] = end_of_data
    before = np.flatnonzero(until - positions.time_s >= options.min_hours * 3600)
    reception: Sequence[Reception | None] = [None] * len(before)
    if options.cell_deg is not None:
        reception = receptions_of(positions, before, until[before], options.cell_deg)
    after = np.minimum(before + 1, len(positions) - 1)
    distance = haversine_km(
        positions.lat[before], positions.lon[before], positions.lat[after], positions.lon[after]
    )
    return [
        _gap(positions, row, float(km) if same_craft[row] else None, heard)
        for row, km, heard in zip(before.tolist(), distance.tolist(), reception, strict=True)
    ]


def _gap(positions: Positions, row: int, distance_km: float | None, heard: Reception | None) -> Gap:
    craft_id = positions.craft_ids[positions.craft[row]]
    start_at = float(positions.time_s[row])
    from_lat, from_lon = float(positions.lat[row]), float(positions.lon[row])
    if distance_km is None:
        return Gap(craft_id, start_at, None, from_lat, from_lon, None, None, None, None, heard)
    end_at = float(positions.time_s[row + 1])
    return Gap(
        craft_id, start_at, end_at, from_lat, from_lon,
        float(positions.lat[row + 1]), float(positions.lon[row + 1]),
        distance_km, distance_km / KM_PER_NM / ((end_at - start_at) / 3600), heard,
    )  # fmt: skip
