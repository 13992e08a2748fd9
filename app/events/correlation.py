"""Which actors are active in the same countries at the same time, against chance.

A cell is a country in a period (ISO week or month). An actor is active in a cell when at least one
event of it falls there. For two actors, over all N = countries x periods cells of the window:

    lift = P(AB) / (P(A) P(B)) = n_AB N / (n_A n_B)
    p = (1 + permutations with a lift at least as large) / (B + 1)

where a permutation shuffles the dates of the events within each country, under a fixed seed, and q
is the Benjamini-Hochberg value over all pairs of the answer. The definition is this service's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

METHOD = "cell-permutation"
METHOD_VERSION = "1"
PERMUTATIONS = 999
SEED = 20_201_118
MIN_MONTHS = 12
MAX_LAG_MONTHS = 6
MAX_CELLS_SHOWN = 100
MAX_EVENTS = 20_000
MAX_GRID_CELLS = 2_000_000

Period = Literal["week", "month"]


class TooManyCellsError(ValueError):
    """The window holds more cells than are counted at once."""


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """What a correlation needs of an event."""

    id: int
    day: date
    actors: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairCell:
    """A cell in which both actors are active, with the events that make them so."""

    country: str
    start: date
    a: list[int]
    b: list[int]


@dataclass(frozen=True, slots=True)
class Lagged:
    """Correlation of monthly counts, b after a by `lag` months; null with a reason if too short."""

    months: int
    best_lag: int | None = None
    lags: dict[str, float] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PairResult:
    """One pair of actors, its numbers and the cells behind them."""

    a: str
    b: str
    cells_a: int
    cells_b: int
    cells_both: int
    expected_both: float
    lift: float | None
    p: float
    q: float
    lagged: Lagged
    cells: list[PairCell] = field(default_factory=list)
    cells_omitted: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """All pairs, and the frame they were measured in."""

    pairs: list[PairResult]
    countries: int
    periods: int
    first: date | None
    last: date | None
    events: int


def correlate(events: Sequence[DatedEvent], period: Period, actors: Sequence[str]) -> Result:
    """Measure every pair of `actors` over the events.

    The window runs from the period of the first event to that of the last. Deterministic: the same
    events give the same numbers, whatever their order.
    """
    events = sorted(events, key=lambda event: event.id)
    if not events:
        return Result([], 0, 0, None, None, 0)
    starts = [period_start(event.day, period) for event in events]
    first, last = min(starts), max(starts)
    grid = _Grid(events, starts, first, last, period, actors)
    both, counts = grid.count(grid.periods_of_rows)
    lifts = _lifts(both, counts, grid.cells)
    exceed = np.zeros_like(both)
    rng = np.random.default_rng(SEED)
    for _ in range(PERMUTATIONS):
        shuffled = grid.shuffled(rng)
        permuted = _lifts(*grid.count(shuffled), grid.cells)
        exceed += permuted >= lifts - 1e-12
    p = (1 + exceed) / (PERMUTATIONS + 1)
    pairs = list(combinations(range(len(actors)), 2))
    q = _benjamini_hochberg([float(p[i, j]) for i, j in pairs])
    months = _monthly_counts(events, actors)
    results = []
    for (i, j), q_value in zip(pairs, q, strict=True):
        cells = grid.shared_cells(i, j)
        n_a, n_b, n_ab = int(counts[i]), int(counts[j]), int(both[i, j])
        results.append(
            PairResult(
                a=actors[i],
                b=actors[j],
                cells_a=n_a,
                cells_b=n_b,
                cells_both=n_ab,
                expected_both=n_a * n_b / grid.cells,
                lift=n_ab * grid.cells / (n_a * n_b) if n_a and n_b else None,
                p=float(p[i, j]),
                q=q_value,
                lagged=_lagged(months[i], months[j]),
                cells=cells[:MAX_CELLS_SHOWN],
                cells_omitted=max(0, len(cells) - MAX_CELLS_SHOWN),
            )
        )
    return Result(results, len(grid.countries), grid.periods, first, last, len(events))


def period_start(day: date, period: Period) -> date:
    """The Monday of a day's ISO week, or the first of its month."""
    return day - timedelta(days=day.weekday()) if period == "week" else day.replace(day=1)


