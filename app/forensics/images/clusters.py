"""Puts hashes that are near each other together, so that re-encoded copies count as one picture.

The most frequent hash leads, and takes all within the distance that no more frequent one has: no
chain of small steps joins two pictures, and the order in which hashes come does not matter.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from app.forensics.images.hamming import Words, words_of
from app.forensics.images.pdq import MATCH_DISTANCE

_PDQ = re.compile(r"(?:pdq:)?([0-9a-f]{64})", re.IGNORECASE)


def pdq_in(media_hash: str) -> str | None:
    """The digits of a media hash that is a PDQ: 64 digits, with or without `pdq:` before them."""
    found = _PDQ.fullmatch(media_hash.strip())
    return found[1].lower() if found else None


def leaders_of(digits: Iterable[str]) -> dict[str, str]:
    """For each PDQ hash the one that stands for it, which is itself where none is near.

    Args:
        digits: hashes of 64 hexadecimal digits, as often as they occur.
    """
    counts = Counter(digits)
    ranked = sorted(counts, key=lambda one: (-counts[one], one))
    leaders = _leaders(words_of(ranked)) if ranked else ()
    return {one: ranked[leader] for one, leader in zip(ranked, leaders, strict=True)}


def _leaders(hashes: Words) -> list[int]:
    """Of each row the first one that is near and has no leader itself."""
    leaders = np.arange(len(hashes))
    # Columns: one word of all hashes lies together. Of chance hashes half the words tell nearly all.
    first, second, *others = np.ascontiguousarray(hashes.T)
    for rank in range(len(hashes)):
        if leaders[rank] != rank:
            continue
        bits = np.bitwise_count(first[rank + 1 :] ^ first[rank])
        bits += np.bitwise_count(second[rank + 1 :] ^ second[rank])
        near = np.flatnonzero(bits <= MATCH_DISTANCE)
        for words in others:
            bits[near] += np.bitwise_count(words[rank + 1 + near] ^ words[rank])
        near = rank + 1 + near[bits[near] <= MATCH_DISTANCE]
        leaders[near[leaders[near] == near]] = rank
    taken: list[int] = leaders.tolist()
    return taken


def same_pictures(media_hashes: Sequence[str]) -> dict[str, str]:
    """For each media hash what it is known by: a PDQ by its leader, others as they are."""
    digits = [pdq_in(one) for one in media_hashes]
    leaders = leaders_of(one for one in digits if one is not None)
    return {
        one: one.strip() if pdq is None else f"pdq:{leaders[pdq]}"
        for one, pdq in zip(media_hashes, digits, strict=True)
    }
