"""Fewer fixes that draw the same line."""

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, unit_vectors
from app.itineraries.tracks.positions import Floats

Rows = NDArray[np.intp]

_MAX_DEPTH = 64
"""Deeper than this a stretch is halved, which keeps a fix too many but bounds the work."""


def simplify_track(lat: Floats, lon: Floats, tolerance_m: float) -> Rows:
    """The rows to keep so that no fix lies further than `tolerance_m` from the line left.

    Douglas and Peucker's method on the sphere, every stretch of one depth at once: it holds across
    180° and over the poles. The first and last row with a place stay; rows without one go.
    """
    rows = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    if len(rows) < 3:
        return rows
    points = unit_vectors(lat[rows], lon[rows])
    keep = np.zeros(len(rows), dtype=np.bool_)
    keep[[0, -1]] = True
    starts, ends = np.array([0]), np.array([len(rows) - 1])
    depth = 0
    while len(starts):
        split = _furthest(points, starts, ends, tolerance_m / (EARTH_RADIUS_KM * 1000))
        if depth >= _MAX_DEPTH:
            split = np.where(split >= 0, (starts + ends) // 2, -1)
        parted = split >= 0
        keep[split[parted]] = True
        new_starts = np.concatenate((starts[parted], split[parted]))
        new_ends = np.concatenate((split[parted], ends[parted]))
        inside = new_ends - new_starts > 1
        starts, ends = new_starts[inside], new_ends[inside]
        depth += 1
    return rows[keep]


def _furthest(points: Floats, starts: Rows, ends: Rows, tolerance: float) -> Rows:
    """For each stretch the row furthest from the arc between its ends, -1 where all are near it."""
    lengths = ends - starts - 1
    first = np.cumsum(lengths) - lengths
    stretch = np.repeat(np.arange(len(starts)), lengths)
    inner = np.arange(len(stretch)) - first[stretch] + starts[stretch] + 1
    off = _angle_to_arc(points[inner], points[starts][stretch], points[ends][stretch])
    largest = np.maximum.reduceat(off, first)
    at_largest = np.flatnonzero(off == largest[stretch])
    earliest = at_largest[np.unique(stretch[at_largest], return_index=True)[1]]
    return np.where(largest > tolerance, inner[earliest], -1)


def _angle_to_arc(points: Floats, start: Floats, end: Floats) -> Floats:
    """Radians from each point to the arc between two others, by the nearest point of the arc."""
    normal = np.cross(start, end)
    length = np.linalg.norm(normal, axis=1)
    unit = normal / np.where(length > 0, length, 1)[:, None]
    across = np.abs(np.arcsin(np.clip(_dot(points, unit), -1, 1)))
    beside = (_dot(np.cross(unit, start), points) >= 0) & (_dot(np.cross(end, unit), points) >= 0)
    to_ends = np.minimum(_angle(points, start), _angle(points, end))
    return np.where(beside & (length > 1e-12), across, to_ends)


def _angle(a: Floats, b: Floats) -> Floats:
    half_chord = np.linalg.norm(a - b, axis=1) / 2
    return np.asarray(2 * np.arcsin(np.minimum(half_chord, 1)))


def _dot(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->i", a, b))
