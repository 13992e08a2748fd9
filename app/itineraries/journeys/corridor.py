"""How near the great circles between stops come to a corridor's centre line."""

import numpy as np

from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, unit_vectors
from app.itineraries.tracks.positions import Floats


def distance_between_lines_km(
    lats: Floats, lons: Floats, corridor_lats: Floats, corridor_lons: Floats
) -> float:
    """The least great-circle distance in km between two lines of great circles; 0 where they cross.

    A line of one point is that point.
    """
    first, second = unit_vectors(lats, lons), unit_vectors(corridor_lats, corridor_lons)
    if _cross(first, second):
        return 0.0
    angle = min(_least_angle(first, second), _least_angle(second, first))
    return float(EARTH_RADIUS_KM * angle)


def _segments(line: Floats) -> tuple[Floats, Floats]:
    return (line[:-1], line[1:]) if len(line) > 1 else (line, line)


def _cross(first: Floats, second: Floats) -> bool:
    """Whether an arc of one line crosses an arc of the other."""
    a, b = (part[:, None, :] for part in _segments(first))
    c, d = (part[None, :, :] for part in _segments(second))
    across, along = np.cross(a, b), np.cross(c, d)
    meeting = np.cross(across, along)
    inside = [
        np.einsum("ijk,ijk->ij", np.cross(*pair), meeting)
        for pair in ((across, a), (b, across), (along, c), (d, along))
    ]
    ahead = np.all([side > 0 for side in inside], axis=0)
    behind = np.all([side < 0 for side in inside], axis=0)
    return bool(np.any(ahead | behind))


def _least_angle(points: Floats, line: Floats) -> float:
    """The least angle in radians from any of the points to any arc of the line."""
    start, end = _segments(line)
    normal = np.cross(start, end)
    length = np.linalg.norm(normal, axis=1)
    is_arc = length > 1e-12
    normal[is_arc] /= length[is_arc, None]
    to_ends = np.arccos(np.clip(points @ line.T, -1, 1)).min()
    off = points @ normal.T
    # The nearest point of the circle lies within the arc when it is ahead of both its ends.
    within = (
        (points @ np.cross(normal, start).T >= 0) & (points @ np.cross(end, normal).T >= 0) & is_arc
    )
    to_arcs = np.abs(np.arcsin(np.clip(off, -1, 1)))
    return float(min(to_ends, to_arcs[within].min(initial=np.inf)))
