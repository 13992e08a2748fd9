"""Texts that are copies of each other under one name, as something that accounts share.

MinHash bands tell which texts may be copies at all; among those each leader is held against all that
have none yet, by a bit of each hash, by the hashes, and at last by the 5-grams themselves.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from app.forensics.analysis.grams import HASHES, Digests, Grams, Hashes, buckets_of, groups_of
from app.forensics.analysis.near_duplicates import COPY_SIMILARITY
from app.forensics.analysis.shares import Integers

ROWS = 5
"""25 bands of 5 hashes bring copies (Jaccard index 0.75) together 999 times in 1,000."""
MAX_BITS = 27
"""Of 126 bits those of copies (0.75) differ in 16 +- 4, of texts of one pattern (0.5) in 32 +- 5."""
MIN_AGREEMENT = 80
"""Of 126 hashes of copies 94 +- 5 agree; of texts of one pattern 63 +- 6."""


def leaders_of(texts: Iterable[str]) -> dict[str, str]:
    """For each text the one that stands for it, which is itself where it has no copies.

    The most frequent text leads, and takes all of a similarity of 0.75 or more that no more frequent
    one has: no chain of small changes joins two texts, and the order of the posts does not matter.

    Args:
        texts: as `normalise` leaves them, as often as they occur.
    """
    counts = Counter(texts)
    ranked = sorted(counts, key=lambda text: (-counts[text], text))
    grams = Grams.of(ranked)
    digests = grams.digests()
    leaders = np.arange(len(ranked))
    stars = [buckets.stars() for buckets in buckets_of(digests, ROWS)]
    for group in groups_of(stars, len(ranked)):
        _lead(group, grams, digests, leaders)
    return {text: ranked[leaders[rank]] for rank, text in enumerate(ranked)}


def _lead(group: Integers, grams: Grams, digests: Digests, leaders: Integers) -> None:
    """Give each text of a group, the most frequent first, the first leader that it is a copy of."""
    first, second = _bits(digests[group])
    while len(group) > 1:
        leader, group = group[0], group[1:]
        differ = np.bitwise_count(first[1:] ^ first[0])
        differ += np.bitwise_count(second[1:] ^ second[0])
        first, second = first[1:], second[1:]
        near = np.flatnonzero(differ <= MAX_BITS)
        agree = (digests[group[near]] == digests[leader]).sum(axis=1)
        near = near[agree >= MIN_AGREEMENT]
        one = np.full(len(near), leader)
        shared = grams.shared(one, group[near])
        union = grams.sizes[one] + grams.sizes[group[near]] - shared
        near = near[shared >= COPY_SIMILARITY * union]
        if len(near):
            leaders[group[near]] = leader
            left = np.ones(len(group), np.bool_)
            left[near] = False
            group, first, second = group[left], first[left], second[left]


def _bits(digests: Digests) -> tuple[Hashes, Hashes]:
    """The last bit of each hash, 64 to a word; a column of all texts lies together."""
    bits = np.zeros((len(digests), 128), np.uint8)
    bits[:, :HASHES] = digests & 1
    words = np.ascontiguousarray(np.packbits(bits, axis=1).view(np.uint64).T)
    return words[0], words[1]
