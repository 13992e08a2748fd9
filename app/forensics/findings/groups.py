"""The groups that unexplained edges make: communities, what they shared, signals of their accounts."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from app.forensics.analysis.edges import Edges
from app.forensics.analysis.network import describe
from app.forensics.analysis.shares import MICROSECONDS, Integers, Shares
from app.forensics.analysis.signals import signals
from app.forensics.findings.document import AccountActivity, Edge, Group
from app.forensics.findings.material import rfc3339
from app.forensics.findings.traces import SharesOfTrace

MAX_GROUP_OBJECTS = 100
_SIGNALS = ("interval_entropy", "hour_entropy", "active_bins", "busiest_bin", "in_step")
_DIGITS = 6


def groups_of(
    edges: Sequence[Edge],
    shares: Mapping[str, SharesOfTrace],
    windows_s: Mapping[str, float],
    posts: Counter[str],
) -> tuple[list[Group], list[AccountActivity]]:
    """The communities of a network, the largest first, and each of their accounts."""
    partners: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        partners[edge.account_a].add(edge.account_b)
        partners[edge.account_b].add(edge.account_a)
    told = _signals(sorted(partners), shares, windows_s)
    groups, accounts = [], []
    for members in _communities(edges, sorted(partners)):
        group_id = hashlib.sha256("\n".join(members).encode()).hexdigest()[:12]
        objects, first_us, last_us = _objects_of(members, shares, windows_s)
        inside = set(members)
        groups.append(
            Group(
                id=group_id,
                accounts=members,
                edges=sum(len(partners[member] & inside) for member in members) // 2,
                objects=objects[:MAX_GROUP_OBJECTS],
                objects_total=len(objects),
                first_at=rfc3339(first_us),
                last_at=rfc3339(last_us),
            )
        )
        accounts += [
            AccountActivity(
                account=member, group=group_id, partners=len(partners[member]), posts=posts[member],
                signals=told.get(member, {}),
            )
            for member in members
        ]  # fmt: skip
    return groups, accounts


def _communities(edges: Sequence[Edge], names: Sequence[str]) -> list[list[str]]:
    """The names of each community of two or more, sorted; edges of several traces add up."""
    code = {name: number for number, name in enumerate(names)}
    weights: Counter[tuple[int, int]] = Counter()
    for edge in edges:
        weights[code[edge.account_a], code[edge.account_b]] += edge.weight
    pairs = np.array(sorted(weights), np.int64).reshape(-1, 2)
    weight = np.array([weights[a, b] for a, b in pairs.tolist()], np.int64)
    zeros = np.zeros_like(weight)
    network = describe(Edges(pairs[:, 0], pairs[:, 1], weight, weight, zeros), weight)
    members: dict[int, list[str]] = defaultdict(list)
    for account, community in zip(
        network.account.tolist(), network.community.tolist(), strict=True
    ):
        members[community].append(names[account])
    return [members[number] for number in sorted(members) if len(members[number]) > 1]


def _objects_of(
    members: Sequence[str],
    shares: Mapping[str, SharesOfTrace],
    windows_s: Mapping[str, float],
) -> tuple[list[str], int | None, int | None]:
    """What at least two members shared within the window, most shared first, from when to when."""
    counted: Counter[str] = Counter()
    first_us, last_us = [], []
    for trace, given in shares.items():
        rows = np.isin(given.shares.account, _codes(given.shares, members))
        own = given.shares.where(rows).by_object()
        near = np.diff(own.at_us) <= windows_s[trace] * MICROSECONDS
        met = np.flatnonzero(near & (np.diff(own.object) == 0) & (np.diff(own.account) != 0))
        if not len(met):
            continue
        objects, times = np.unique(own.object[met], return_counts=True)
        for name, count in zip(own.objects.take(objects).to_pylist(), times, strict=True):
            counted[f"{trace}:{name}"] = int(count)
        first_us.append(int(own.at_us[met].min()))
        last_us.append(int(own.at_us[met + 1].max()))
    ordered = sorted(counted, key=lambda name: (-counted[name], name))
    return ordered, min(first_us, default=None), max(last_us, default=None)


def _signals(
    names: Sequence[str], shares: Mapping[str, SharesOfTrace], windows_s: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """Each account's signals, of the trace on which it has the most shares."""
    told: dict[str, dict[str, float]] = {}
    most: Counter[str] = Counter()
    for trace, given in shares.items():
        codes = np.sort(_codes(given.shares, names))
        found = signals(given.shares, codes, windows_s[trace])
        columns = [getattr(found, name).tolist() for name in _SIGNALS]
        accounts = given.shares.accounts.take(codes).to_pylist()
        for account, count, *values in zip(accounts, found.shares.tolist(), *columns, strict=True):
            if count > most[account]:
                most[account] = count
                told[account] = {
                    name: round(float(value), _DIGITS)
                    for name, value in zip(_SIGNALS, values, strict=True)
                    if not math.isnan(value)
                }
    return told


def _codes(shares: Shares, names: Sequence[str]) -> Integers:
    """The codes of those accounts that are among the shares."""
    found = pc.index_in(pa.array(names, shares.accounts.type), value_set=shares.accounts)
    return np.asarray(found.drop_null().to_numpy(zero_copy_only=False), np.int64)
