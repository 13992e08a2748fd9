"""Time windows: one estimated from the data, and the fast and slow sub-networks within another."""

import numpy as np

from app.forensics.analysis import null_model
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.shares import MICROSECONDS, Integers, Shares

SHORTEST_S, LONGEST_S = 10.0, 21_600.0
FASTEST = 0.1
HALF = 0.5
FAST_PART = 0.1
"""Of a window, the fast one where none is given."""


def estimate_window(shares: Shares) -> float:
    """Seconds by which the quickly shared objects have half of their shares, 10 s to 6 h.

    CooRnet's `estimate_coord_interval` (Giglietto et al. 2020): among objects with two shares or
    more take the tenth with the quickest second share; of each the time from its first share to
    the first one beyond half of its shares; the answer is the median.
    """
    ordered = shares.by_object()
    if not len(ordered):
        return SHORTEST_S
    starts = np.concatenate([[0], np.flatnonzero(np.diff(ordered.object)) + 1])
    counts = np.diff(np.append(starts, len(ordered)))
    starts, counts = starts[counts > 1], counts[counts > 1]
    if not len(starts):
        return SHORTEST_S
    since = ordered.at_us[starts + 1] - ordered.at_us[starts]
    quick = since <= np.quantile(since, FASTEST)
    # Ranks from 1: the first share whose rank is more than half of the count.
    beyond_half = starts[quick] + (counts[quick] * HALF).astype(np.int64)
    passed = (ordered.at_us[beyond_half] - ordered.at_us[starts[quick]]) / MICROSECONDS
    return float(np.clip(np.median(passed), SHORTEST_S, LONGEST_S))


def objects_within(shares: Shares, edges: Edges, window_s: float) -> Integers:
    """For each edge, on how many objects its accounts met within a shorter window.

    Those that met so fast make the fast sub-network, the others the slow one.
    """
    of_edges = np.isin(shares.account, np.union1d(edges.a, edges.b))
    fast = null_model.detect(shares.where(of_edges), window_s, min_participation=1).edges
    accounts = len(shares.accounts)
    keys, wanted = fast.a * accounts + fast.b, edges.a * accounts + edges.b
    if not len(keys):
        return np.zeros(len(edges), np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, fast.objects[at], 0)
