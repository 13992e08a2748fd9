"""Reception: what was heard of others in a cell of the map while a craft was silent.

The time it takes grows with fixes and silences, and not with both at once, however many craft fall
silent in one cell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.positions import Floats, Positions

Rows = NDArray[np.intp]
_HOUR_S = 3600
_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Reception:
    """Who else was heard during the silence in the cell where it began.

    `craft` is how many others were heard, `fixes` how many fixes they gave, `heard_share` the share
    of the silence's hours with at least one of them.
    """

    craft: int
    fixes: int
    heard_share: float


def receptions_of(
    positions: Positions, rows: Rows, until: Floats, cell_deg: float
) -> list[Reception]:
    """What was heard of others in the cell of each row, after its time until the time given, which is
    that of the craft's next fix or beyond its last one. `positions` are in order."""
    columns = int(np.ceil(360 / cell_deg))
    cell = np.floor((positions.lat + 90) / cell_deg).astype(np.int64) * columns
    cell += np.floor((positions.lon + 180) / cell_deg).astype(np.int64)
    # Only the cells where something fell silent are put in order of time.
    near = np.flatnonzero(np.isin(cell, cell[rows]))
    near = near[np.lexsort((positions.time_s[near], cell[near]))]
    time_s, start_s = positions.time_s[near], positions.time_s[rows]
    begin, before, end = (
        _places(cell[near], time_s, cell[rows], at, side)
        for at, side in ((start_s, "right"), (until, "left"), (until, "right"))
    )
    # Of its own there is none but the fix that ends the silence.
    after = np.minimum(rows + 1, len(positions) - 1)
    own = (after > rows) & (positions.craft[after] == positions.craft[rows])
    own &= (cell[after] == cell[rows]) & (positions.time_s[after] == until)
    craft = _distinct(cell[near], positions.craft[near], begin, end) - own
    fixes = end - begin - own
    hours = _hours(time_s, start_s, begin, before)
    at_last = end - before > own
    last_before = time_s[np.maximum(before - 1, 0)]
    new_hour = (before <= begin) | (
        (until - start_s) // _HOUR_S > (last_before - start_s) // _HOUR_S
    )
    hours += at_last & new_hour
    whole = np.maximum(1, np.rint((until - start_s) / _HOUR_S))
    share = np.minimum(1.0, hours / whole)
    return [
        Reception(*one) for one in zip(craft.tolist(), fixes.tolist(), share.tolist(), strict=True)
    ]


def _places(
    cells: NDArray[np.int64], time_s: Floats, cell: NDArray[np.int64], at: Floats, side: str
) -> Rows:
    """Where instants belong among fixes by cell and time; `right` is behind fixes of that instant."""
    order = np.lexsort(
        (
            np.concatenate(
                (np.zeros(len(cells)), np.full(len(cell), 1 if side == "right" else -1))
            ),
            np.concatenate((time_s, at)),
            np.concatenate((cells, cell)),
        )
    )
    asked = order >= len(cells)
    places = np.empty(len(cell), dtype=np.intp)
    places[order[asked] - len(cells)] = np.cumsum(~asked)[asked]
    return places


def _hours(time_s: Floats, start_s: Floats, begin: Rows, end: Rows) -> NDArray[np.int64]:
    """How many hours since each start have a fix, of those from one place to before another.

    From the first such hour to the last, less those that are skipped where nothing came for an hour.
    """
    some = end > begin
    last = np.maximum(end - 1, 0)
    begin = np.minimum(begin, max(len(time_s) - 1, 0))
    hours = np.where(
        some,
        (time_s[last] - start_s) // _HOUR_S - (time_s[begin] - start_s) // _HOUR_S + 1,
        0,
    ).astype(np.int64)
    long = np.flatnonzero(np.diff(time_s) > _HOUR_S - 1)
    first_long = np.searchsorted(long, begin)
    count = np.where(some, np.searchsorted(long, last) - first_long, 0)
    for part in _parts(count):
        silence = np.repeat(np.arange(part.start, part.stop), count[part])
        ahead = np.arange(len(silence)) - np.repeat(
            np.cumsum(count[part]) - count[part], count[part]
        )
        row = long[first_long[silence] + ahead]
        since_s = start_s[silence]
        skipped = (time_s[row + 1] - since_s) // _HOUR_S - (time_s[row] - since_s) // _HOUR_S - 1
        np.subtract.at(hours, silence, np.maximum(skipped, 0).astype(np.int64))
    return hours


def _parts(count: Rows) -> Iterator[slice]:
    """Stretches with about as many in all as are held at once."""
    block = np.cumsum(count) // _AT_ONCE
    bounds = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), len(count)]
    yield from (slice(a, b) for a, b in pairwise(bounds) if b > a)


def _distinct(cell: NDArray[np.int64], craft: NDArray[np.int32], begin: Rows, end: Rows) -> Rows:
    """How many craft there are from one place to before another, where each asked is in one cell.

    Those are counted whose fix before in the cell, plus one, is at most `begin`: by bits from the
    highest, the fixes being put in order by each (a wavelet matrix,
    doi:10.1007/978-3-642-34109-0_18).
    """
    count = len(cell)
    order = np.lexsort((np.arange(count), craft, cell))
    same = (np.diff(cell[order]) == 0) & (np.diff(craft[order]) == 0)
    values = np.zeros(count, dtype=np.int64)
    values[order[1:][same]] = order[:-1][same] + 1
    limit = begin + 1  # values below it are counted
    low, high = begin.copy(), end.copy()
    found = np.zeros(len(begin), dtype=np.intp)
    for bit in reversed(range(int(count + 1).bit_length())):
        ones = (values >> bit & 1).astype(np.bool_)
        zeros = np.concatenate(([0], np.cumsum(~ones)))
        down = (limit >> bit & 1).astype(np.bool_)
        found += np.where(down, zeros[high] - zeros[low], 0)
        low = np.where(down, zeros[-1] + low - zeros[low], zeros[low])
        high = np.where(down, zeros[-1] + high - zeros[high], zeros[high])
        values = np.concatenate((values[~ones], values[ones]))
    return found
