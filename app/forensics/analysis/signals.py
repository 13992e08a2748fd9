"""Signs of automation and of acting in step, per account: signals to look at, never a verdict."""

from dataclasses import dataclass

import numpy as np

from app.forensics.analysis.coshares import Window
from app.forensics.analysis.shares import MICROSECONDS, Integers, Numbers, Shares

METHOD, VERSION = "signals", "1"
BIN_S = 1_800
MIN_SHARES = 10
"""Of fewer shares no rhythm can be told; their signals are NaN."""
_INTERVAL_BINS = 24


@dataclass(frozen=True, slots=True)
class Signals:
    """One value an account. All but `busiest_bin` lie between 0 and 1."""

    account: Integers
    shares: Integers
    interval_entropy: Numbers
    """Of the times between shares, in bins of doubling length: near 0 is a clock's rhythm."""
    hour_entropy: Numbers
    """Of the hours of the day (UTC): near 1 is awake around the clock."""
    active_bins: Numbers
    """Half hours with a share, among those from its first share to its last."""
    busiest_bin: Integers
    """Shares in its busiest half hour."""
    in_step: Numbers
    """Shares within the window of another account's share of the same object."""


def signals(shares: Shares, accounts: Integers, window_s: float) -> Signals:
    """The signals of some accounts (codes, sorted)."""
    window = Window.over(shares, window_s)
    stepped = _in_step(window)
    rows = window.shares
    order = np.lexsort((rows.at_us, rows.account))
    starts, ends = (
        np.searchsorted(rows.account[order], accounts, side) for side in ("left", "right")
    )
    values = np.full((4, len(accounts)), np.nan)
    busiest = np.zeros(len(accounts), np.int64)
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        own = order[start:end]
        if not len(own):
            continue
        seconds = rows.at_us[own] / MICROSECONDS
        bins = np.unique(seconds // BIN_S, return_counts=True)[1]
        busiest[place] = bins.max()
        values[3, place] = stepped[own].mean()
        if len(own) >= MIN_SHARES:
            intervals = np.minimum(np.log2(np.diff(seconds) + 1), _INTERVAL_BINS - 1)
            values[0, place] = _entropy(intervals.astype(np.int64), _INTERVAL_BINS)
            values[1, place] = _entropy((seconds // 3_600 % 24).astype(np.int64), 24)
            span = seconds[-1] // BIN_S - seconds[0] // BIN_S + 1
            values[2, place] = len(bins) / span
    return Signals(accounts, ends - starts, values[0], values[1], values[2], busiest, values[3])


def _in_step(window: Window) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each share whether another account shared the same within the window."""
    rows = window.shares
    stepped = np.zeros(len(rows), np.bool_)
    for one, other in window.chunks():
        apart = rows.account[one] != rows.account[other]
        stepped[one[apart]] = stepped[other[apart]] = True
    return stepped


def _entropy(values: Integers, bins: int) -> float:
    """Shannon's entropy as a part of what so many bins could have."""
    share = np.bincount(values, minlength=bins) / len(values)
    share = share[share > 0]
    return float(-(share * np.log(share)).sum() / np.log(bins)) + 0.0
