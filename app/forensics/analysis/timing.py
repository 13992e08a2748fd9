"""A second look at edges: given what both accounts shared at any time, did they meet too often?

The null model takes each account to choose objects by their popularity alone. Accounts with one
interest share more of the same, and meet more. Here the objects that both shared are given, and
only the meeting is left to chance: an object that `n` accounts shared has c = n (n - 1) / 2 pairs
of them, of which w met within the window, so two shares of it meet with probability w / c. The
rate is that of accounts without a significant edge (a campaign must not explain itself); where
few of them share an object, it is drawn towards that of objects of like popularity. Two accounts
that share an object several times have as many chances to meet; two that are awake in the same
hours meet more often by as much as their hours agree.
"""

from collections.abc import Sequence

import numpy as np

from app.forensics.analysis.coshares import Window
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.null_model import (
    FALSE_DISCOVERY_RATE,
    MIN_OBJECTS,
    Tested,
    adjusted,
    binomial_tail,
)
from app.forensics.analysis.shares import MICROSECONDS, Flags, Integers, Numbers, Shares

PRIOR_PAIRS = 30
PRIOR_SHARES = 24
_ROWS_AT_ONCE = 4_000_000
_SAMPLED_ACCOUNTS = 500


def hold_given_interests(tested: Tested, edges: Edges) -> Flags:
    """Which edges hold at the same false discovery rate where the objects of both are given."""
    if not len(edges):
        return np.zeros(0, np.bool_)
    incidence = tested.window.shares.incidence()
    p = p_given_objects(tested, edges, incidence)
    tests = _comparable_pairs(incidence, tested.window.shares)
    return adjusted(p, max(tests, len(p))) <= FALSE_DISCOVERY_RATE


def common_objects(shares: Shares, edges: Edges, of: Sequence[int]) -> Numbers:
    """For each edge, how many of some objects both accounts shared, at any time."""
    incidence = shares.incidence()
    wanted = np.zeros(len(shares.objects))
    wanted[list(of)] = 1
    return _sum_over_common(edges, incidence, wanted)


def p_given_objects(tested: Tested, edges: Edges, incidence: Integers) -> Numbers:
    """For each edge, P(K >= k) where the objects that both shared are given."""
    shares, rates = tested.window.shares, _meeting_rates(tested, edges, incidence)
    expected = _sum_over_common(edges, incidence, rates, _repeats(shares, incidence))
    both_shared = _sum_over_common(edges, incidence, np.ones_like(rates)).astype(np.int64)
    return binomial_tail(edges.objects, both_shared, expected * _common_hours(shares, edges))


def _repeats(shares: Shares, incidence: Integers) -> Integers:
    """How often each account shared each of its objects; who repeats an object meets more."""
    keys = shares.account.astype(np.int64) * len(shares.objects) + shares.object
    return np.bincount(np.searchsorted(incidence, keys), minlength=len(incidence))


def _meeting_rates(tested: Tested, edges: Edges, incidence: Integers) -> Numbers:
    """For each object, how often two of its sharers that are not on `edges` met."""
    shares, objects = tested.window.shares, len(tested.window.shares.objects)
    named = np.zeros(len(shares.accounts), np.bool_)
    named[edges.a] = named[edges.b] = True
    others = Window.over(shares.where(~named[shares.account]), tested.window.window_s)
    sharers = np.bincount(others.shares.incidence() % objects, minlength=objects)
    pairs = sharers * (sharers - 1) / 2
    met = np.minimum(others.pairs_of_object, pairs)
    popularity = np.bincount(incidence % objects, minlength=objects)
    like = np.log2(np.maximum(popularity, 1)).astype(np.int64)
    like_met, like_pairs = np.bincount(like, met), np.bincount(like, pairs)
    overall = met.sum() / max(pairs.sum(), 1)
    prior = (like_met + PRIOR_PAIRS * overall) / (like_pairs + PRIOR_PAIRS)
    return np.asarray((met + PRIOR_PAIRS * prior[like]) / (pairs + PRIOR_PAIRS), np.float64)


