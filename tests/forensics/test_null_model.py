"""Edges against chance: the numbers of the definition, and multiple testing."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, poisson

from app.forensics.analysis import null_model
from app.forensics.analysis.shares import Shares
from tests.forensics.references import Row, objects_met_on, shares_of, some_rows


@given(some_rows(), st.sampled_from([1, 10, 50]))
def test_numbers_are_those_of_the_definition(rows: list[Row], window: float) -> None:
    shares = shares_of(rows)
    tested = null_model.detect(shares, window, 1)
    met = objects_met_on(rows, window)
    names = shares.accounts.to_pylist()
    pairs = [(names[a], names[b]) for a, b in zip(tested.edges.a, tested.edges.b, strict=True)]
    assert dict(zip(pairs, tested.edges.objects.tolist(), strict=True)) == met

    degree = {name: len({row[1] for row in rows if row[0] == name}) for name in names}
    total, coshares = sum(degree.values()), sum(met.values())
    expected = [degree[a] * degree[b] * 2 * coshares / total**2 for a, b in pairs]
    assert tested.expected.tolist() == pytest.approx(expected)
    p = [poisson.sf(met[pair] - 1, chance) for pair, chance in zip(pairs, expected, strict=True)]
    assert tested.p.tolist() == pytest.approx(p)
    # What chance expects of all pairs together, those of an account with itself taken out.
    everywhere = sum(degree[a] * degree[b] for a, b in combinations(names, 2))
    assert everywhere * 2 * coshares / max(total, 1) ** 2 <= coshares + 1e-9


@given(st.lists(st.floats(1e-12, 1), min_size=1, max_size=40), st.integers(0, 100))
def test_q_values_count_the_pairs_that_never_met(p: list[float], never: int) -> None:
    all_p = [*p, *[1.0] * never]
    ours = null_model.adjusted(np.array(p), len(all_p))
    assert ours.tolist() == pytest.approx(false_discovery_control(all_p)[: len(p)].tolist())


def test_no_shares_no_edges() -> None:
    tested = null_model.detect(shares_of([]), 60)
    assert len(tested.edges) == 0
    assert not tested.significant.any()


def test_an_object_that_thousands_share_at_once_is_no_evidence() -> None:
    crowd = [(f"a{number}", "viral", f"v{number}", 0) for number in range(3_000)]
    ring = [(f"a{n}", f"o{i}", f"c{n}-{i}", 1_000 * i) for n in range(4) for i in range(6)]
    alone = [(f"a{n}", f"own{n}-{i}", f"p{n}-{i}", n) for n in range(300) for i in range(5)]
    shares = shares_of(crowd + ring + alone)
    tested = null_model.detect(shares, 60, 1)
    assert [shares.objects[int(one)].as_py() for one in tested.too_popular] == ["viral"]
    assert tested.edges.objects[tested.significant].tolist() == [6] * 6


def test_repeating_one_object_is_one_meeting() -> None:
    rows = [(name, "o", f"{name}{i}", i) for name in "ab" for i in range(50)]
    assert null_model.detect(shares_of(rows), 60).edges.objects.tolist() == [1]


def test_accounts_with_few_shares_are_left_out() -> None:
    shares: Shares = shares_of([("a", "o", "1", 0), ("b", "o", "2", 1), ("b", "p", "3", 1)])
    assert len(null_model.detect(shares, 60, 2).edges) == 0
    assert len(null_model.detect(shares, 60, 1).edges) == 1
