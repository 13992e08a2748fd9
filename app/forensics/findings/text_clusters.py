"""Texts that are copies of each other under one name, as something that accounts share."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from app.forensics.analysis.near_duplicates import COPY_SIMILARITY, find_near_duplicates


def leaders_of(texts: Iterable[str]) -> dict[str, str]:
    """For each text the one that stands for it, which is itself where it has no copies.

    The most frequent text leads, and takes all of a similarity of 0.75 or more that no more frequent
    one has: no chain of small changes joins two texts, and the order of the posts does not matter.
    """
    counts = Counter(texts)
    ranked = sorted(counts, key=lambda text: (-counts[text], text))
    found = find_near_duplicates(ranked)
    copies: dict[int, list[int]] = defaultdict(list)
    for a, b, similarity in zip(
        found.a.tolist(), found.b.tolist(), found.similarity.tolist(), strict=True
    ):
        if similarity >= COPY_SIMILARITY:
            copies[a].append(b)
    leaders: dict[int, int] = {}
    for rank in range(len(ranked)):
        if rank not in leaders:
            leaders[rank] = rank
            for copy in copies[rank]:
                leaders.setdefault(copy, rank)
    return {text: ranked[leaders[rank]] for rank, text in enumerate(ranked)}
