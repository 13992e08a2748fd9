"""The groups that unexplained ties make: communities, what they shared, signals of their accounts."""

import hashlib
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from app.forensics.analysis.edges import Edges
from app.forensics.analysis.fusion import FusedEdge
from app.forensics.analysis.network import describe, shared_objects
from app.forensics.analysis.shares import MICROSECONDS, Integers, Shares
from app.forensics.analysis.signals import signals
from app.forensics.findings.document import AccountActivity, Edge, Group, SharedObject
from app.forensics.findings.material import rfc3339
from app.forensics.findings.traces import SharesOfTrace

MAX_GROUP_OBJECTS = 100
MAX_OBJECTS = 1_000
_SIGNALS = ("interval_entropy", "hour_entropy", "active_bins", "busiest_bin", "in_step")
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Grouped:
    """Communities, the largest first, each of their accounts, and what these shared."""

    groups: list[Group] = field(default_factory=list)
    accounts: list[AccountActivity] = field(default_factory=list)
    objects: list[SharedObject] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Member:
    """An account's place in the network of ties."""

    name: str
    degree: int
    strength: int
    core: int


def groups_of(
    ties: Sequence[FusedEdge],
    edges: Sequence[Edge],
    shares: Mapping[str, SharesOfTrace],
    windows_s: Mapping[str, float],
    posts: Counter[str],
) -> Grouped:
    """The communities that ties make; `edges` are what the ties are made of."""
    grouped = Grouped()
    communities = _communities(ties)
    names = sorted(member.name for members in communities for member in members)
    told = _signals(names, shares, windows_s)
    within = _ties_within(communities, ties, edges)
    for members, (inside, deltas_s) in zip(communities, within, strict=True):
        accounts = [member.name for member in members]
        group_id = hashlib.sha256("\n".join(accounts).encode()).hexdigest()[:12]
        objects, first_us, last_us = _objects_of(accounts, shares, windows_s)
        grouped.groups.append(
            Group(
                id=group_id,
                accounts=accounts,
                edges=len(inside),
                fast_edges=sum(tie.is_fast for tie in inside),
                core=max(member.core for member in members),
                traces=sorted({trace for tie in inside for trace in tie.traces}),
                median_delta_s=round(statistics.median(deltas_s), _DIGITS) if deltas_s else None,
                objects=objects[:MAX_GROUP_OBJECTS],
                objects_total=len(objects),
                first_at=rfc3339(first_us),
                last_at=rfc3339(last_us),
            )
        )
        grouped.accounts.extend(
            AccountActivity(
                account=member.name, group=group_id, partners=member.degree,
                strength=member.strength, core=member.core, posts=posts[member.name],
                signals=told.get(member.name, {}),
            )
            for member in members
        )  # fmt: skip
    grouped.objects.extend(_shared_by(names, shares))
    return grouped


def _communities(ties: Sequence[FusedEdge]) -> list[list[_Member]]:
    """The accounts of each community of two or more, by name."""
    names = sorted({name for tie in ties for name in (tie.account_a, tie.account_b)})
    code = {name: number for number, name in enumerate(names)}
    a = np.array([code[tie.account_a] for tie in ties], np.int64)
    b = np.array([code[tie.account_b] for tie in ties], np.int64)
    weight = np.array([tie.weight for tie in ties], np.int64)
    network = describe(Edges(a, b, weight, weight, np.zeros_like(weight)), weight)
    members: dict[int, list[_Member]] = defaultdict(list)
    columns = (network.account, network.degree, network.strength, network.core)
    for community, account, *numbers in zip(
        network.community.tolist(), *(column.tolist() for column in columns), strict=True
    ):
        members[community].append(_Member(names[account], *numbers))
    return [members[number] for number in sorted(members) if len(members[number]) > 1]


def _ties_within(
    communities: Sequence[Sequence[_Member]], ties: Sequence[FusedEdge], edges: Sequence[Edge]
) -> list[tuple[list[FusedEdge], list[float]]]:
    """For each community the ties inside of it, and the mean times between shares of their edges."""
    place = {member.name: n for n, members in enumerate(communities) for member in members}
    found: list[tuple[list[FusedEdge], list[float]]] = [([], []) for _ in communities]
    for tie in ties:
        if place.get(tie.account_a, -1) == place.get(tie.account_b, -2):
            found[place[tie.account_a]][0].append(tie)
    for edge in edges:
        if place.get(edge.account_a, -1) == place.get(edge.account_b, -2):
            found[place[edge.account_a]][1].append(edge.avg_time_delta_s)
    return found


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


def _shared_by(names: Sequence[str], shares: Mapping[str, SharesOfTrace]) -> list[SharedObject]:
    """What at least two of the accounts shared at any time, by most of them first."""
    found = []
    for trace, given in shares.items():
        told = shared_objects(given.shares, _codes(given.shares, names))
        objects = given.shares.objects.take(told.object[:MAX_OBJECTS]).to_pylist()
        columns = (told.accounts, told.shares, told.first_us, told.spread_s)
        for name, accounts, count, first_us, spread_s in zip(
            objects, *(column[:MAX_OBJECTS].tolist() for column in columns), strict=True
        ):
            found.append(
                SharedObject(
                    trace=trace, object=name, accounts=accounts, shares=count,
                    first_at=rfc3339(first_us) or "", spread_s=spread_s,
                )
            )  # fmt: skip
    found.sort(key=lambda one: (-one.accounts, one.first_at, one.trace, one.object))
    return found[:MAX_OBJECTS]


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
