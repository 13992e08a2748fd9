"""Coordination against chance: how often would two accounts meet within the window anyway?

Under the null model a pair of accounts co-shares `k` different objects within the window with
k ~ Poisson(d_a d_b 2 W / E^2): d = objects that an account shared, E = their sum, W = the sum of
k over all pairs. The p-value of an edge is P(K >= k); q is Benjamini and Hochberg's (1995), over
all pairs of active accounts, those that never met included: an empty answer is possible.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.forensics.analysis.coshares import CHUNK_PAIRS, Window
from app.forensics.analysis.edges import Edges, KeyedSums, sum_edges
from app.forensics.analysis.shares import Flags, Integers, Numbers, Shares

METHOD = "null_model"
VERSION = "4"
FALSE_DISCOVERY_RATE = 0.01
MIN_OBJECTS = 3
MAX_PAIRS_OF_OBJECT = CHUNK_PAIRS
"""An object with more pairs (2,800 accounts at one instant) tells nothing about any two of them."""
CROWD_PAIRS = 300
"""A crowd: as many pairs of shares of one object as 25 accounts make that all meet each other."""
CROWDED = 0.25
"""The part of all pairs from which crowds set the level of chance for everybody."""


@dataclass(frozen=True, slots=True)
class NullModel:
    """What chance makes of these shares: `expected` for any pair, and the counts behind it."""

    objects_of_account: Integers
    total: int
    """E: the sum of objects over accounts."""
    coshares: int
    """W: objects co-shared within the window, over all pairs of accounts."""

    @property
    def active_accounts(self) -> int:
        return int(np.count_nonzero(self.objects_of_account))

    @property
    def tests(self) -> int:
        return self.active_accounts * (self.active_accounts - 1) // 2

    def expected(self, edges: Edges) -> Numbers:
        """For each edge, the objects that chance alone would have the pair co-share."""
        degrees = self.objects_of_account[edges.a] * self.objects_of_account[edges.b]
        rate = 2 * self.coshares / self.total**2 if self.total else 0.0
        return np.asarray(degrees * rate, np.float64)


@dataclass(frozen=True, slots=True)
class Tested:
    """Edges with what chance would give, sorted by account; `too_popular` objects were left out."""

    edges: Edges
    expected: Numbers
    p: Numbers
    q: Numbers
    model: NullModel
    window: Window
    too_popular: Integers

    @property
    def significant(self) -> Flags:
        return (self.q <= FALSE_DISCOVERY_RATE) & (self.edges.objects >= MIN_OBJECTS)

    @property
    def crowds(self) -> Integers:
        """The objects that a crowd shares at once, where such make much of the level of chance."""
        pairs = self.window.pairs_of_object
        crowds = np.flatnonzero(pairs > CROWD_PAIRS)
        return crowds if pairs[crowds].sum() >= CROWDED * pairs.sum() else crowds[:0]

    def without(self, objects: Integers | Sequence[int], min_participation: int) -> "Tested":
        """The same test as if some objects had never been shared."""
        shares = self.window.shares
        left = shares.where(~np.isin(shares.object, objects))
        return detect(left, self.window.window_s, min_participation)


def detect(shares: Shares, window_s: float, min_participation: int = 2) -> Tested:
    """Every pair of accounts that met within the window, tested against chance.

    Raises:
        TooManyPairsError: the shares make too many pairs even without the most popular objects.
    """
    window = Window.over(shares.active(min_participation), window_s)
    too_popular = np.flatnonzero(window.pairs_of_object > MAX_PAIRS_OF_OBJECT)
    if len(too_popular):
        window = Window.over(
            window.shares.where(~np.isin(window.shares.object, too_popular)), window_s
        )
    window.check_size()
    edges = sum_edges(_keyed_pairs(window), len(shares.accounts))
    model = _model(window.shares, edges)
    expected = model.expected(edges)
    p = poisson_tail(edges.objects, expected)
    return Tested(edges, expected, p, adjusted(p, model.tests), model, window, too_popular)


def poisson_tail(k: Integers, expected: Numbers) -> Numbers:
    """P(K >= k) for K ~ Poisson(expected)."""
    from scipy.special import pdtrc  # noqa: PLC0415 - a quarter of a second that others need not pay

    return np.asarray(pdtrc(k - 1, expected), np.float64)


def binomial_tail(k: Integers, of: Integers, expected: Numbers) -> Numbers:
    """P(K >= k) where each `of` so many may come true, `expected` on average.

    Where some are likelier than others it is an upper bound (Hoeffding 1956).
    """
    from scipy.special import bdtrc  # noqa: PLC0415 - as above

    return np.asarray(bdtrc(k - 1, of, np.minimum(expected / np.maximum(of, 1), 1)), np.float64)


def adjusted(p: Numbers, tests: int) -> Numbers:
    """Benjamini and Hochberg's q of the smallest p-values of so many tests; the others are 1."""
    order = np.argsort(p, kind="stable")
    ranked = p[order] * tests / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return q


def _keyed_pairs(window: Window) -> Iterator[KeyedSums]:
    rows, accounts = window.shares, len(window.shares.accounts)
    for one, other in window.chunks(whole_objects=True):
        meets = (
            (rows.account[one] != rows.account[other])
            & (rows.content[one] != rows.content[other])
            & ~rows.is_original[one]
            & ~rows.is_original[other]
        )
        i, j = one[meets], other[meets]
        a, b = rows.account[i], rows.account[j]
        key = np.minimum(a, b).astype(np.int64) * accounts + np.maximum(a, b)
        yield KeyedSums.of_pairs(key, rows.object[i], rows.at_us[j] - rows.at_us[i])


def _model(shares: Shares, edges: Edges) -> NullModel:
    degrees = np.bincount(
        shares.incidence() // max(len(shares.objects), 1), minlength=len(shares.accounts)
    )
    return NullModel(degrees, int(degrees.sum()), int(edges.objects.sum()))
