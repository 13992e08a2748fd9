"""Several traces together: the same accounts in step by links, by hashtags, by texts.

Traces of one post depend on each other, so their p-values are not multiplied (Fisher would find
too much): the smallest q of a pair, times the number of traces looked at (Bonferroni), holds
whatever the dependence. How many traces agree is told beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.forensics.analysis.null_model import FALSE_DISCOVERY_RATE

METHOD, VERSION = "min-q-bonferroni", "1"


@dataclass(frozen=True, slots=True)
class TracedEdge:
    """A pair of accounts on one trace; without a `q` it was not tested, and holds."""

    account_a: str
    account_b: str
    trace: str
    weight: int
    q: float | None
    is_fast: bool = False


@dataclass(frozen=True, slots=True)
class FusedEdge:
    """A pair of accounts, the traces on which it is significant, and its q over all of them."""

    account_a: str
    account_b: str
    traces: tuple[str, ...]
    weight: int
    q: float | None
    is_fast: bool


def fuse(edges: Iterable[TracedEdge], traces: int, min_traces: int = 1) -> list[FusedEdge]:
    """Pairs that hold over so many traces that were looked at, sorted by their accounts.

    Args:
        edges: what is significant on one trace each.
        min_traces: how many traces must agree on a pair.
    """
    pairs: dict[tuple[str, str], list[TracedEdge]] = {}
    for edge in edges:
        pairs.setdefault((edge.account_a, edge.account_b), []).append(edge)
    fused = (_fused(pairs[pair], traces) for pair in sorted(pairs))
    return [
        edge
        for edge in fused
        if len(edge.traces) >= min_traces and (edge.q is None or edge.q <= FALSE_DISCOVERY_RATE)
    ]


def _fused(edges: list[TracedEdge], traces: int) -> FusedEdge:
    q = min((edge.q for edge in edges if edge.q is not None), default=None)
    return FusedEdge(
        edges[0].account_a,
        edges[0].account_b,
        tuple(sorted({edge.trace for edge in edges})),
        sum(edge.weight for edge in edges),
        None if q is None else min(q * traces, 1.0),
        any(edge.is_fast for edge in edges),
    )
