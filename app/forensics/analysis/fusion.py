"""Several traces together: the same accounts in step by links, by hashtags, by texts.

Traces of one post depend on each other, so their p-values are not multiplied (Fisher would find
too much): the smallest q of an edge, times the number of traces looked at (Bonferroni), holds
whatever the dependence. How many traces agree is told beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.forensics.analysis.null_model import FALSE_DISCOVERY_RATE, Tested
from app.forensics.analysis.shares import Integers, Numbers

METHOD, VERSION = "min-q-bonferroni", "1"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FusedEdge:
    """A pair of accounts, the traces on which it is significant, and its q over all of them."""

    account_a: str
    account_b: str
    traces: tuple[str, ...]
    objects: int
    q: float


def fuse(tested: Mapping[str, Tested]) -> list[FusedEdge]:
    """Edges that hold over all traces (trace name to its test), sorted by their accounts."""
    best: dict[Pair, float] = {}
    traces: dict[Pair, list[str]] = {}
    objects: dict[Pair, int] = {}
    for name in sorted(tested):
        one = tested[name]
        rows = np.flatnonzero(one.significant)
        for pair, q, k in zip(
            _names(one, rows), _listed(one.q[rows]), _listed(one.edges.objects[rows]), strict=True
        ):
            best[pair] = min(best.get(pair, 1.0), q)
            traces.setdefault(pair, []).append(name)
            objects[pair] = objects.get(pair, 0) + int(k)
    fused = (
        FusedEdge(*pair, tuple(traces[pair]), objects[pair], min(best[pair] * len(tested), 1.0))
        for pair in sorted(best)
    )
    return [edge for edge in fused if edge.q <= FALSE_DISCOVERY_RATE]


def _names(tested: Tested, rows: Integers) -> list[Pair]:
    names, edges = tested.window.shares.accounts, tested.edges.where(rows)
    return list(zip(names.take(edges.a).to_pylist(), names.take(edges.b).to_pylist(), strict=True))


def _listed(values: Numbers | Integers) -> list[float]:
    found: list[float] = values.tolist()
    return found
