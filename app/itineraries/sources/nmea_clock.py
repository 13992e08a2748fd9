"""Times for NMEA that carries none, by what the messages themselves say of the time.

Base stations send the whole time (messages 4 and 11), reports the second of the minute they were sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from app.itineraries.tracks.positions import Floats

_MINUTE_S = 60
# From one receiver, reports come in seconds after they were sent, hardly ever a quarter of a minute.
_LATE_S = 15
_Reading = tuple[int, float]


class Clock:
    """The time as a log goes on, None until something tells it; kept between calls."""

    def __init__(self, started_at: float | None) -> None:
        self._now = started_at

    def timed(
        self, times: Floats, readings: Sequence[_Reading], seconds: Mapping[int, int]
    ) -> Floats:
        """Times with those filled in that can be told; NaN for the others.

        What comes before the first that tells the time is timed backwards from it.

        Args:
            times: of each message, NaN where it carries none; those before the first time only.
            readings: row and time of each message of a base station, NaN where it sends none.
            seconds: of the minute, by row; 60 and more where none was sent.
        """
        times = times.copy()
        rows = np.flatnonzero(np.isnan(times)).tolist()
        heard = _trusted(readings)
        near = _near_readings(rows, heard)

        def count(rows: Iterable[int], now: float, onwards: bool) -> float:
            for row in rows:
                second = seconds.get(row, _MINUTE_S)
                if row in near:
                    now = near[row]
                    times[row] = _moment(now, second, _LATE_S)
                    continue
                now = heard.get(row, now)
                times[row] = _moment(now, second, _MINUTE_S - _LATE_S if onwards else _LATE_S)
                now = max(now, times[row]) if onwards else min(now, times[row])
            return now

        if self._now is None:
            known = dict.fromkeys(np.flatnonzero(~np.isnan(times))[:1].tolist())
            first = min(heard.keys() | known.keys(), default=None)
            if first is None:
                return times
            self._now = heard.get(first, float(times[first]))
            count((row for row in reversed(rows) if row < first), self._now, onwards=False)
            rows = [row for row in rows if row >= first]
        self._now = count(rows, self._now, onwards=True)
        return times


def _moment(now: float, second: int, ahead_s: float) -> float:
    """The time nearest to now with this second of the minute, less than so many seconds ahead."""
    if second >= _MINUTE_S:
        return now
    ahead = (second - now) % _MINUTE_S
    return now + (ahead if ahead < ahead_s else ahead - _MINUTE_S)


def _trusted(readings: Sequence[_Reading]) -> dict[int, float]:
    """The readings by row, without wrong clocks: those out of line with the one before and after."""
    told = [(row, time_s) for row, time_s in readings if time_s > 0]
    kept: dict[int, float] = {}
    before = -np.inf
    for (row, time_s), (_, after) in pairwise([*told, (0, np.inf)]):
        in_line = before - _MINUTE_S <= time_s <= after + _MINUTE_S
        if in_line or before > after + _MINUTE_S:
            kept[row] = before = time_s
    return kept


def _near_readings(rows: Sequence[int], heard: Mapping[int, float]) -> dict[int, float]:
    """What the clock was at the rows within a minute of readings, by the pace of lines between them.

    Logs joined from many receivers bring reports up to a minute late: seconds alone cannot tell there.
    """
    if len(heard) < 2 or not rows:
        return {}
    at_row, at_s = np.array(list(heard)), np.array(list(heard.values()))
    pace_s = max((at_s[-1] - at_s[0]) / (at_row[-1] - at_row[0]), 0.0)
    row = np.array(rows)
    after = np.searchsorted(at_row, row)
    inside = np.clip(after, 1, len(at_row) - 1)
    beyond_s = pace_s * (np.minimum(row - at_row[0], 0) + np.maximum(row - at_row[-1], 0))
    apart_s = np.where(after == inside, np.abs(at_s[inside] - at_s[inside - 1]), np.abs(beyond_s))
    expected = np.interp(row, at_row, at_s) + beyond_s
    near = apart_s <= _MINUTE_S
    return dict(zip(row[near].tolist(), expected[near].tolist(), strict=True))
