"""The network of accounts on edges: communities, cores, and what each account and object does in it."""

from dataclasses import dataclass

import numpy as np

from app.forensics.analysis.edges import Edges
from app.forensics.analysis.shares import Integers, Numbers, Shares

METHOD, VERSION = "leiden", "1"
SEED = 1


@dataclass(frozen=True, slots=True)
class Network:
    """Accounts that are on an edge (codes, sorted), and for each its place in the network."""

    account: Integers
    degree: Integers
    strength: Integers
    """The sum of the weights of its edges."""
    core: Integers
    """The largest k for which it is in the k-core: among accounts with k edges to each other."""
    community: Integers
    """Numbered from 0, the largest first; among equals the one with the first account."""

    def __len__(self) -> int:
        return len(self.account)


def describe(edges: Edges, weight: Integers) -> Network:
    """Communities by Leiden (Traag et al. 2019; modularity, seeded), k-cores, degrees."""
    account, position = np.unique(np.concatenate([edges.a, edges.b]), return_inverse=True)
    one, other = np.split(position, 2)
    if not len(account):
        return Network(*(np.zeros(0, np.int64) for _ in range(5)))
    rows, columns = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.lexsort((columns, rows))
    neighbours, weights = columns[order], np.concatenate([weight, weight])[order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(account)))])
    return Network(
        account, np.diff(starts), np.add.reduceat(weights, starts[:-1]),
        _cores(starts, neighbours), _communities(starts, neighbours, weights),
    )  # fmt: skip


def _communities(starts: Integers, neighbours: Integers, weights: Integers) -> Integers:
    from graspologic_native import leiden_csr  # noqa: PLC0415 - a compiled library only this needs

    count = len(starts) - 1
    _, found = leiden_csr(
        starts.astype(np.int64), neighbours.astype(np.int32), weights.astype(np.float64), count,
        seed=SEED,
    )  # fmt: skip
    raw = np.array([found[node] for node in range(count)])
    _, first, renumbered, sizes = np.unique(
        raw, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return np.asarray(rank[renumbered], np.int64)


def _cores(starts: Integers, neighbours: Integers) -> Integers:
    """Core numbers by peeling off the accounts of least degree (Batagelj and Zaversnik 2003)."""
    degree = np.diff(starts).astype(np.int64)
    core = np.zeros_like(degree)
    left = np.ones(len(degree), np.bool_)
    k = 0
    while left.any():
        k = max(k, int(degree[left].min()))
        peeled = np.flatnonzero(left & (degree <= k))
        while len(peeled):
            core[peeled], left[peeled] = k, False
            lost = np.concatenate([neighbours[starts[one] : starts[one + 1]] for one in peeled])
            np.subtract.at(degree, lost, 1)
            peeled = np.flatnonzero(left & (degree <= k))
    return core


@dataclass(frozen=True, slots=True)
class SharedObjects:
    """Objects that some accounts shared (codes, most accounts first), and how."""

    object: Integers
    accounts: Integers
    shares: Integers
    first_us: Integers
    spread_s: Numbers
    """From the first share by an account of the network to its last."""


def shared_objects(shares: Shares, accounts: Integers) -> SharedObjects:
    """What at least two of some accounts (codes) shared."""
    own = shares.where(np.isin(shares.account, accounts)).by_object()
    if not len(own):
        none = np.zeros(0, np.int64)
        return SharedObjects(none, none, none, none, none.astype(np.float64))
    starts = np.concatenate([[0], np.flatnonzero(np.diff(own.object)) + 1])
    ends = np.append(starts[1:], len(own))
    sharers = np.bincount(own.incidence() % len(own.objects), minlength=len(own.objects))
    object_ = own.object[starts].astype(np.int64)
    first, last = own.at_us[starts], own.at_us[ends - 1]
    rows = np.lexsort((object_, -sharers[object_]))
    rows = rows[sharers[object_[rows]] > 1]
    return SharedObjects(
        object_[rows], sharers[object_[rows]], (ends - starts)[rows], first[rows],
        (last - first)[rows] / 1_000_000,
    )  # fmt: skip
