"""A third look at edges: do two accounts meet closer than their coarse timing makes them meet?

Those who follow one source share its news within minutes, and some of them within seconds of each
other. The jitter method of neuroscience (Amarasingham et al. 2012) keeps the coarse timing and
lets the fine timing vary: had each share come up to five windows earlier or later, how many
meetings would be left? Of accounts that act together about a fifth is left; of those that merely
react to the same, most.
"""

import numpy as np

from app.forensics.analysis.coshares import Window
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.null_model import (
    FALSE_DISCOVERY_RATE,
    Tested,
    adjusted,
    binomial_tail,
)
from app.forensics.analysis.shares import MICROSECONDS, Flags, Integers, Numbers, Shares

JITTER_WINDOWS = 5
SLOWEST_TOGETHER_S = 60.0
"""A shorter window may cut an action in two, so that it is looked at on this scale as well."""
TIMES_MORE, TIMES_MORE_SLOWLY = 3.0, 4.0
"""How many times the meetings that jitter leaves there must be: within a minute, and beyond.

In minutes people react to the same. Within their own median delay, which is what a window that is
estimated from the data comes to, those who follow one source meet 3.3 times as often as jittered.
"""
MAX_PAIRS_OF_OBJECT = 40_000


def meet_closely(tested: Tested) -> Flags:
    """Which significant edges have several times the meetings that jitter leaves, and not by luck.

    So must all edges of one of the two accounts together, where two met on more than one object.
    The false discovery rate is kept within each group of accounts that significant edges join, so
    that a campaign neither lowers the bar for others nor has it raised by them.
    """
    significant, edges = tested.significant, tested.edges
    shares, window_s = tested.window.shares, tested.window.window_s
    closely = np.zeros(int(significant.sum()), np.bool_)
    if not len(closely):
        return closely
    accounts = np.zeros(len(shares.accounts), np.bool_)
    accounts[edges.a[significant]] = accounts[edges.b[significant]] = True
    around = (accounts[edges.a] | accounts[edges.b]) & (edges.objects > 1)
    some, ours = edges.where(around), significant[around]
    groups = _groups(edges.where(significant), len(accounts))
    for scale_s in {window_s, max(window_s, SLOWEST_TOGETHER_S)}:
        met, left, near = _meetings(shares, some, max(scale_s, 1 / MICROSECONDS))
        more = met - (TIMES_MORE if scale_s <= SLOWEST_TOGETHER_S else TIMES_MORE_SLOWLY) * left
        of_account = np.bincount(some.a, more, len(accounts))
        of_account += np.bincount(some.b, more, len(accounts))
        alike = np.maximum(of_account[some.a], of_account[some.b]) >= 0
        p = binomial_tail(met, near, left)[ours]
        q = np.empty(len(p))
        for group in groups:
            q[group] = adjusted(p[group], len(group))
        closely |= ((more >= 0) & alike)[ours] & (q <= FALSE_DISCOVERY_RATE)
    return closely


def _groups(edges: Edges, accounts: int) -> list[Integers]:
    """Rows of edges that join the same accounts, directly or not; lone edges are one group."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - as scipy.special
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    graph = coo_array((np.ones(len(edges)), (edges.a, edges.b)), shape=(accounts, accounts))
    group = connected_components(graph, directed=False)[1][edges.a]
    group[np.bincount(group)[group] == 1] = -1
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def _meetings(shares: Shares, edges: Edges, window_s: float) -> tuple[Integers, Numbers, Integers]:
    """For each edge on how many objects it met, would meet after jitter, and could come to meet."""
    accounts, objects = len(shares.accounts), len(shares.objects)
    named = np.zeros(accounts, np.bool_)
    named[edges.a] = named[edges.b] = True
    reach_s = window_s * (1 + 2 * JITTER_WINDOWS)
    window = Window.over(shares.where(named[shares.account]), reach_s)
    crowded = np.flatnonzero(window.pairs_of_object > MAX_PAIRS_OF_OBJECT)
    if len(crowded):
        window = Window.over(window.shares.where(~np.isin(window.shares.object, crowded)), reach_s)
    rows, keys = window.shares, edges.a * accounts + edges.b
    met, near = np.zeros((2, len(edges)), np.int64)
    left = np.zeros(len(edges))
    for one, other in window.chunks(whole_objects=True):
        a, b = rows.account[one], rows.account[other]
        key = np.minimum(a, b).astype(np.int64) * accounts + np.maximum(a, b)
        edge = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        ours = (keys[edge] == key) & (a != b)
        i, j = one[ours], other[ours]
        apart_s = (rows.at_us[j] - rows.at_us[i]) / MICROSECONDS
        of_object, place = np.unique(edge[ours] * objects + rows.object[i], return_inverse=True)
        chance = np.bincount(place, _chance_to_meet(apart_s, window_s), len(of_object))
        within = np.bincount(place, apart_s <= window_s, len(of_object)) > 0
        near += np.bincount(of_object // objects, minlength=len(edges))
        met += np.bincount(of_object[within] // objects, minlength=len(edges))
        left += np.bincount(of_object // objects, np.minimum(chance, 1), len(edges))
    return met, left, near


def _chance_to_meet(apart_s: Numbers, window_s: float) -> Numbers:
    """That two shares are within the window after each was moved by up to `JITTER_WINDOWS`."""
    reach = 2 * JITTER_WINDOWS * window_s

    def at_most(seconds: Numbers) -> Numbers:
        """Of the difference of two uniform moves, whose density is a triangle."""
        part = np.clip(seconds / reach, -1, 1)
        return np.where(part < 0, (1 + part) ** 2 / 2, 1 - (1 - part) ** 2 / 2)

    return at_most(window_s - apart_s) - at_most(-window_s - apart_s)
