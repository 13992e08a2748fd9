"""CooRTweet's definition, edge for edge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forensics.analysis import coortweet, coshares
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.shares import Shares
from tests.forensics.references import Edge, Row, shares_of, some_rows
from tests.forensics.references import coortweet as reference


def _found(rows: list[Row], window: float, minimum: int) -> dict[Edge, tuple[int, float]]:
    shares = shares_of(rows)
    edges = coortweet.detect(shares, window, minimum)
    return _named(shares, edges)


def _named(shares: Shares, edges: Edges) -> dict[Edge, tuple[int, float]]:
    names = shares.accounts.to_pylist()
    ends = zip(edges.a, edges.b, strict=True)
    values = zip(edges.pairs.tolist(), edges.mean_delta_s.tolist(), strict=True)
    return {(names[a], names[b]): one for (a, b), one in zip(ends, values, strict=True)}


@given(some_rows(), st.sampled_from([0, 1, 7.5, 30, 1_000]), st.integers(1, 4))
def test_edges_are_those_of_the_definition(rows: list[Row], window: float, minimum: int) -> None:
    assert _found(rows, window, minimum) == reference(rows, window, minimum)


@given(some_rows(), st.sampled_from([1, 2, 3, 100]))
def test_chunks_make_no_difference(rows: list[Row], chunk_pairs: int) -> None:
    whole = _found(rows, 30, 2)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(coshares, "CHUNK_PAIRS", chunk_pairs)
        patched.setattr("app.forensics.analysis.edges.MERGE_AFTER", 2)
        assert _found(rows, 30, 2) == whole


@given(some_rows(), st.randoms())
def test_the_order_of_rows_makes_no_difference(rows: list[Row], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _found(shuffled, 30, 2) == _found(rows, 30, 2)


def test_one_side_with_enough_shares_keeps_a_pair() -> None:
    rows = [("a", "o1", "c1", 0), ("b", "o1", "c2", 5), ("a", "o2", "c3", 0), ("c", "o2", "c4", 5)]
    rows += [("b", "x", "c5", 0), ("c", "y", "c6", 0)]
    assert _found(rows, 10, 2) == {("a", "b"): (1, 5), ("a", "c"): (1, 5)}


def test_an_original_post_is_no_share_of_itself() -> None:
    rows = [("a", "t1", "t1", 0), ("b", "t1", "c2", 5), ("a", "t2", "t2", 0), ("b", "t2", "c4", 5)]
    assert _found(rows, 10, 2) == {}


def test_loops_can_be_kept() -> None:
    shares = shares_of([("a", "o", "c1", 0), ("a", "o", "c2", 5)])
    edges = coortweet.detect(shares, 10, 2, remove_loops=False)
    assert _named(shares, edges) == {("a", "a"): (1, 5)}


def test_the_threshold_is_the_quantile_that_r_computes() -> None:
    weights = np.array([1, 1, 2, 3, 4, 10])
    zeros = np.zeros_like(weights)
    edges = Edges(zeros, zeros, weights, zeros, zeros)
    # quantile(c(1, 1, 2, 3, 4, 10), c(0.5, 0.9, 1)) in R: 2.5, 7.0, 10.0
    assert coortweet.above_quantile(edges, 0.5).pairs.tolist() == [3, 4, 10]
    assert coortweet.above_quantile(edges, 0.9).pairs.tolist() == [10]
    assert coortweet.above_quantile(edges, 1).pairs.tolist() == []


def test_everything_at_one_instant_is_refused_before_it_fills_the_memory() -> None:
    accounts = [f"a{number}" for number in range(40_000)]
    shares = Shares.of(accounts, ["o"] * 40_000, accounts, np.zeros(40_000, np.int64))
    with pytest.raises(coshares.TooManyPairsError, match=r"'o' alone makes 799,980,000"):
        coortweet.detect(shares, 60, 1)


def test_more_edges_than_memory_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.forensics.analysis.edges.MERGE_AFTER", 100)
    monkeypatch.setattr("app.forensics.analysis.edges.MAX_EDGES", 1_000)
    rows = [(f"a{number}", "o", f"c{number}", 0) for number in range(60)]
    with pytest.raises(coshares.TooManyPairsError, match="more than 1,000 pairs of accounts"):
        coortweet.detect(shares_of(rows), 60, 1)


def test_years_of_time_and_many_objects_do_not_overflow() -> None:
    late = 9_000_000_000
    rows = [(f"a{i % 2}", f"o{i // 2}", f"c{i}", (i // 2) * 1_000_000 % late) for i in range(4_000)]
    assert _found(rows, 21_600, 2) == {("a0", "a1"): (2_000, 0)}
