"""Coordination as a finding: trace by trace, the edges that hold, and the groups that they make."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.forensics.analysis import coordination, coortweet, null_model
from app.forensics.analysis.windows import estimate_window
from app.forensics.findings.document import (
    AccountActivity,
    Behaviour,
    Check,
    Edge,
    FindingDocument,
    Group,
    MethodUsed,
)
from app.forensics.findings.groups import groups_of
from app.forensics.findings.material import Material
from app.forensics.findings.traces import SharesOfTrace, Trace, shares_of, traces_in

MAX_EDGES = 20_000
VERSIONS = {null_model.METHOD: null_model.VERSION, coortweet.METHOD: coortweet.VERSION}
Stage = Callable[[str], None]


@dataclass(slots=True)
class _Found:
    """What the traces gave together."""

    traces: int
    edges: list[Edge] = field(default_factory=list)
    checks: dict[str, list[Check]] = field(default_factory=dict)
    windows_s: dict[str, float] = field(default_factory=dict)
    shares: dict[str, SharesOfTrace] = field(default_factory=dict)
    pairs_met: int = 0


def find_coordination(
    material: Material, parameters: dict[str, Any], stage: Stage
) -> FindingDocument:
    """The finding of posts; `parameters` are those of `CoordinationWish`.

    Raises:
        TooManyPairsError: an object that very many share at once makes too many pairs.
    """
    method = parameters["method"]
    traces = [Trace(name) for name in parameters["traces"]] or list(traces_in(material.posts))
    found = _Found(len(traces))
    for trace in traces:
        stage(f"{trace}: who shared what")
        given = shares_of(material.posts, trace)
        window_s = parameters["window_s"] or estimate_window(given.shares)
        found.shares[trace], found.windows_s[trace] = given, window_s
        stage(f"{trace}: pairs within {window_s:g} s")
        find = _by_coortweet if method == coortweet.METHOD else _against_chance
        find(found, trace, given, window_s, parameters)
    stage("groups")
    groups, accounts = groups_of(
        [edge for edge in found.edges if edge.benign is None], found.shares, found.windows_s,
        Counter(material.posts.column("name").to_pylist()),
    )  # fmt: skip
    return _document(material, parameters, found, groups, accounts)


def _against_chance(
    found: _Found, trace: Trace, given: SharesOfTrace, window_s: float, parameters: dict[str, Any]
) -> None:
    result = coordination.analyse(
        given.shares, window_s, parameters["min_participation"], given.known
    )
    found.pairs_met += len(result.edges)
    found.checks[trace] = [
        Check(
            explanation=check.explanation.value,
            outcome=check.outcome,
            objects=check.objects,
            edges=check.edges,
        )
        for check in result.checks
    ]
    rows = np.flatnonzero(result.significant)
    names, edges = given.shares.accounts, result.edges.where(rows)
    for a, b, weight, delta_s, row in zip(
        names.take(edges.a).to_pylist(), names.take(edges.b).to_pylist(), edges.objects.tolist(),
        edges.mean_delta_s.tolist(), rows.tolist(), strict=True,
    ):  # fmt: skip
        benign = result.benign[row]
        q = float(result.q[row]) * found.traces
        if q > null_model.FALSE_DISCOVERY_RATE:
            continue
        found.edges.append(
            Edge(
                trace=trace, account_a=a, account_b=b, weight=weight, avg_time_delta_s=delta_s,
                expected=float(result.expected[row]), p=float(result.p[row]),
                q=q, benign=None if benign is None else benign.value,
            )
        )  # fmt: skip


def _by_coortweet(
    found: _Found, trace: Trace, given: SharesOfTrace, window_s: float, parameters: dict[str, Any]
) -> None:
    edges = coortweet.detect(given.shares, window_s, parameters["min_participation"])
    found.pairs_met += len(edges)
    if parameters["quantile"] is not None:
        edges = coortweet.above_quantile(edges, parameters["quantile"])
    names = given.shares.accounts
    for a, b, weight, delta_s in zip(
        names.take(edges.a).to_pylist(), names.take(edges.b).to_pylist(), edges.pairs.tolist(),
        edges.mean_delta_s.tolist(), strict=True,
    ):  # fmt: skip
        found.edges.append(
            Edge(trace=trace, account_a=a, account_b=b, weight=weight, avg_time_delta_s=delta_s)
        )


def _document(
    material: Material,
    parameters: dict[str, Any],
    found: _Found,
    groups: list[Group],
    accounts: list[AccountActivity],
) -> FindingDocument:
    method = parameters["method"]
    explained = sum(edge.benign is not None for edge in found.edges)
    outcome = "found" if groups else "explained" if explained else "nothing_found"
    edges = sorted(found.edges, key=lambda one: (one.benign is not None, -one.weight,
                                                 one.account_a, one.account_b, one.trace))  # fmt: skip
    caveats = _caveats(material, method, outcome, len(edges))
    return FindingDocument(
        kind="coordination",
        outcome=outcome,
        summary=_summary(outcome, groups, explained, material),
        method=MethodUsed(
            name=method,
            version=VERSIONS[method],
            parameters={
                **parameters, "traces": list(found.shares), "windows_s": dict(found.windows_s)
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
            "groups": len(groups),
            "accounts_in_groups": len(accounts),
        },
        behaviour=Behaviour(
            windows_s=found.windows_s, groups=groups, accounts=accounts, edges=edges[:MAX_EDGES],
            checks=_merged(found.checks),
        ),
        caveats=caveats,
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


def _summary(outcome: str, groups: list[Group], explained: int, material: Material) -> str:
    looked = f"{material.input.posts_used:,} posts were looked at"
    if outcome == "found":
        accounts = sum(len(group.accounts) for group in groups)
        return (
            f"{looked}; {accounts:,} accounts in {len(groups):,} groups shared the same at the"
            " same time more often than chance and benign explanations account for"
        )
    if outcome == "explained":
        return (
            f"{looked}; {explained:,} pairs shared the same at the same time, and all of it has a"
            " benign explanation"
        )
    return f"{looked}; nobody shared the same at the same time more often than chance has it"


def _caveats(material: Material, method: str, outcome: str, edges: int) -> list[str]:
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
    said += material.caveats
    if edges > MAX_EDGES:
        said.append(f"Of {edges} edges the heaviest {MAX_EDGES} are listed.")
    return said
