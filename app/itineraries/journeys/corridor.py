"""Which journeys come near to a corridor's centre line, by the great circles between their stops."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, unit_vectors
from app.itineraries.tracks.positions import Floats

Line = tuple[Sequence[float], Sequence[float]]
"""Latitudes and longitudes of at least one point."""
_PAIRS_AT_ONCE = 100_000  # of arcs: 20 MB


def are_near(
    journeys: Sequence[Sequence[Line]], corridor: Line, within_km: float
) -> NDArray[np.bool_]:
    """Whether any line of each journey comes within a great-circle distance of the corridor, or
    crosses it. A line of one point is that point."""
    near = np.zeros(len(journeys), dtype=np.bool_)
    lines = [line for journey in journeys for line in journey]
    if not lines:
        return near
    journey = np.repeat(np.arange(len(journeys)), [len(journey) for journey in journeys])
    start, end, line = _arcs(lines)
    along = _arcs([corridor])[:2]
    step = max(1, _PAIRS_AT_ONCE // len(along[0]))
    for first in range(0, len(line), step):
        part = slice(first, first + step)
        angle = _least_angles((start[part], end[part]), along)
        near[journey[line[part]][angle * EARTH_RADIUS_KM <= within_km]] = True
    return near


def _arcs(lines: Sequence[Line]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Where each arc of some lines starts and ends, as unit vectors, and the line that it is of."""
    counts = np.array([len(lats) for lats, _ in lines])
    lats, lons = (np.concatenate([line[axis] for line in lines]) for axis in (0, 1))
    points, line = unit_vectors(lats, lons), np.repeat(np.arange(len(lines)), counts)
    goes_on = np.append(line[1:] == line[:-1], False)
    start = np.flatnonzero(goes_on | (counts[line] == 1))
    return points[start], points[start + goes_on[start]], line[start]


def _least_angles(arcs: tuple[Floats, Floats], others: tuple[Floats, Floats]) -> Floats:
    """The least angle in radians from each arc to any of the others; 0 where it crosses one."""
    ends = np.minimum.reduce([
        *(_angles(point, others).min(axis=1) for point in arcs),
        *(_angles(point, arcs).min(axis=0) for point in others),
    ])  # fmt: skip
    return np.where(_cross(arcs, others), 0.0, ends)


def _cross(arcs: tuple[Floats, Floats], others: tuple[Floats, Floats]) -> NDArray[np.bool_]:
    """Whether each arc crosses any of the others."""
    a, b = (part[:, None, :] for part in arcs)
    c, d = (part[None, :, :] for part in others)
    across, along = np.cross(a, b), np.cross(c, d)
    meeting = np.cross(across, along)
    inside = [
        np.einsum("ijk,ijk->ij", np.cross(*pair), meeting)
        for pair in ((across, a), (b, across), (along, c), (d, along))
    ]
    ahead = np.all([side > 0 for side in inside], axis=0)
    behind = np.all([side < 0 for side in inside], axis=0)
    crosses: NDArray[np.bool_] = (ahead | behind).any(axis=1)
    return crosses


def _angles(points: Floats, arcs: tuple[Floats, Floats]) -> Floats:
    """The angle in radians from each point to each arc."""
    start, end = arcs
    normal = np.cross(start, end)
    length = np.linalg.norm(normal, axis=1)
    is_arc = length > 1e-12
    normal[is_arc] /= length[is_arc, None]
    to_ends = np.arccos(np.clip(np.maximum(points @ start.T, points @ end.T), -1, 1))
    to_circle = np.abs(np.arcsin(np.clip(points @ normal.T, -1, 1)))
    # The nearest point of the circle lies within the arc when it is ahead of both its ends.
    within = (
        (points @ np.cross(normal, start).T >= 0) & (points @ np.cross(end, normal).T >= 0) & is_arc
    )
    angles: Floats = np.where(within, np.minimum(to_circle, to_ends), to_ends)
    return angles
