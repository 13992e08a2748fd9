"""Contacts: which craft were near one another at each step of a common time grid.

Between two fixes less than the longest interpolation apart a craft moves evenly along the straight
line; across longer silences and ways it is nowhere. Nearness is searched on the unit sphere, so there is no
seam at 180° and none at the poles.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
_BINS = 2**20
_SCATTER = np.array([73_856_093, 19_349_663, 83_492_791, 49_979_687])
_CROWDED = "too many craft lie close together; narrow the area or the time"


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

    def take(self, rows: Rows | NDArray[np.bool_]) -> "Gridded":
        """The rows given, by index or mask."""
        return Gridded(
            self.craft[rows], self.step[rows], self.points[rows], self.speed_kn[rows],
            self.seen[rows],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Search:
    """What is contact: within `max_km` (at most 100 km) at a step of the grid.

    Where more than `max_crowd` craft lie in one box with a diagonal of `max_km`, as in a marina, none
    of them is in contact. Nothing is interpolated over ways longer than `max_way_km`.
    """

    grid_minutes: float
    max_interpolation_minutes: float
    max_km: float
    max_crowd: int | None = None
    max_way_km: float = np.inf

    def grid(self, positions: Positions, within_s: tuple[float, float] | None = None) -> "Gridded":
        """Positions in order on the grid, from one instant to before another."""
        return to_grid(
            positions, self.grid_minutes * 60, self.max_interpolation_minutes * 60, within_s,
            self.max_way_km,
        )  # fmt: skip

    def crowded(self, gridded: "Gridded") -> NDArray[np.bool_]:
        """Which rows lie in a crowd."""
        if self.max_crowd is None:
            return np.zeros(len(gridded.craft), dtype=np.bool_)
        return _crowded(gridded, self.max_km, self.max_crowd)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Pairs of rows of the grid that are near one another, by craft codes and step."""

    gridded: Gridded
    first: Rows
    second: Rows
    distance_km: Floats

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: Rows | NDArray[np.bool_]) -> "Contacts":
        """The pairs given, by index or mask."""
        return replace(
            self, first=self.first[rows], second=self.second[rows],
            distance_km=self.distance_km[rows],
        )  # fmt: skip

    def alone(self) -> "Contacts":
        """The same pairs, with no rows of the grid beyond theirs."""
        rows, places = np.unique(np.concatenate((self.first, self.second)), return_inverse=True)
        first, second = np.split(places, 2)
        return Contacts(self.gridded.take(rows), first, second, self.distance_km)


def join_contacts(parts: Sequence[Contacts]) -> Contacts:
    """Contacts at different steps of the same craft, as if they had been sought at once."""
    before = np.cumsum([0, *(len(part.gridded.craft) for part in parts)])
    names = ("craft", "step", "points", "speed_kn", "seen")
    gridded = Gridded(
        *(np.concatenate([getattr(part.gridded, name) for part in parts]) for name in names)
    )
    first, second = (
        np.concatenate(
            [getattr(part, side) + start for part, start in zip(parts, before, strict=False)]
        )
        for side in ("first", "second")
    )
    distance_km = np.concatenate([part.distance_km for part in parts])
    return _in_order(Contacts(gridded, first, second, distance_km))


def search_contacts(positions: Positions, search: Search) -> Contacts:
    """All contacts of positions in order.

    Raises:
        TooMuchError: the grid or the contacts would not fit into memory.
    """
    gridded = search.grid(positions)
    return find_contacts(gridded.take(~search.crowded(gridded)), search.max_km)