def _common_hours(shares: Shares, edges: Edges) -> Numbers:
    """For each edge, how much more often than any two accounts its two share in the same hour."""
    hour = shares.at_us // (3_600 * MICROSECONDS) % 24
    everybody = (np.bincount(hour, minlength=24) + 1) / (len(hour) + 24)
    named, position = np.unique(np.concatenate([edges.a, edges.b]), return_inverse=True)
    place = np.full(len(shares.accounts), -1)
    place[named] = np.arange(len(named))
    row = place[shares.account]
    counts = np.bincount((row * 24 + hour)[row >= 0], minlength=24 * len(named)).reshape(-1, 24)
    profile = counts + PRIOR_SHARES * everybody
    profile /= profile.sum(axis=1, keepdims=True)
    a, b = np.split(position, 2)
    together = np.zeros(len(edges))
    for h in range(24):
        together += profile[a, h] * profile[b, h] / everybody[h]
    return np.maximum(together, 1)


def _sum_over_common(
    edges: Edges, incidence: Integers, values: Numbers, repeats: Integers | None = None
) -> Numbers:
    """For each edge the sum of `values` over the objects that both accounts shared.

    With `repeats` a value is the probability of one pair of shares, and what is summed is that of
    any pair of shares of the object by the two accounts.
    """
    objects = len(values)
    ends = np.searchsorted(
        incidence, np.stack([edges.a, edges.a + 1, edges.b, edges.b + 1]) * objects
    )
    swap = ends[1] - ends[0] > ends[3] - ends[2]
    first = np.where(swap, ends[2], ends[0])
    counts = np.where(swap, ends[3], ends[1]) - first
    other = np.where(swap, edges.a, edges.b)
    sums = np.zeros(len(edges))
    work = np.cumsum(counts)
    cuts = np.searchsorted(work, np.arange(0, work[-1] if len(work) else 0, _ROWS_AT_ONCE))[1:]
    for rows in np.split(np.arange(len(edges)), cuts):
        edge = np.repeat(rows, counts[rows])
        nth = np.arange(len(edge)) - np.repeat(np.cumsum(counts[rows]) - counts[rows], counts[rows])
        own = first[edge] + nth
        object_ = incidence[own] % objects
        wanted = other[edge] * objects + object_
        at = np.minimum(np.searchsorted(incidence, wanted), len(incidence) - 1)
        common = incidence[at] == wanted
        found = values[object_[common]]
        if repeats is not None:
            found = 1 - (1 - found) ** (repeats[own[common]] * repeats[at[common]])
        sums += np.bincount(edge[common], weights=found, minlength=len(edges))
    return sums


def _comparable_pairs(incidence: Integers, shares: Shares) -> int:
    """About how many pairs of accounts share enough objects to be tested, from a sample of them.

    Every so many-th account by its number of objects is looked at, so nothing is drawn by chance.
    """
    objects = len(shares.objects)
    account, object_ = incidence // objects, incidence % objects
    by_object = np.argsort(object_, kind="stable")
    starts = np.searchsorted(object_[by_object], np.arange(objects + 1))
    sharers = account[by_object]
    degrees = np.bincount(account, minlength=len(shares.accounts))
    ranked = np.argsort(degrees, kind="stable")[np.count_nonzero(degrees < MIN_OBJECTS) :]
    if not len(ranked):
        return 0
    sample = ranked[:: max(len(ranked) // _SAMPLED_ACCOUNTS, 1)]
    found = 0
    for one in sample:
        own = object_[slice(*np.searchsorted(account, [one, one + 1]))]
        met = np.concatenate([sharers[starts[o] : starts[o + 1]] for o in own])
        met.sort()
        # An account that is named three times in a row, counted at the third.
        found += (
            int((np.diff(np.flatnonzero(np.diff(met, prepend=-1, append=-1))) >= MIN_OBJECTS).sum())
            - 1
        )
    return round(found / len(sample) * len(ranked) / 2)
