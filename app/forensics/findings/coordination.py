"""Coordination as a finding: trace by trace, the edges that hold, and the groups that they make."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.forensics.analysis import coordination, coortweet, fusion, null_model
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.fusion import FusedEdge, TracedEdge, fuse
from app.forensics.analysis.shares import Integers
from app.forensics.analysis.windows import FAST_PART, estimate_window, objects_within
from app.forensics.findings import traces
from app.forensics.findings.document import (
    Behaviour,
    Check,
    Edge,
    FindingDocument,
    Group,
    MethodUsed,
    Tie,
)
from app.forensics.findings.groups import Grouped, groups_of
from app.forensics.findings.material import Material
from app.forensics.findings.traces import SharesOfTrace, Trace, shares_of, traces_in

MAX_EDGES = 20_000
VERSIONS = {null_model.METHOD: null_model.VERSION, coortweet.METHOD: coortweet.VERSION}
Stage = Callable[[str], None]


@dataclass(slots=True)
class _Found:
    """What the traces gave together; edges have the q of their own trace until they are fused."""

    edges: list[Edge] = field(default_factory=list)
    checks: dict[str, list[Check]] = field(default_factory=dict)
    windows_s: dict[str, float] = field(default_factory=dict)
    fast_windows_s: dict[str, float] = field(default_factory=dict)
    shares: dict[str, SharesOfTrace] = field(default_factory=dict)
    pairs_met: int = 0
    slow_edges: int = 0


@dataclass(frozen=True, slots=True)
class _Looked:
    """One trace as it is looked at."""

    trace: Trace
    given: SharesOfTrace
    window_s: float
    fast_window_s: float


def find_coordination(
    material: Material, parameters: dict[str, Any], stage: Stage
) -> FindingDocument:
    """The finding of posts; `parameters` are those of an analysis of coordination.

    Raises:
        TooManyPairsError: an object that very many share at once makes too many pairs.
    """
    method = parameters["method"]
    found = _Found()
    for trace in [Trace(name) for name in parameters["traces"]] or list(traces_in(material.posts)):
        stage(f"{trace}: who shared what")
        given = shares_of(material.posts, trace)
        window_s = parameters["window_s"] or estimate_window(given.shares)
        fast_window_s = parameters["fast_window_s"] or window_s * FAST_PART
        found.shares[trace] = given
        found.windows_s[trace], found.fast_windows_s[trace] = window_s, fast_window_s
        stage(f"{trace}: pairs within {window_s:g} s")
        find = _by_coortweet if method == coortweet.METHOD else _against_chance
        find(found, _Looked(trace, given, window_s, fast_window_s), parameters)
    stage("groups")
    ties = fuse(
        map(_traced, _unexplained(found.edges)), len(found.shares), parameters["min_traces"]
    )
    edges = list(_held(found.edges, ties, len(found.shares)))
    posts = Counter(material.posts.column("name").to_pylist())
    grouped = groups_of(ties, _unexplained(edges), found.shares, found.windows_s, posts)
    return _document(material, parameters, found, edges, ties, grouped)


def _against_chance(found: _Found, looked: _Looked, parameters: dict[str, Any]) -> None:
    given = looked.given
    result = coordination.analyse(
        given.shares, looked.window_s, parameters["min_participation"], given.known
    )
    found.pairs_met += len(result.edges)
    found.slow_edges += result.slow_findings
    found.checks[looked.trace] = [
        Check(
            explanation=check.explanation.value,
            outcome=check.outcome,
            objects=check.objects,
            edges=check.edges,
        )
        for check in result.checks
    ]
    rows = np.flatnonzero(result.significant)
    edges = result.edges.where(rows)
    for edge, row in zip(_edges(looked, edges, edges.objects), rows.tolist(), strict=True):
        benign = result.benign[row]
        tested = {
            "expected": float(result.expected[row]), "p": float(result.p[row]),
            "q": float(result.q[row]), "benign": None if benign is None else benign.value,
        }  # fmt: skip
        found.edges.append(edge.model_copy(update=tested))


def _by_coortweet(found: _Found, looked: _Looked, parameters: dict[str, Any]) -> None:
    edges = coortweet.detect(looked.given.shares, looked.window_s, parameters["min_participation"])
    found.pairs_met += len(edges)
    if parameters["quantile"] is not None:
        edges = coortweet.above_quantile(edges, parameters["quantile"])
    found.edges += _edges(looked, edges, edges.pairs)


def _edges(looked: _Looked, edges: Edges, weight: Integers) -> Iterator[Edge]:
    """Edges of a trace by the names of their accounts."""
    shares = looked.given.shares
    fast = objects_within(shares, edges, looked.fast_window_s)
    for a, b, each, delta_s, fast_objects in zip(
        shares.accounts.take(edges.a).to_pylist(), shares.accounts.take(edges.b).to_pylist(),
        weight.tolist(), edges.mean_delta_s.tolist(), fast.tolist(), strict=True,
    ):  # fmt: skip
        yield Edge(
            trace=looked.trace, account_a=a, account_b=b, weight=each, avg_time_delta_s=delta_s,
            fast_objects=fast_objects,
        )  # fmt: skip


def _unexplained(edges: Iterable[Edge]) -> list[Edge]:
    return [edge for edge in edges if edge.benign is None]


def _traced(edge: Edge) -> TracedEdge:
    return TracedEdge(
        edge.account_a, edge.account_b, edge.trace, edge.weight, edge.q, edge.fast_objects > 0
    )


def _held(edges: Iterable[Edge], ties: Iterable[FusedEdge], traces: int) -> Iterator[Edge]:
    """The edges of ties, and those that are explained and hold over so many traces."""
    tied = {(tie.account_a, tie.account_b) for tie in ties}
    for edge in edges:
        q = None if edge.q is None else min(edge.q * traces, 1.0)
        if edge.benign is None:
            holds = (edge.account_a, edge.account_b) in tied
        else:
            holds = q is None or q <= null_model.FALSE_DISCOVERY_RATE
        if holds:
            yield edge if q is None else edge.model_copy(update={"q": q})


def _document(
    material: Material,
    parameters: dict[str, Any],
    found: _Found,
    edges: list[Edge],
    ties: list[FusedEdge],
    grouped: Grouped,
) -> FindingDocument:
    method, groups = parameters["method"], grouped.groups
    explained = sum(edge.benign is not None for edge in edges)
    outcome = "found" if groups else "explained" if explained else "nothing_found"
    edges.sort(key=lambda one: (one.benign is not None, -one.weight, one.account_a, one.account_b,
                                one.trace))  # fmt: skip
    ties = sorted(ties, key=lambda one: (-one.weight, one.account_a, one.account_b))
    caveats = _caveats(material, method, outcome, len(edges), found.slow_edges)
    return FindingDocument(
        kind="coordination",
        outcome=outcome,
        summary=_summary(method, outcome, groups, explained, material),
        method=MethodUsed(
            name=method,
            version=VERSIONS[method],
            parameters={
                **parameters, "traces": list(found.shares), "windows_s": dict(found.windows_s),
                "fast_windows_s": dict(found.fast_windows_s), "fusion": f"{fusion.METHOD} {fusion.VERSION}",
                "objects": f"{traces.METHOD} {traces.VERSION}",
            },
        ),
        input=material.input,
        counts={
            "shares": sum(len(given.shares) for given in found.shares.values()),
            "accounts": len(set(material.posts.column("name").to_pylist())),
            "pairs_met": found.pairs_met,
            "edges": len(edges),
            "edges_shown": min(len(edges), MAX_EDGES),
            "edges_explained": explained,
            "ties": len(ties),
            "ties_fast": sum(tie.is_fast for tie in ties),
            "ties_on_several_traces": sum(len(tie.traces) > 1 for tie in ties),
            "groups": len(groups),
            "accounts_in_groups": len(grouped.accounts),
        },
        behaviour=Behaviour(
            windows_s=found.windows_s, fast_windows_s=found.fast_windows_s, groups=groups,
            accounts=grouped.accounts, edges=edges[:MAX_EDGES],
            ties=[_tie(tie) for tie in ties[:MAX_EDGES]], objects=grouped.objects,
            checks=_merged(found.checks),
        ),
        caveats=caveats,
    )  # fmt: skip


def _tie(tie: FusedEdge) -> Tie:
    return Tie(
        account_a=tie.account_a, account_b=tie.account_b, traces=list(tie.traces),
        weight=tie.weight, q=tie.q, fast=tie.is_fast,
    )  # fmt: skip


def _merged(checks: dict[str, list[Check]]) -> list[Check]:
    """One check for each explanation over all traces: one that failed anywhere has failed."""
    rank = ("failed", "passed", "not_checked")
    merged: dict[str, Check] = {}
    for check in (one for trace in checks.values() for one in trace):
        before = merged.get(check.explanation, check.model_copy(update={"objects": 0, "edges": 0}))
        merged[check.explanation] = Check(
            explanation=check.explanation,
            outcome=min(before.outcome, check.outcome, key=rank.index),
            objects=before.objects + check.objects,
            edges=before.edges + check.edges,
        )
    return list(merged.values())


def _summary(
    method: str, outcome: str, groups: list[Group], explained: int, material: Material
) -> str:
    looked = f"{material.input.posts_used:,} posts were looked at"
    if outcome == "found":
        accounts = sum(len(group.accounts) for group in groups)
        who = f"{accounts:,} accounts in {len(groups):,} group{'s' * (len(groups) > 1)}"
        how = (
            "by CooRTweet's definition"
            if method == coortweet.METHOD
            else "more often than chance and benign explanations account for"
        )
        return f"{looked}; {who} shared the same at the same time {how}"
    if outcome == "explained":
        return (
            f"{looked}; {explained:,} pairs shared the same at the same time, and all of it has a"
            " benign explanation"
        )
    return f"{looked}; nobody shared the same at the same time more often than chance has it"


def _caveats(
    material: Material, method: str, outcome: str, edges: int, slow_edges: int
) -> list[str]:
    said = [
        "Behaviour was measured. It tells neither who is behind an account nor what was meant.",
        "Only the posts of this corpus were seen: what was not collected is not counted.",
    ]
    if method == coortweet.METHOD:
        said.append(
            "CooRTweet's definition does not test against chance: a threshold always finds."
        )
    if outcome == "nothing_found":
        said.append("Nothing found is no proof that there was nothing.")
    if outcome == "found" and slow_edges:
        said.append(
            f"{slow_edges:,} edges hold only within more than a minute, as those of people would who"
            " follow one source: a window of 60 s tells who acts in step."
        )
    said += material.caveats
    if edges > MAX_EDGES:
        said.append(f"Of {edges} edges the heaviest {MAX_EDGES} are listed.")
    return said