def to_grid(
    positions: Positions,
    grid_s: float,
    max_interpolation_s: float,
    within_s: tuple[float, float] | None = None,
    max_way_km: float = np.inf,
) -> Gridded:
    """Positions in order, interpolated to multiples of `grid_s` since 1970."""
    time_s = positions.time_s
    points = unit_vectors(positions.lat, positions.lon)
    after = np.minimum(np.arange(len(time_s)) + 1, max(len(time_s) - 1, 0))
    span = time_s[after] - time_s
    joined = (positions.craft[after] == positions.craft) & (span > 0) & (span < max_interpolation_s)
    if np.isfinite(max_way_km):
        joined &= chords(points, points[after]) <= chord_of(max_way_km)
    first = np.ceil(time_s / grid_s).astype(np.int64)
    # A step at a fix belongs to the way that begins there; the last fix of a way has its own.
    end = np.where(joined, first[after], first + (first * grid_s == time_s))
    if within_s is not None:
        # And the step before, from which the first speed is.
        steps = [int(np.ceil(instant / grid_s)) for instant in within_s]
        first, end = np.clip(first, steps[0] - 1, steps[1]), np.clip(end, steps[0] - 1, steps[1])
    count = end - first
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
    gridded = Gridded(
        craft, step, between, _speeds(craft, step, between, grid_s),
        np.minimum(since_s, until_s) <= grid_s / 2,
    )  # fmt: skip
    return gridded if within_s is None else gridded.take(step >= steps[0])


def _speeds(craft: Codes, step: Steps, points: Floats, grid_s: float) -> Floats:
    """Knots from the step before, or to the next where there is none; NaN for a step alone."""
    knots = arc_km(chords(points[1:], points[:-1])) / KM_PER_NM / (grid_s / 3600)
    knots[(np.diff(craft) != 0) | (np.diff(step) != 1)] = np.nan
    before, after = np.append(np.nan, knots), np.append(knots, np.nan)
    return np.where(np.isnan(before), after, before)[: len(craft)]


def _crowded(gridded: Gridded, max_km: float, max_crowd: int) -> NDArray[np.bool_]:
    """Which rows share a step and a box with more craft than may be paired."""
    boxes = np.floor(gridded.points / (chord_of(max_km) / np.sqrt(3))).astype(np.int64)
    keys = np.column_stack((boxes, gridded.step))
    # Where few share a number that stands for many boxes, it need not be told which.
    numbers = (keys @ _SCATTER) & (_BINS - 1)
    crowded: NDArray[np.bool_] = (np.bincount(numbers, minlength=_BINS) > max_crowd)[numbers]
    if crowded.any():
        rows = np.flatnonzero(crowded)
        _, group, craft = np.unique(keys[rows], axis=0, return_inverse=True, return_counts=True)
        crowded[rows] = craft[group.ravel()] > max_crowd
    return crowded


def find_contacts(
    gridded: Gridded, max_km: float, sought: NDArray[np.bool_] | None = None
) -> Contacts:
    """Pairs of rows of one step within a distance; only those with a row that is `sought`, if given.

    Raises:
        TooMuchError: they would not fit into memory.
    """
    order = np.argsort(gridded.step, kind="stable")
    found: list[NDArray[np.intp]] = []
    count = 0
    for part in _parts(gridded.step[order]):
        pairs = order[part][_near(gridded, order[part], chord_of(max_km))]
        if sought is not None:
            pairs = pairs[sought[pairs].any(axis=1)]
        found.append(pairs)
        count += len(pairs)
        if count > MAX_CONTACTS:
            raise TooMuchError(_CROWDED)
    pairs = np.concatenate(found) if found else np.empty((0, 2), dtype=np.intp)
    swapped = gridded.craft[pairs[:, 0]] > gridded.craft[pairs[:, 1]]
    first = np.where(swapped, pairs[:, 1], pairs[:, 0])
    second = np.where(swapped, pairs[:, 0], pairs[:, 1])
    distance_km = arc_km(chords(gridded.points[first], gridded.points[second]))
    return _in_order(Contacts(gridded, first, second, distance_km))


def _in_order(contacts: Contacts) -> Contacts:
    gridded, first, second = contacts.gridded, contacts.first, contacts.second
    return contacts.take(
        np.lexsort((gridded.step[first], gridded.craft[second], gridded.craft[first]))
    )


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
        raise TooMuchError(_CROWDED)
    return np.asarray(tree.query_pairs(reach * (1 + 1e-9), output_type="ndarray"), dtype=np.intp)
