"""Entries of zones: the first fix inside, after one outside or at the first sight of a craft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from app.itineraries.tracks.positions import Positions

METHOD = "zone_entry"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class EntryOptions:
    """How an entry is told from the noise of a craft that lies on the border."""

    merge_minutes: float = 60
    """A craft that left for no longer has not left."""


@dataclass(frozen=True, slots=True)
class ZoneEntry:
    """A craft's first fix inside; `outside_s` is its last fix before, `None` at first sight."""

    craft_id: str
    zone_id: str
    at_s: float
    lat: float
    lon: float
    outside_s: float | None


def detect_zone_entries(
    positions: Positions,
    zones: Mapping[str, shapely.Geometry],
    options: EntryOptions | None = None,
) -> Sequence[ZoneEntry]:
    """Entries in positions in order, by zone, craft and time.

    Args:
        zones: polygons in degrees by id; those that cross 180° are cut there, as RFC 7946 has it.
    """
    merge_s = (options or EntryOptions()).merge_minutes * 60
    starts = np.ones(len(positions), dtype=np.bool_)
    starts[1:] = np.diff(positions.craft) != 0
    found: list[ZoneEntry] = []
    for zone_id in sorted(zones):
        rows = _inside(positions, zones[zone_id])
        for row in _first_of_stays(positions, rows, merge_s):
            found.append(_entry(positions, zone_id, row, bool(starts[row])))
    return found


def _inside(positions: Positions, zone: shapely.Geometry) -> NDArray[np.intp]:
    """The rows inside; only those within the zone's box are tested."""
    west, south, east, north = shapely.bounds(zone)
    near = np.flatnonzero(
        (positions.lon >= west)
        & (positions.lon <= east)
        & (positions.lat >= south)
        & (positions.lat <= north)
    )
    shapely.prepare(zone)
    hit: NDArray[np.bool_] = shapely.contains_xy(zone, positions.lon[near], positions.lat[near])
    return near[hit]


def _first_of_stays(
    positions: Positions, rows: NDArray[np.intp], merge_s: float
) -> NDArray[np.intp]:
    if len(rows) == 0:
        return rows
    first = np.ones(len(rows), dtype=np.bool_)
    same_craft = np.diff(positions.craft[rows]) == 0
    went_out = np.diff(rows) > 1
    long_ago = np.diff(positions.time_s[rows]) > merge_s
    first[1:] = ~same_craft | (went_out & long_ago)
    return rows[first]


def _entry(positions: Positions, zone_id: str, row: np.intp, first_sight: bool) -> ZoneEntry:
    return ZoneEntry(
        positions.craft_ids[positions.craft[row]],
        zone_id,
        float(positions.time_s[row]),
        float(positions.lat[row]),
        float(positions.lon[row]),
        None if first_sight else float(positions.time_s[row - 1]),
    )
