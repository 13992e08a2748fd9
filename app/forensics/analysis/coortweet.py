"""Coordinated sharing by CooRTweet's definition (Righetti and Balluff, 2.x), edge for edge.

`detect_groups` and `generate_coordinated_network` of https://github.com/nicolarighetti/CooRTweet:
accounts with fewer rows than `min_participation` go; rows of one object no more than the window
apart make a pair; pairs of one account or one content go, as do pairs with a row whose content is
the object itself; a pair stays where either content belongs to an account that still has
`min_participation` rows in pairs; the weight of an edge is its number of pairs.
"""

from collections.abc import Iterator

import numpy as np

from app.forensics.analysis.coshares import Pairs, Window
from app.forensics.analysis.edges import Edges, KeyedSums, sum_edges
from app.forensics.analysis.shares import Flags, Shares

METHOD = "coortweet"
VERSION = "1"


def detect(
    shares: Shares, window_s: float, min_participation: int = 2, *, remove_loops: bool = True
) -> Edges:
    """All edges with their weights (`Edges.pairs`); `above_quantile` applies the threshold.

    Raises:
        TooManyPairsError: an object that very many share at once makes too many pairs.
    """
    window = Window.over(shares.active(min_participation), window_s)
    window.check_size()
    kept = _contents_that_stay(window, min_participation, remove_loops)
    rows, accounts = window.shares, len(shares.accounts)

    def keyed() -> Iterator[KeyedSums]:
        for one, other in _pairs(window, remove_loops):
            stays = kept[rows.content[one]] | kept[rows.content[other]]
            i, j = one[stays], other[stays]
            a, b = rows.account[i], rows.account[j]
            key = np.minimum(a, b).astype(np.int64) * accounts + np.maximum(a, b)
            yield KeyedSums.of_pairs(key, rows.object[i], rows.at_us[j] - rows.at_us[i])

    return sum_edges(keyed(), accounts)


def above_quantile(edges: Edges, quantile: float) -> Edges:
    """The edges whose weight is above the quantile of all weights (R's type 7)."""
    if not len(edges):
        return edges
    return edges.where(edges.pairs > np.quantile(edges.pairs, quantile))


def _contents_that_stay(window: Window, min_participation: int, remove_loops: bool) -> Flags:
    """For each content, whether it belongs to an account with enough rows in pairs."""
    rows = window.shares
    contents = int(rows.content.max()) + 1 if len(rows) else 0
    paired = np.zeros(contents, np.bool_)
    for one, other in _pairs(window, remove_loops):
        paired[rows.content[one]] = True
        paired[rows.content[other]] = True
    in_pairs = paired[rows.content]
    counts = np.bincount(rows.account[in_pairs], minlength=len(rows.accounts))
    kept = np.zeros(contents, np.bool_)
    kept[rows.content[in_pairs & (counts[rows.account] >= min_participation)]] = True
    return kept


def _pairs(window: Window, remove_loops: bool) -> Iterator[Pairs]:
    rows = window.shares
    for one, other in window.chunks():
        if not remove_loops:
            yield one, other
            continue
        differs = (rows.account[one] != rows.account[other]) & (
            rows.content[one] != rows.content[other]
        )
        keep = differs & ~rows.is_original[one] & ~rows.is_original[other]
        yield one[keep], other[keep]
