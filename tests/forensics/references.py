"""Slow references, written from the definitions, and small inputs to compare with."""

from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from app.forensics.analysis.shares import Shares

Row = tuple[str, str, str, int]
"""account, object, content, second"""

Edge = tuple[str, str]


def some_rows(max_size: int = 60) -> st.SearchStrategy[list[Row]]:
    """Few accounts, objects and contents, so that they meet; objects may be contents as well."""

    def named(kind: str, count: int) -> st.SearchStrategy[str]:
        return st.integers(0, count).map(lambda number: f"{kind}{number}")

    objects = st.one_of(named("object", 5), named("content", 3))
    row = st.tuples(named("account", 7), objects, named("content", 50), st.integers(0, 90))
    return st.lists(row, max_size=max_size)


def shares_of(rows: list[Row]) -> Shares:
    """The rows as the analysis takes them."""
    accounts, objects, contents, seconds = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Shares.of(accounts, objects, contents, np.array(seconds, np.int64) * 1_000_000)


def coortweet(rows: list[Row], window: float, minimum: int) -> dict[Edge, tuple[int, float]]:
    """CooRTweet's `detect_groups` and edge weights: {pair: (weight, mean time between)}."""
    active = Counter(account for account, *_ in rows)
    rows = [row for row in rows if active[row[0]] >= minimum]
    pairs = [
        (one, other) for one, other in _of_one_object(rows) if abs(one[3] - other[3]) <= window
    ]
    pairs = [pair for pair in pairs if _is_no_loop(*pair)]
    contents = {row[2] for pair in pairs for row in pair}
    left = Counter(account for account, _, content, _ in rows if content in contents)
    kept = {row[2] for row in rows if row[2] in contents and left[row[0]] >= minimum}
    found = defaultdict(list)
    for one, other in pairs:
        if one[2] in kept or other[2] in kept:
            first, second = sorted((one[0], other[0]))
            found[first, second].append(abs(one[3] - other[3]))
    return {edge: (len(deltas), sum(deltas) / len(deltas)) for edge, deltas in found.items()}


def objects_met_on(rows: list[Row], window: float) -> dict[Edge, int]:
    """For each pair of accounts, on how many different objects they met within the window."""
    found = defaultdict(set)
    for one, other in _of_one_object(rows):
        if abs(one[3] - other[3]) <= window and _is_no_loop(one, other):
            first, second = sorted((one[0], other[0]))
            found[first, second].add(one[1])
    return {edge: len(objects) for edge, objects in found.items()}


def _of_one_object(rows: list[Row]) -> list[tuple[Row, Row]]:
    by_object = defaultdict(list)
    for row in rows:
        by_object[row[1]].append(row)
    return [pair for group in by_object.values() for pair in combinations(group, 2)]


def _is_no_loop(one: Row, other: Row) -> bool:
    return one[1] not in (one[2], other[2]) and one[2] != other[2] and one[0] != other[0]
