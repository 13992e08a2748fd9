"""Near-duplicate texts: MinHash bands find candidates, the exact Jaccard index decides.

Texts are normalised and cut into character 5-grams. 42 bands of 3 hashes bring two texts together
with probability 1 - (1 - J^3)^42: 0.68 at J = 0.3, 0.99 at 0.48. Where the texts are few, and in
crowds of texts that fall together, all pairs are compared.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.forensics.analysis.grams import GRAM_MASK, Buckets, Digests, Grams, buckets_of, groups_of
from app.forensics.analysis.shares import Flags, Integers, Numbers
from app.forensics.analysis.text import normalise

METHOD, VERSION = "minhash-42x3-jaccard", "3"
"""Since version 3 crowds are compared exactly, up to a number of pairs."""
ROWS = 3
MIN_SIMILARITY = 0.3
MIN_AGREEMENT = 0.14
"""Part of the hashes that agree; of two texts with J = 0.3 fewer do once in 20,000 times."""
COPY_SIMILARITY = 0.75
COPY_CONTAINMENT = 0.9
MAX_PAIRS = 5_000_000
"""More pairs are thinned: of the largest crowds each text is paired with a first one only."""
MAX_WORK = 20_000_000
"""Up to so many common grams (about 2,000 posts) all pairs are compared, and no hashes needed."""
MAX_CROWD = 100
"""Texts that fall together in one bucket; of more all pairs are cheaper by common grams."""
MAX_CROWD_WORK = 2_000_000_000
"""Common grams of crowds that are counted, the smallest crowds first: some ten seconds."""
_ROWS_AT_ONCE = 500
_PAIRS_AT_ONCE = 20_000
_KEYS_AT_ONCE = 20_000_000


class CopyClass(StrEnum):
    """How a text repeats another."""

    COPYPASTA = "copypasta"
    REWORDING = "rewording"


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Pairs of texts (positions, `a` < `b`, sorted), how alike they are, and whether copied.

    Of `thinned` texts not all pairs are told, as there would be too many: they are paired with the
    first text of each of their crowds, and with those that are in no crowd.
    """

    a: Integers
    b: Integers
    similarity: Numbers
    copied: Flags
    thinned: int = 0

    def __len__(self) -> int:
        return len(self.a)

    def rows(self) -> Iterator[tuple[int, int, float, CopyClass]]:
        """The pairs one by one: both positions, how alike, and how the one repeats the other."""
        columns = (self.a, self.b, self.similarity, self.copied)
        for start in range(0, len(self), _PAIRS_AT_ONCE):
            block = (one[start : start + _PAIRS_AT_ONCE].tolist() for one in columns)
            for a, b, similarity, copied in zip(*block, strict=True):
                yield a, b, similarity, CopyClass.COPYPASTA if copied else CopyClass.REWORDING


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of distinct texts and how many grams they have in common."""

    a: Integers
    b: Integers
    shared: Integers


def find_near_duplicates(texts: Sequence[str], most: int = MAX_PAIRS) -> NearDuplicates:
    """All pairs of texts that are alike; texts without letters or digits are like no other.

    Similarity is the Jaccard index of 5-grams, at least 0.3; copies are those of 0.75 and those
    where nine tenths of the shorter text stand in the other; the rest is reworded.

    Args:
        most: of more pairs than these the largest crowds are thinned.
    """
    copies = _distinct([normalise(text).text for text in texts])
    grams = Grams.of(list(copies))
    pairs, thinned = _alike_pairs(grams, most)
    a, b, shared = pairs.a, pairs.b, pairs.shared
    shorter = np.minimum(grams.sizes[a], grams.sizes[b])
    similarity = shared / (grams.sizes[a] + grams.sizes[b] - shared)
    copied = (similarity >= COPY_SIMILARITY) | (shared / shorter >= COPY_CONTAINMENT)
    return _spread(NearDuplicates(a, b, similarity, copied), list(copies.values()), thinned, most)


def _distinct(texts: Sequence[str]) -> dict[str, list[int]]:
    """Each text once, with the positions where it stands."""
    positions: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        if text:
            positions.setdefault(text, []).append(position)
    return positions


def _alike_pairs(grams: Grams, most: int) -> tuple[_Pairs, Flags]:
    """Pairs of texts that are alike, each once, and which texts are in crowds that were thinned."""
    thinned = np.zeros(len(grams), np.bool_)
    if grams.work <= MAX_WORK and (found := _all_pairs(grams, most)) is not None:
        return found, thinned
    digests = grams.digests()
    stars = [buckets.stars(MAX_CROWD + 1) for buckets in buckets_of(digests, ROWS)]
    crowd = np.full(len(grams), -1)
    counted: list[_Pairs] = []
    room, work = most, MAX_CROWD_WORK
    for number, members in enumerate(sorted(groups_of(stars, len(grams)), key=len)):
        crowd[members] = number
        of_crowd = grams.take(members)
        work -= of_crowd.work
        found = _all_pairs(of_crowd, room) if work >= 0 else None
        if found is None:
            thinned[members] = True
            continue
        room -= len(found.a)
        counted.append(_Pairs(members[found.a], members[found.b], found.shared))
    a, b = _candidates(digests, crowd, thinned)
    shared = grams.shared(a, b)
    alike = shared >= MIN_SIMILARITY * (grams.sizes[a] + grams.sizes[b] - shared)
    counted.append(_Pairs(a[alike], b[alike], shared[alike]))
    return _joined(counted), thinned


def _all_pairs(grams: Grams, most: int) -> _Pairs | None:
    """Pairs of texts that are alike, by the grams that any two have in common; `None`: too many."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - a quarter of a second

    names, gram = np.unique(grams.keys & GRAM_MASK, return_inverse=True)
    ones = np.ones(len(gram), np.int32)
    table = csr_array((ones, gram, grams.offsets), shape=(len(grams), len(names)))
    parts = [_Pairs(*(np.zeros(0, np.int64) for _ in range(3)))]
    for start in range(0, len(grams), _ROWS_AT_ONCE):
        shared = (table[start : start + _ROWS_AT_ONCE] @ table[start:].T).tocoo()
        a, b = start + shared.row.astype(np.int64), start + shared.col.astype(np.int64)
        union = grams.sizes[a] + grams.sizes[b] - shared.data
        alike = (a < b) & (shared.data >= MIN_SIMILARITY * union)
        parts.append(_Pairs(a[alike], b[alike], shared.data[alike].astype(np.int64)))
        most -= len(parts[-1].a)
        if most < 0:
            return None
    return _joined(parts)


