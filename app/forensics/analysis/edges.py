"""Edges of a network of accounts, summed from chunks of pairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from app.forensics.analysis.coshares import TooManyPairsError
from app.forensics.analysis.shares import MICROSECONDS, Codes, Flags, Integers, Numbers

MERGE_AFTER = 16_000_000
MAX_EDGES = 30_000_000
"""About 4 GiB while they are summed."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Undirected edges between accounts (`a` < `b`, codes), sorted by `a`, then `b`."""

    a: Integers
    b: Integers
    pairs: Integers
    """Pairs of shares within the window."""
    objects: Integers
    """Different objects among them, where they were counted."""
    delta_us: Integers
    """The sum of the times between the shares of a pair."""

    def __len__(self) -> int:
        return len(self.a)

    @property
    def mean_delta_s(self) -> Numbers:
        return self.delta_us / MICROSECONDS / self.pairs

    def where(self, rows: Flags | Integers) -> "Edges":
        return Edges(*(column[rows] for column in self._columns))

    @property
    def _columns(self) -> tuple[Integers, ...]:
        return self.a, self.b, self.pairs, self.objects, self.delta_us


@dataclass(frozen=True, slots=True)
class KeyedSums:
    """Sums by key, sorted by key; a key is `a * accounts + b`."""

    key: Integers
    sums: Integers
    """A row each for pairs, objects and the times between."""

    @classmethod
    def of(cls, key: Integers, sums: Integers) -> "KeyedSums":
        """Group rows that may come in any order."""
        order = np.argsort(key)
        return cls._grouped(key[order], sums[:, order])

    @classmethod
    def of_pairs(cls, key: Integers, object_: Codes, delta_us: Integers) -> "KeyedSums":
        """Group pairs that come by object, counting each object of a key once."""
        order = np.argsort(key, kind="stable")
        key, object_ = key[order], object_[order]
        is_new = np.ones(len(key), np.int64)
        is_new[1:] = (np.diff(key) != 0) | (np.diff(object_) != 0)
        return cls._grouped(key, np.stack([np.ones_like(is_new), is_new, delta_us[order]]))

    @classmethod
    def _grouped(cls, key: Integers, sums: Integers) -> "KeyedSums":
        if not len(key):
            return cls(key, sums)
        starts = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1])
        return cls(key[starts], np.add.reduceat(sums, starts, axis=1))

    @classmethod
    def merged(cls, parts: Sequence["KeyedSums"]) -> "KeyedSums":
        """The sums of several together."""
        keys, sums = [part.key for part in parts], [part.sums for part in parts]
        return cls.of(np.concatenate(keys), np.concatenate(sums, axis=1))


def sum_edges(chunks: Iterable[KeyedSums], accounts: int) -> Edges:
    """The edges of all chunks together; what is held at once grows with the edges only.

    Raises:
        TooManyPairsError: they are more than `MAX_EDGES`.
    """
    parts, rows = [_EMPTY], 0
    for chunk in chunks:
        parts.append(chunk)
        rows += len(chunk.key)
        if rows > max(MERGE_AFTER, len(parts[0].key)):
            parts, rows = [KeyedSums.merged(parts)], 0
            if len(parts[0].key) > MAX_EDGES:
                raise TooManyPairsError(
                    f"the window joins more than {MAX_EDGES:,} pairs of accounts: take a shorter"
                    " window or leave the most popular objects out"
                )
    merged = KeyedSums.merged(parts)
    pairs, objects, delta_us = merged.sums
    return Edges(merged.key // accounts, merged.key % accounts, pairs, objects, delta_us)


_EMPTY = KeyedSums(np.zeros(0, np.int64), np.zeros((3, 0), np.int64))
