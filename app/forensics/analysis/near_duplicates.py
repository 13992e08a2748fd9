"""Near-duplicate texts: MinHash bands find candidates, the exact Jaccard index decides.

Texts are normalised and cut into character 5-grams. 42 bands of 3 hashes (rensa's R-MinHash) bring
two texts together with probability 1 - (1 - J^3)^42: 0.68 at J = 0.3, 0.99 at 0.48.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.forensics.analysis.shares import Integers, Numbers
from app.forensics.analysis.text import normalise

METHOD, VERSION = "minhash-42x3-jaccard", "1"
GRAM = 5
BANDS, ROWS = 42, 3
SEED = 42
MIN_SIMILARITY = 0.3
COPY_SIMILARITY = 0.75
COPY_CONTAINMENT = 0.9
MAX_CROWD = 1_000
"""Of more texts in one bucket, or copies of one text, each is paired with the first only."""
_DOCUMENTS_AT_ONCE = 50_000
_LOOKUPS_AT_ONCE = 8_000_000

Hashes = NDArray[np.uint64]


class CopyClass(StrEnum):
    """How a text repeats another."""

    COPYPASTA = "copypasta"
    REWORDING = "rewording"


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Pairs of texts (positions, `a` < `b`, sorted), how alike they are, and whether copied."""

    a: Integers
    b: Integers
    similarity: Numbers
    copied: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.a)

    def classes(self) -> Iterator[CopyClass]:
        return (CopyClass.COPYPASTA if one else CopyClass.REWORDING for one in self.copied.tolist())


def find_near_duplicates(texts: Sequence[str]) -> NearDuplicates:
    """All pairs of texts that are alike; texts without letters or digits are like no other.

    Similarity is the Jaccard index of 5-grams, at least 0.3; copies are those of 0.75 and those
    where nine tenths of the shorter text stand in the other; the rest is reworded.
    """
    first, copies = _distinct([normalise(text).text for text in texts])
    grams = Grams.of([text for text, _ in first])
    a, b = _candidates(grams)
    similarity, containment = grams.compare(a, b)
    alike = similarity >= MIN_SIMILARITY
    a, b, similarity, containment = a[alike], b[alike], similarity[alike], containment[alike]
    copied = (similarity >= COPY_SIMILARITY) | (containment >= COPY_CONTAINMENT)
    return _spread_to_copies(a, b, similarity, copied, copies)


def _distinct(texts: Sequence[str]) -> tuple[list[tuple[str, int]], list[list[int]]]:
    """Each text once, and the positions where it stands."""
    positions: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        if text:
            positions.setdefault(text, []).append(position)
    return [(text, where[0]) for text, where in positions.items()], list(positions.values())


@dataclass(frozen=True, slots=True)
class Grams:
    """The 5-grams of texts: for each text its different grams, sorted, as one long row."""

    hashes: Hashes
    offsets: Integers

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Grams":
        parts = [
            grams_of(texts[start : start + _DOCUMENTS_AT_ONCE], GRAM)
            for start in range(0, len(texts), _DOCUMENTS_AT_ONCE)
        ]
        counts = np.concatenate([np.zeros(1, np.int64), *(counts for _, counts in parts)])
        hashes = np.concatenate([np.zeros(0, np.uint64), *(hashes for hashes, _ in parts)])
        return cls(hashes, np.cumsum(counts))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def compare(self, a: Integers, b: Integers) -> tuple[Numbers, Numbers]:
        """The Jaccard index of each pair, and how much of the shorter text stands in the other."""
        sizes = np.diff(self.offsets)
        shared = self._shared(
            np.where(sizes[a] <= sizes[b], a, b), np.where(sizes[a] <= sizes[b], b, a)
        )
        both = sizes[a] + sizes[b]
        return shared / np.maximum(both - shared, 1), shared / np.maximum(
            np.minimum(sizes[a], sizes[b]), 1
        )

    def _shared(self, fewer: Integers, more: Integers) -> Integers:
        """How many grams of `fewer` stand in `more` as well, looked up among sorted keys."""
        names, gram = np.unique(self.hashes, return_inverse=True)
        sizes = np.diff(self.offsets)
        keys = np.repeat(np.arange(len(self)), sizes) * len(names) + gram
        keys.sort()
        shared = np.zeros(len(fewer), np.int64)
        work = np.cumsum(sizes[fewer])
        cuts = np.searchsorted(work, np.arange(0, work[-1] if len(work) else 0, _LOOKUPS_AT_ONCE))
        for rows in np.split(np.arange(len(fewer)), cuts[1:]):
            counts = sizes[fewer[rows]]
            pair = np.repeat(rows, counts)
            nth = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
            wanted = more[pair] * len(names) + gram[self.offsets[fewer[pair]] + nth]
            at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            shared += np.bincount(pair[keys[at] == wanted], minlength=len(fewer))
        return shared


