"""Texts as sets of character 5-grams: their hashes, what two have in common, MinHash digests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.forensics.analysis.shares import Integers

GRAM = 5
HASHES = 126
SEED = 42
HASH_BITS = np.uint64(40)
GRAM_MASK = np.uint64(2**40 - 1)
_DOCUMENTS_AT_ONCE = 50_000
_PAIRS_AT_ONCE = 20_000

Hashes = NDArray[np.uint64]
Digests = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Grams:
    """The different 5-grams of texts: keys of text and gram, sorted, and where each text begins."""

    keys: Hashes
    offsets: Integers

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Grams":
        """Of texts as `normalise` leaves them."""
        starts = range(0, len(texts), _DOCUMENTS_AT_ONCE)
        parts = [gram_keys(texts[i : i + _DOCUMENTS_AT_ONCE], GRAM, first=i) for i in starts]
        keys = np.concatenate([np.zeros(0, np.uint64), *parts])
        firsts = np.arange(len(texts) + 1, dtype=np.uint64) << HASH_BITS
        return cls(keys, np.searchsorted(keys, firsts))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> Integers:
        """How many different grams each text has."""
        return np.diff(self.offsets)

    @property
    def work(self) -> int:
        """How often two texts have a gram in common, over all pairs of texts."""
        _, texts = np.unique(self.keys & GRAM_MASK, return_counts=True)
        return int((texts**2).sum())

    def take(self, texts: Integers) -> "Grams":
        """Those of some of the texts, numbered anew."""
        sizes = self.sizes[texts]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        place = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - self.offsets[texts], sizes)
        number = np.repeat(np.arange(len(texts), dtype=np.uint64) << HASH_BITS, sizes)
        return Grams((self.keys[place] & GRAM_MASK) | number, offsets)

    def shared(self, a: Integers, b: Integers) -> Integers:
        """How many grams each pair of texts has in common."""
        shared = np.zeros(len(a), np.int64)
        for start in range(0, len(a), _PAIRS_AT_ONCE):
            block = slice(start, start + _PAIRS_AT_ONCE)
            shared[block] = self._shared(a[block].tolist(), b[block].tolist())
        return shared

    def _shared(self, a: Sequence[int], b: Sequence[int]) -> list[int]:
        """Of some pairs; sets of this many small texts beat arrays."""
        grams = {text: self._grams_of(text) for text in {*a, *b}}
        return [len(grams[one] & grams[other]) for one, other in zip(a, b, strict=True)]

    def _grams_of(self, text: int) -> set[int]:
        return set((self.keys[self.offsets[text] : self.offsets[text + 1]] & GRAM_MASK).tolist())

    def digests(self) -> Digests:
        """The MinHash of each text (rensa's R-MinHash), a row a text, a column a hash."""
        from rensa import RMinHash  # noqa: PLC0415 - a compiled library that only this needs

        parts: list[Any] = [np.zeros((0, HASHES), np.uint32)]
        for start in range(0, len(self), _DOCUMENTS_AT_ONCE):
            offsets = self.offsets[start : start + _DOCUMENTS_AT_ONCE + 1]
            hashes = self.keys[offsets[0] : offsets[-1]] & GRAM_MASK
            matrix = RMinHash.digest_matrix_from_flat_token_hashes(
                hashes, (offsets - offsets[0]).astype(np.uint64), HASHES, SEED
            )
            parts.append(np.array(matrix.to_rows(), np.uint32))
        return np.concatenate(parts)


def gram_keys(texts: Sequence[str], size: int, first: int = 0) -> Hashes:
    """The different character n-grams of texts as sorted keys: a text's number, a gram's hash.

    Texts are numbered from `first`; one shorter than `size` is one gram. Two of the grams of a
    text fall together once in 2^40, which leaves an index of similarity as it is.
    """
    padded = [text.ljust(size) for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(text) for text in padded], np.int64)
    rolled = np.zeros(max(len(letters) - size + 1, 0), np.uint64)
    for place in range(size):
        rolled = _mixed(rolled ^ letters[place : place + len(rolled)])
    number = np.arange(first, first + len(padded), dtype=np.uint64) << HASH_BITS
    keys = np.repeat(number, lengths)[: len(rolled)] | (rolled >> np.uint64(64 - 40))
    # A gram that begins among the last letters of a text reaches into the next one.
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(letters))
    keys = np.sort(keys[left[: len(rolled)] >= size])
    different: Hashes = keys[np.diff(keys, prepend=~keys[:1]) != 0]
    return different


@dataclass(frozen=True, slots=True)
class Buckets:
    """Texts by the bucket they fall into: `order` holds texts, `starts` and `sizes` tell the runs."""

    order: Integers
    starts: Integers
    sizes: Integers

    @classmethod
    def of(cls, bucket: NDArray[Any]) -> "Buckets":
        """Texts whose `bucket` is equal; within one they keep their order."""
        order = np.argsort(bucket, kind="stable")
        ordered = bucket[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(order)])
        return cls(order, starts, np.diff(np.append(starts, len(order))))

    def pairs(self, largest: int) -> tuple[Integers, Integers]:
        """All pairs within buckets of at most `largest` texts, each in the order of the texts."""
        place = np.arange(len(self.order)) - np.repeat(self.starts, self.sizes)
        partners = np.where(np.repeat(self.sizes, self.sizes) <= largest, place, 0)
        later = np.repeat(np.arange(len(self.order)), partners)
        nth = np.arange(len(later)) - np.repeat(np.cumsum(partners) - partners, partners)
        return self.order[later - place[later] + nth], self.order[later]

    def stars(self, smallest: int = 2) -> tuple[Integers, Integers]:
        """The first text of each bucket of `smallest` or more, with each of the others."""
        first = np.repeat(self.order[self.starts], self.sizes)
        chosen = (np.repeat(self.sizes, self.sizes) >= smallest) & (first != self.order)
        return first[chosen], self.order[chosen]


def buckets_of(digests: Digests, rows: int) -> Iterator[Buckets]:
    """The buckets of each band of so many hashes."""
    for start in range(0, HASHES - rows + 1, rows):
        bucket = np.zeros(len(digests), np.uint64)
        for row in range(start, start + rows):
            bucket = _mixed(bucket ^ digests[:, row])
        yield Buckets.of(bucket)


def groups_of(stars: Sequence[tuple[Integers, Integers]], count: int) -> list[Integers]:
    """The texts that hang together by any of the stars, two or more, each in its order."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - a quarter of a second
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    a = np.concatenate([np.zeros(0, np.int64), *(a for a, _ in stars)])
    b = np.concatenate([np.zeros(0, np.int64), *(b for _, b in stars)])
    if not len(a):
        return []
    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(count, count))
    groups = Buckets.of(connected_components(graph, directed=False)[1])
    parts = np.split(groups.order, groups.starts[1:])
    return [part for part in parts if len(part) > 1]


def _mixed(values: Hashes) -> Hashes:
    """A bijective mix of 64 bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
