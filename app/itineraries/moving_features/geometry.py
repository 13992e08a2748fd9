"""Fixes as temporal geometries (MF-JSON): points that move, never through a silence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from app.itineraries.positions.tracks import written
from app.itineraries.sources.batch import join_positions
from app.itineraries.tracks.gaps import GapOptions
from app.itineraries.tracks.geometry import normalised_lon, unit_vectors
from app.itineraries.tracks.positions import Floats, Positions

M_PER_FT = 0.3048
CRS = {"type": "Name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
TRS = {
    "type": "Link",
    "properties": {"type": "OGCDEF", "href": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"},
}
SILENCE_S = GapOptions().min_hours * 3600


def sequence_of(positions: Positions) -> list[dict[str, Any]]:
    """The moving points of one craft's fixes; where it was not re-observed for hours, one ends."""
    if len(positions) == 0:
        return []
    bounds = np.flatnonzero(np.diff(positions.time_s) >= SILENCE_S) + 1
    starts = np.concatenate(([0], bounds)).tolist()
    ends = [*starts[1:], len(positions)]
    return [_moving_point(positions.take(slice(a, b))) for a, b in zip(starts, ends, strict=True)]


def leaves_of(positions: Positions, instants: Sequence[datetime]) -> list[dict[str, Any]]:
    """Where a craft was at instants, as one discrete point; instants within silences are left out."""
    found = at_instants(positions, np.array([instant.timestamp() for instant in instants]))
    return [] if len(found) == 0 else [{**_moving_point(found), "interpolation": "Discrete"}]


def cut_to(positions: Positions, start: datetime, end: datetime) -> Positions:
    """The fixes within an interval, with its ends where they fall between two fixes."""
    first, last = start.timestamp(), end.timestamp()
    inside = positions.take((positions.time_s >= first) & (positions.time_s <= last))
    ends = at_instants(positions, np.array([first, last]))
    ends = ends.take(~np.isin(ends.time_s, inside.time_s))
    before, after = ends.take(ends.time_s == first), ends.take(ends.time_s == last)
    return join_positions([before, inside, after])


def at_instants(positions: Positions, time_s: Floats) -> Positions:
    """Where a craft was at instants, along great circles between fixes that are not far apart."""
    if len(positions) == 0:
        return positions
    after = np.searchsorted(positions.time_s, time_s)
    exact = (after < len(positions)) & (
        positions.time_s[np.minimum(after, len(positions) - 1)] == time_s
    )
    between = (after > 0) & (after < len(positions)) & ~exact
    left = np.where(between, after - 1, np.minimum(after, len(positions) - 1))
    right = np.minimum(after, len(positions) - 1)
    silence = positions.time_s[right] - positions.time_s[left]
    known = exact | (between & (silence < SILENCE_S))
    left, right, wanted = left[known], right[known], time_s[known]
    span = positions.time_s[right] - positions.time_s[left]
    share = np.where(span > 0, (wanted - positions.time_s[left]) / np.where(span > 0, span, 1), 0)
    return _between(positions, left, right, share, wanted)


def _between(
    positions: Positions, left: Any, right: Any, share: Floats, time_s: Floats
) -> Positions:
    lat_a, lon_a, lat_b, lon_b = (
        column[rows] for rows in (left, right) for column in (positions.lat, positions.lon)
    )
    points = unit_vectors(lat_a, lon_a) * (1 - share)[:, None]
    points = points + unit_vectors(lat_b, lon_b) * share[:, None]
    lat = np.degrees(np.arctan2(points[:, 2], np.hypot(points[:, 0], points[:, 1])))
    lon = normalised_lon(np.degrees(np.arctan2(points[:, 1], points[:, 0])))
    moved = share > 0
    altitude = positions.altitude_ft[left] * (1 - share) + positions.altitude_ft[right] * share
    rows = positions.take(left)
    return Positions(
        rows.craft_ids, rows.craft, time_s, np.where(moved, lat, lat_a),
        np.where(moved, lon, lon_a), rows.speed_kn, rows.course_deg,
        np.where(moved, altitude, rows.altitude_ft), rows.on_ground, rows.callsigns, rows.callsign,
    )  # fmt: skip


def _moving_point(positions: Positions) -> dict[str, Any]:
    """A point with heights in metres where every fix has one."""
    columns = [positions.lon, positions.lat]
    if np.isfinite(positions.altitude_ft).all():
        columns.append(np.round(positions.altitude_ft * M_PER_FT, 1))
    return {
        "id": f"tg-{int(positions.time_s[0])}",
        "type": "MovingPoint",
        "datetimes": written(positions.time_s),
        "coordinates": np.column_stack(columns).tolist(),
        "interpolation": "Linear",
        "crs": CRS,
        "trs": TRS,
    }