def grams_of(texts: Sequence[str], size: int) -> tuple[Hashes, Integers]:
    """Hashes of the different character n-grams of each text in a row, and how many each has.

    A text shorter than `size` is one gram.
    """
    padded = [text.ljust(size) for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(text) for text in padded], np.int64)
    rolled = np.zeros(max(len(letters) - size + 1, 0), np.uint64)
    for place in range(size):
        rolled = _mixed(rolled ^ letters[place : place + len(rolled)])
    ends = np.cumsum(lengths)
    counts = lengths - size + 1
    starts = np.repeat(ends - lengths, counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    document = np.repeat(np.arange(len(padded)), counts)
    hashes = rolled[starts + within]
    order = np.lexsort((hashes, document))
    hashes, document = hashes[order], document[order]
    new = np.ones(len(hashes), np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (document[1:] != document[:-1])
    return hashes[new], np.bincount(document[new], minlength=len(padded))


def _mixed(values: Hashes) -> Hashes:
    """A bijective mix of 64 bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _candidates(grams: Grams) -> tuple[Integers, Integers]:
    """Pairs of texts that agree in a band, each once."""
    digests = _digests(grams)
    count = max(len(grams), 1)
    keys = [np.zeros(0, np.int64)]
    for band in range(BANDS):
        bucket = np.zeros(len(grams), np.uint64)
        for row in range(ROWS):
            bucket = _mixed(bucket ^ digests[:, band * ROWS + row])
        keys.append(_pairs_within(bucket, count))
    key = np.unique(np.concatenate(keys))
    return key // count, key % count


def _pairs_within(bucket: Hashes, count: int) -> Integers:
    """All pairs of equal buckets as keys `a * count + b`, in crowds each with the first only."""
    order = np.argsort(bucket, kind="stable")
    ordered = bucket[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sizes = np.diff(np.append(starts, len(ordered)))
    place = np.arange(len(ordered)) - np.repeat(starts, sizes)
    size = np.repeat(sizes, sizes)
    crowded = size > MAX_CROWD
    partners = np.where(crowded, (place > 0).astype(np.int64), place)
    later = np.repeat(np.arange(len(ordered)), partners)
    nth = np.arange(len(later)) - np.repeat(np.cumsum(partners) - partners, partners)
    one, other = order[later - place[later] + nth], order[later]
    keys: Integers = np.minimum(one, other) * count + np.maximum(one, other)
    return keys


def _digests(grams: Grams) -> NDArray[np.uint32]:
    from rensa import RMinHash  # noqa: PLC0415 - a compiled library that only this needs

    parts: list[Any] = [np.zeros((0, BANDS * ROWS), np.uint32)]
    for start in range(0, len(grams), _DOCUMENTS_AT_ONCE):
        offsets = grams.offsets[start : start + _DOCUMENTS_AT_ONCE + 1]
        hashes = grams.hashes[offsets[0] : offsets[-1]]
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            hashes, (offsets - offsets[0]).astype(np.uint64), BANDS * ROWS, SEED
        )
        parts.append(np.array(matrix.to_rows(), np.uint32))
    return np.concatenate(parts)


def _spread_to_copies(
    a: Integers, b: Integers, similarity: Numbers, copied: NDArray[np.bool_],
    copies: Sequence[Sequence[int]],
) -> NearDuplicates:  # fmt: skip
    """Pairs of positions from pairs of distinct texts: every copy of one with every of the other."""
    rows: list[tuple[int, int, float, bool]] = []
    for where in copies:
        rows += ((i, j, 1.0, True) for i, j in _pairs_of_copies(where))
    found = zip(a.tolist(), b.tolist(), similarity.tolist(), copied.tolist(), strict=True)
    for one, other, alike, is_copy in found:
        ones, others = copies[one], copies[other]
        if len(ones) * len(others) > MAX_CROWD**2:
            ones, others = ones[:1], others[:1]
        rows += ((min(i, j), max(i, j), alike, is_copy) for i in ones for j in others)
    rows.sort()
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return NearDuplicates(
        np.array(columns[0], np.int64), np.array(columns[1], np.int64),
        np.array(columns[2], np.float64), np.array(columns[3], np.bool_),
    )  # fmt: skip


def _pairs_of_copies(where: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(where) > MAX_CROWD:
        yield from ((where[0], one) for one in where[1:])
        return
    for place, one in enumerate(where):
        yield from ((one, other) for other in where[place + 1 :])
