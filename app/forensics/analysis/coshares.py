"""Pairs of shares of one object within a time window: a sorted-window join in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.forensics.analysis.shares import MICROSECONDS, Integers, Shares

CHUNK_PAIRS = 4_000_000
MAX_PAIRS = 400_000_000
"""About two minutes of work; more is an object that everybody shares at once."""

Pairs = tuple[Integers, Integers]


class TooManyPairsError(ValueError):
    """The shares make more pairs than an analysis may look at; the message names the object."""


@dataclass(frozen=True, slots=True)
class Window:
    """Shares by object and time, and for each row where the rows within its window end."""

    shares: Shares
    ends: Integers
    window_s: float

    @classmethod
    def over(cls, shares: Shares, window_s: float) -> "Window":
        """Join `shares` with themselves: a pair is two rows of one object, |dt| <= `window_s`."""
        ordered = shares.by_object()
        if not len(ordered):
            return cls(ordered, np.zeros(0, np.int64), window_s)
        window_us = round(window_s * MICROSECONDS)
        # One axis for all objects: gaps longer than the window are cut to just above it, which
        # changes no answer and keeps the sums small enough for 64 bits.
        gaps = np.minimum(np.diff(ordered.at_us), window_us + 1)
        gaps[np.diff(ordered.object) != 0] = window_us + 1
        axis = np.concatenate([[0], np.cumsum(gaps)])
        return cls(ordered, np.searchsorted(axis, axis + window_us, side="right"), window_s)

    @property
    def pair_counts(self) -> Integers:
        """For each row, with how many later rows it makes a pair."""
        return self.ends - np.arange(1, len(self.ends) + 1)

    @property
    def pairs_of_object(self) -> Integers:
        """For each object, how many pairs its rows make."""
        counts = np.bincount(
            self.shares.object, weights=self.pair_counts, minlength=len(self.shares.objects)
        )
        return counts.astype(np.int64)

    def check_size(self) -> None:
        """Raise TooManyPairsError where the pairs are more than an analysis may look at."""
        total = int(self.pair_counts.sum())
        if total > MAX_PAIRS:
            per_object = self.pairs_of_object
            worst = int(per_object.argmax())
            raise TooManyPairsError(
                f"the window joins {total:,} pairs of shares (at most {MAX_PAIRS:,});"
                f" {self.shares.objects[worst].as_py()!r} alone makes {per_object[worst]:,}:"
                " take a shorter window or leave such objects out"
            )

    def chunks(self, *, whole_objects: bool = False) -> Iterator[Pairs]:
        """The pairs as row numbers (earlier, later), about `CHUNK_PAIRS` at a time.

        With `whole_objects` a chunk ends where an object ends.
        """
        counts = self.pair_counts
        before = np.concatenate([[0], np.cumsum(counts)])
        cuts = np.arange(len(counts) + 1)
        if whole_objects:
            changes = np.flatnonzero(np.diff(self.shares.object)) + 1
            cuts = np.concatenate([[0], changes, [len(counts)]])
        start = 0
        while start < len(counts):
            fits = np.searchsorted(before[cuts], before[start] + CHUNK_PAIRS, side="right") - 1
            stop = int(cuts[max(fits, np.searchsorted(cuts, start, side="right"))])
            yield _pairs_of_rows(np.arange(start, stop), counts[start:stop])
            start = stop


def _pairs_of_rows(rows: Integers, counts: Integers) -> Pairs:
    earlier = np.repeat(rows, counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return earlier, earlier + 1 + np.arange(len(earlier)) - first