def _joined(parts: Sequence[_Pairs]) -> _Pairs:
    return _Pairs(
        np.concatenate([one.a for one in parts]),
        np.concatenate([one.b for one in parts]),
        np.concatenate([one.shared for one in parts]),
    )


def _candidates(digests: Digests, crowd: Integers, thinned: Flags) -> tuple[Integers, Integers]:
    """Pairs of texts that agree in a band and in enough of all hashes, each once.

    Of one `crowd` (-1: none) no pairs are told: they are known. Of a crowd that was thinned each text
    is paired with the first of each full bucket.
    """
    count = max(len(digests), 1)
    keys = [np.zeros(0, np.int64)]
    for buckets in buckets_of(digests, ROWS):
        a, b = buckets.pairs(MAX_CROWD)
        wanted = (crowd[a] < 0) | (crowd[a] != crowd[b])
        keys.append(a[wanted] * count + b[wanted])
        a, b = buckets.stars(MAX_CROWD + 1)
        keys.append(a[thinned[a]] * count + b[thinned[a]])
        if sum(map(len, keys)) > _KEYS_AT_ONCE + len(keys[0]):
            keys = [np.unique(np.concatenate(keys))]
    key = np.unique(np.concatenate(keys))
    agree = [
        (digests[part // count] == digests[part % count]).mean(axis=1) >= MIN_AGREEMENT
        for part in np.split(key, range(_PAIRS_AT_ONCE, len(key), _PAIRS_AT_ONCE))
    ]
    key = key[np.concatenate(agree)]
    return key // count, key % count


def _spread(
    found: NearDuplicates, copies: Sequence[Sequence[int]], thinned: Flags, most: int
) -> NearDuplicates:
    """Pairs of positions from pairs of distinct texts: every copy of one with every of the other.

    Where that is too much, of the texts that stand in most places the first place counts only.
    """
    sizes = np.array([len(where) for where in copies], np.int64)
    positions = np.array([one for where in copies for one in where], np.int64)
    starts = np.cumsum(sizes) - sizes
    largest = _largest_spread(found, sizes, most)
    places = np.where(sizes <= largest, sizes, 1)
    times = places[found.a] * places[found.b]
    pair = np.repeat(np.arange(len(found)), times)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(times) - times, times)
    one, other = found.a[pair], found.b[pair]
    same = Buckets(positions, starts, sizes)
    within, crowded = same.pairs(largest), same.stars(largest + 1)
    a = np.concatenate([within[0], crowded[0], positions[starts[one] + nth // places[other]]])
    b = np.concatenate([within[1], crowded[1], positions[starts[other] + nth % places[other]]])
    equal = len(a) - len(pair)
    similarity = np.concatenate([np.ones(equal), found.similarity[pair]])
    copied = np.concatenate([np.ones(equal, np.bool_), found.copied[pair]])
    a, b = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((b, a))
    left_out = int(sizes[thinned | (sizes > largest)].sum())
    return NearDuplicates(a[order], b[order], similarity[order], copied[order], left_out)


def _largest_spread(found: NearDuplicates, sizes: Integers, most: int) -> int:
    """In how many places a text may stand so that the pairs of all places are not too many."""
    given = np.unique(np.append(sizes, 1))

    def pairs(largest: int) -> int:
        few = sizes <= largest
        places = np.where(few, sizes, 1)
        of_copies = np.where(few, sizes * (sizes - 1) // 2, sizes - 1)
        return int(of_copies.sum() + (places[found.a] * places[found.b]).sum())

    return int(given[max(bisect_right(given.tolist(), most, key=pairs) - 1, 0)])
