"""How alike the pages of sites are: shared names, and shared runs of elements (Jaccard)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

MIN_MEMBERS = 20
ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Alike:
    """Two sites, by their places, how alike they are, and how many sites are as like one of them."""

    a: int
    b: int
    similarity: float
    holders: int


def alike_pairs(sets: Sequence[frozenset[str] | frozenset[int]]) -> list[Alike]:
    """The pairs whose sets are alike by weighted Jaccard, at least 0.8.

    A member counts log((n + 1) / sites that have it): what all sites of the set have in common says
    little. Sets of fewer than twenty members say nothing.
    """
    rows = [row for row, one in enumerate(sets) if len(one) >= MIN_MEMBERS]
    if len(rows) < 2:
        return []
    places = {
        member: place
        for place, member in enumerate(sorted(set().union(*(sets[row] for row in rows)), key=str))
    }
    columns = [places[member] for row in rows for member in sets[row]]
    starts = np.cumsum([0, *(len(sets[row]) for row in rows)])
    table = sparse.csr_matrix(
        (np.ones(len(columns)), columns, starts), shape=(len(rows), len(places))
    )
    weights = np.log((len(rows) + 1) / np.asarray(table.sum(axis=0)).ravel())
    weighted = table.multiply(weights).tocsr()
    common = (weighted @ table.T).toarray()
    sizes = common.diagonal()
    either = sizes[:, None] + sizes[None, :] - common
    similarity = np.divide(common, either, out=np.zeros_like(common), where=either > 0)
    alike = similarity >= ALIKE
    holders = alike.sum(axis=1)
    first, second = np.nonzero(np.triu(alike, 1))
    return [
        Alike(rows[a], rows[b], round(float(similarity[a, b]), 4), int(max(holders[a], holders[b])))
        for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]