class _Grid:
    """The events as rows (event, country), and the cells they fill."""

    def __init__(
        self,
        events: Sequence[DatedEvent],
        starts: Sequence[date],
        first: date,
        last: date,
        period: Period,
        actors: Sequence[str],
    ) -> None:
        self.countries = sorted({country for event in events for country in event.countries})
        self.periods = _index(last, first, period) + 1
        self.cells = len(self.countries) * self.periods
        if self.cells > MAX_GRID_CELLS:
            raise TooManyCellsError(f"{self.cells} cells; at most {MAX_GRID_CELLS}")
        self._row_of_cell = np.empty(self.cells, dtype=np.int64)
        self._events, self._first, self._period = events, first, period
        number = {country: index for index, country in enumerate(self.countries)}
        rows = [
            (number[country], index)
            for index, event in enumerate(events)
            for country in dict.fromkeys(event.countries)
        ]
        rows.sort()
        self._row_country = np.array([row[0] for row in rows], dtype=np.int64)
        self._row_event = np.array([row[1] for row in rows], dtype=np.int64)
        period_of_event = np.array([_index(s, first, period) for s in starts], dtype=np.int64)
        self.periods_of_rows = period_of_event[self._row_event]
        self._actor_rows = [
            np.flatnonzero(
                np.array([actor in events[index].actors for index in self._row_event], dtype=bool)
            )
            for actor in actors
        ]

    def count(self, periods: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Active cells of each pair and of each actor."""
        cell = self._row_country * self.periods + periods
        # One row stands for all of its cell, so that the empty cells cost nothing.
        self._row_of_cell[cell] = np.arange(cell.size)
        row_of_row = self._row_of_cell[cell]
        active = np.zeros((len(self._actor_rows), cell.size), dtype=np.float32)
        for index, rows in enumerate(self._actor_rows):
            active[index, row_of_row[rows]] = 1
        both = np.rint(active @ active.T).astype(np.int64)
        return both, np.diagonal(both).copy()

    def shuffled(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """The rows' periods, shuffled within each country."""
        # The rows stand by country, so country + [0, 1) sorts each country's rows among themselves.
        order = np.argsort(self._row_country + rng.random(self._row_country.size))
        return self.periods_of_rows[order]

    def shared_cells(self, i: int, j: int) -> list[PairCell]:
        """The cells in which two actors are both active, newest first."""
        found: list[dict[tuple[int, int], list[int]]] = [{}, {}]
        for side, actor in enumerate((i, j)):
            for row in self._actor_rows[actor]:
                key = (int(self._row_country[row]), int(self.periods_of_rows[row]))
                found[side].setdefault(key, []).append(self._events[int(self._row_event[row])].id)
        shared = sorted(found[0].keys() & found[1].keys(), key=lambda key: (-key[1], key[0]))
        return [
            PairCell(
                self.countries[country],
                _start(self._first, period, self._period),
                found[0][country, period],
                found[1][country, period],
            )
            for country, period in shared
        ]


def _index(start: date, first: date, period: Period) -> int:
    if period == "week":
        return (start - first).days // 7
    return (start.year - first.year) * 12 + start.month - first.month


def _start(first: date, index: int, period: Period) -> date:
    if period == "week":
        return first + timedelta(weeks=index)
    year, month = divmod(first.year * 12 + first.month - 1 + index, 12)
    return date(year, month + 1, 1)


def _lifts(both: NDArray[np.int64], counts: NDArray[np.int64], cells: int) -> NDArray[np.float64]:
    product = np.outer(counts, counts)
    lifts: NDArray[np.float64] = np.zeros(both.shape)
    np.divide(both * float(cells), product, out=lifts, where=product > 0)
    return lifts


def _benjamini_hochberg(p: Sequence[float]) -> list[float]:
    order = sorted(range(len(p)), key=lambda index: p[index])
    q = [1.0] * len(p)
    smallest = 1.0
    for rank in range(len(p), 0, -1):
        index = order[rank - 1]
        smallest = min(smallest, p[index] * (len(p) / rank))
        q[index] = smallest
    return q


def _monthly_counts(events: Sequence[DatedEvent], actors: Sequence[str]) -> NDArray[np.float64]:
    first = min(event.day for event in events).replace(day=1)
    last = max(event.day for event in events).replace(day=1)
    counts = np.zeros((len(actors), _index(last, first, "month") + 1))
    number = {actor: index for index, actor in enumerate(actors)}
    for event in events:
        month = _index(event.day.replace(day=1), first, "month")
        for actor in event.actors:
            if actor in number:
                counts[number[actor], month] += 1
    return counts


def _lagged(a: NDArray[np.float64], b: NDArray[np.float64]) -> Lagged:
    months = a.size
    if months < MIN_MONTHS:
        return Lagged(months, reason="too_few_periods")
    reach = min(MAX_LAG_MONTHS, months - MIN_MONTHS // 2)
    lags = {}
    for lag in range(-reach, reach + 1):
        left = a[max(0, -lag) : months - max(0, lag)]
        right = b[max(0, lag) : months - max(0, -lag)]
        if left.std() > 0 and right.std() > 0:
            lags[str(lag)] = round(float(np.corrcoef(left, right)[0, 1]), 6)
    if not lags:
        return Lagged(months, reason="constant_series")
    best = max(lags, key=lambda lag: (lags[lag], -abs(int(lag))))
    return Lagged(months, int(best), lags)
