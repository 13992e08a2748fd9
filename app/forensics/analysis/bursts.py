"""Bursts: times at which a story is told far more often than before."""

from dataclasses import dataclass

import numpy as np

from app.forensics.analysis.null_model import poisson_tail
from app.forensics.analysis.shares import MICROSECONDS, Integers

METHOD, VERSION = "poisson-baseline", "1"
BIN_S = 3_600
BASELINE_BINS = 24
SIGNIFICANCE = 0.001
MIN_POSTS = 5


@dataclass(frozen=True, slots=True)
class Burst:
    """A run of hours with more posts than the day before leads to expect."""

    start_us: int
    end_us: int
    posts: int
    expected: float
    p: float
    """The smallest p-value of its hours, times the hours looked at (Bonferroni)."""


def find_bursts(at_us: Integers) -> list[Burst]:
    """Bursts among the times of posts: hours of five posts or more, P(Poisson >= n) <= 0.001.

    The expected count is the mean of the 24 hours before, at least one post a day.
    """
    if not len(at_us):
        return []
    hour = np.asarray(at_us) // (BIN_S * MICROSECONDS)
    first = int(hour.min())
    busy, counts = np.unique(hour - first, return_counts=True)
    before = np.searchsorted(busy, busy - BASELINE_BINS)
    running = np.concatenate([[0], np.cumsum(counts)])
    baseline = running[np.arange(len(busy))] - running[before]
    expected = np.maximum(baseline, 1) / BASELINE_BINS
    p = np.minimum(poisson_tail(counts, expected) * (int(busy.max()) + 1), 1.0)
    bursting = np.flatnonzero((p <= SIGNIFICANCE) & (counts >= MIN_POSTS))
    runs = np.split(bursting, np.flatnonzero(np.diff(busy[bursting]) > 1) + 1)
    return [
        Burst(
            (int(busy[run[0]]) + first) * BIN_S * MICROSECONDS,
            (int(busy[run[-1]]) + first + 1) * BIN_S * MICROSECONDS,
            int(counts[run].sum()), float(expected[run].sum()), float(p[run].min()),
        )
        for run in runs if len(run)
    ]  # fmt: skip
