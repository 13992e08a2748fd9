"""Near-duplicate texts: MinHash bands find candidates, the exact Jaccard index decides.

Texts are normalised and cut into character 5-grams. 42 bands of 3 hashes (rensa's R-MinHash) bring
two texts together with probability 1 - (1 - J^3)^42: 0.68 at J = 0.3, 0.99 at 0.48. Where the texts
are few, all pairs are compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.forensics.analysis.shares import Integers, Numbers
from app.forensics.analysis.text import normalise

METHOD, VERSION = "minhash-42x3-jaccard", "2"
GRAM = 5
BANDS, ROWS = 42, 3
SEED = 42
MIN_SIMILARITY = 0.3
MIN_AGREEMENT = 0.14
"""Part of the hashes that agree; of two texts with J = 0.3 fewer do once in 20,000 times."""
COPY_SIMILARITY = 0.75
COPY_CONTAINMENT = 0.9
MAX_WORK = 20_000_000
"""Up to so many common grams (about 2,000 posts) all pairs are compared, and no hashes needed."""
MAX_CROWD = 1_000
"""Of more texts in one bucket, or copies of one text, each is paired with the first only."""
_DOCUMENTS_AT_ONCE = 50_000
_PAIRS_AT_ONCE = 20_000

HASH_BITS = np.uint64(40)
GRAM_MASK = np.uint64(2**40 - 1)

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
    a, b = _all_pairs(grams) if grams.work <= MAX_WORK else _candidates(grams)
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
    """The different 5-grams of texts: keys of text and gram, sorted, and where each text begins."""

    keys: Hashes
    offsets: Integers

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Grams":
        starts = range(0, len(texts), _DOCUMENTS_AT_ONCE)
        parts = [gram_keys(texts[i : i + _DOCUMENTS_AT_ONCE], GRAM, first=i) for i in starts]
        keys = np.concatenate([np.zeros(0, np.uint64), *parts])
        firsts = np.arange(len(texts) + 1, dtype=np.uint64) << HASH_BITS
        return cls(keys, np.searchsorted(keys, firsts))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def work(self) -> int:
        """How often two texts have a gram in common, over all pairs of texts."""
        _, texts = np.unique(self.keys & GRAM_MASK, return_counts=True)
        return int((texts**2).sum())

    def compare(self, a: Integers, b: Integers) -> tuple[Numbers, Numbers]:
        """The Jaccard index of each pair, and how much of the shorter text stands in the other."""
        sizes = np.diff(self.offsets)
        shared = np.zeros(len(a), np.int64)
        for start in range(0, len(a), _PAIRS_AT_ONCE):
            block = slice(start, start + _PAIRS_AT_ONCE)
            shared[block] = self._shared(a[block].tolist(), b[block].tolist())
        union = sizes[a] + sizes[b] - shared
        return shared / np.maximum(union, 1), shared / np.maximum(np.minimum(sizes[a], sizes[b]), 1)

    def _shared(self, a: Sequence[int], b: Sequence[int]) -> list[int]:
        """How many grams each pair has in common; sets of this many small texts beat arrays."""
        grams = {text: self._grams_of(text) for text in {*a, *b}}
        return [len(grams[one] & grams[other]) for one, other in zip(a, b, strict=True)]

    def _grams_of(self, text: int) -> set[int]:
        return set((self.keys[self.offsets[text] : self.offsets[text + 1]] & GRAM_MASK).tolist())


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


def _mixed(values: Hashes) -> Hashes:
    """A bijective mix of 64 bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _all_pairs(grams: Grams) -> tuple[Integers, Integers]:
    """Pairs of texts that are alike, each once, from the grams that any two have in common."""
    from scipy.sparse import csr_array, triu  # noqa: PLC0415 - a quarter of a second

    names, gram = np.unique(grams.keys & GRAM_MASK, return_inverse=True)
    ones = np.ones(len(gram), np.int32)
    table = csr_array((ones, gram, grams.offsets), shape=(len(grams), len(names)))
    shared = triu(table @ table.T, k=1).tocoo()
    sizes = np.diff(grams.offsets)
    union = sizes[shared.row] + sizes[shared.col] - shared.data
    alike = shared.data / union >= MIN_SIMILARITY
    return shared.row[alike].astype(np.int64), shared.col[alike].astype(np.int64)


def _candidates(grams: Grams) -> tuple[Integers, Integers]:
    """Pairs of texts that agree in a band and in enough of all hashes, each once."""
    digests = _digests(grams)
    count = max(len(grams), 1)
    keys = [np.zeros(0, np.int64)]
    for band in range(BANDS):
        bucket = np.zeros(len(grams), np.uint64)
        for row in range(ROWS):
            bucket = _mixed(bucket ^ digests[:, band * ROWS + row])
        keys.append(_pairs_within(bucket, count))
    key = np.sort(np.concatenate(keys))
    key = key[np.diff(key, prepend=-1) != 0]
    agree = [
        (digests[part // count] == digests[part % count]).mean(axis=1) >= MIN_AGREEMENT
        for part in np.split(key, range(_PAIRS_AT_ONCE, len(key), _PAIRS_AT_ONCE))
    ]
    key = key[np.concatenate(agree)]
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
        hashes = grams.keys[offsets[0] : offsets[-1]] & GRAM_MASK
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
