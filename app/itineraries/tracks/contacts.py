"""Contacts: which craft were near one another at each step of a common time grid.

Between two fixes less than the longest interpolation apart a craft moves evenly along the straight
line; across longer silences it is nowhere. Nearness is searched on the unit sphere, so there is no
seam at 180° and none at the poles.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from app.itineraries.tracks.geometry import KM_PER_NM, arc_km, chord_of, chords, unit_vectors
from app.itineraries.tracks.positions import Codes, Floats, Positions

Steps = NDArray[np.int64]
Rows = NDArray[np.intp]
MAX_STEPS = 50_000_000
MAX_CONTACTS = 10_000_000
_POINTS_A_TREE = 1_000


class TooMuchError(ValueError):
    """More work than is bounded; the message tells what to narrow."""


@dataclass(frozen=True, slots=True)
class Gridded:
    """Tracks on the grid by craft and step. `seen` is whether a fix lies within half a step."""

    craft: Codes
    step: Steps
    points: Floats
    speed_kn: Floats
    seen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Contacts:
    """Pairs of rows of the grid that are near one another, by craft codes and step."""

    first: Rows
    second: Rows
    distance_km: Floats


def to_grid(positions: Positions, grid_s: float, max_interpolation_s: float) -> Gridded:
    """Positions in order, interpolated to multiples of `grid_s` since 1970."""
    time_s = positions.time_s
    points = unit_vectors(positions.lat, positions.lon)
    after = np.minimum(np.arange(len(time_s)) + 1, max(len(time_s) - 1, 0))
    span = time_s[after] - time_s
    joined = (positions.craft[after] == positions.craft) & (span > 0) & (span < max_interpolation_s)
    first = np.ceil(time_s / grid_s).astype(np.int64)
    # A step at a fix belongs to the way that begins there; the last fix of a way has its own.
    alone = (first * grid_s == time_s).astype(np.int64)
    count = np.where(joined, first[after] - first, alone)
    if int(count.sum()) > MAX_STEPS:
        raise TooMuchError("the time grid has too many steps; widen it or narrow the data")
    row = np.repeat(np.arange(len(time_s)), count)
    ahead = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    step = first[row] + ahead
    since_s = step * grid_s - time_s[row]
    until_s = np.where(joined[row], span[row] - since_s, np.inf)
    share = np.where(joined[row], since_s / np.where(joined[row], span[row], 1), 0)[:, None]
    between = points[row] + share * (points[after[row]] - points[row])
    between /= np.linalg.norm(between, axis=1, keepdims=True)
    craft = positions.craft[row]
    return Gridded(
        craft, step, between, _speeds(craft, step, between, grid_s),
        np.minimum(since_s, until_s) <= grid_s / 2,
    )  # fmt: skip


def _speeds(craft: Codes, step: Steps, points: Floats, grid_s: float) -> Floats:
    """Knots from the step before, or to the next where there is none; NaN for a step alone."""
    knots = arc_km(chords(points[1:], points[:-1])) / KM_PER_NM / (grid_s / 3600)
    knots[(np.diff(craft) != 0) | (np.diff(step) != 1)] = np.nan
    before, after = np.append(np.nan, knots), np.append(knots, np.nan)
    return np.where(np.isnan(before), after, before)[: len(craft)]


def find_contacts(gridded: Gridded, max_km: float) -> Contacts:
    """All pairs of craft within `max_km` (at most 100 km) of one another at each step."""
    order = np.argsort(gridded.step, kind="stable")
    found = [
        order[part][pairs]
        for part in _parts(gridded.step[order])
        if len(pairs := _near(gridded, order[part], chord_of(max_km)))
    ]
    if sum(len(pairs) for pairs in found) > MAX_CONTACTS:
        raise TooMuchError("too many craft lie close together; narrow the area or the time")
    pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=np.intp)
    swapped = gridded.craft[pairs[:, 0]] > gridded.craft[pairs[:, 1]]
    first = np.where(swapped, pairs[:, 1], pairs[:, 0])
    second = np.where(swapped, pairs[:, 0], pairs[:, 1])
    order = np.lexsort((gridded.step[first], gridded.craft[second], gridded.craft[first]))
    first, second = first[order], second[order]
    return Contacts(first, second, arc_km(chords(gridded.points[first], gridded.points[second])))


def _parts(step: Steps) -> Iterator[slice]:
    """Whole steps, some thousand points at a time."""
    bounds = np.append(np.flatnonzero(np.diff(step)) + 1, len(step)).tolist()
    begin = 0
    for bound in bounds:
        if bound - begin >= _POINTS_A_TREE or bound == len(step):
            if bound - begin > 1:
                yield slice(begin, bound)
            begin = bound


def _near(gridded: Gridded, rows: Rows, reach: float) -> NDArray[np.intp]:
    """Pairs of places among the rows, searched in one tree: time is a fourth, far axis."""
    apart = (gridded.step[rows] - gridded.step[rows[0]]) * 4.0
    tree = cKDTree(
        np.column_stack((gridded.points[rows], apart)), balanced_tree=False, compact_nodes=False
    )
    if len(rows) > 2 * _POINTS_A_TREE and tree.count_neighbors(tree, reach) > 2 * MAX_CONTACTS:
        raise TooMuchError("too many craft lie close together; narrow the area or the time")
    return np.asarray(tree.query_pairs(reach * (1 + 1e-9), output_type="ndarray"), dtype=np.intp)
