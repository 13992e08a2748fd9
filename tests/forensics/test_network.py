"""Networks, signals, windows, fusion and bursts against slow references and plain cases."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forensics.analysis import null_model
from app.forensics.analysis.bursts import find_bursts
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.fusion import TracedEdge, fuse
from app.forensics.analysis.network import describe, shared_objects
from app.forensics.analysis.signals import signals
from app.forensics.analysis.windows import estimate_window, objects_within
from tests.forensics.references import Row, shares_of

HOUR_US = 3_600_000_000


def _edges(pairs: set[tuple[int, int]]) -> Edges:
    ends = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    ones = np.ones(len(ends), np.int64)
    return Edges(ends[:, 0], ends[:, 1], ones, ones, ones)


pairs_of_accounts = st.sets(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] < pair[1])
)


@given(pairs_of_accounts)
def test_cores_are_those_of_the_definition(pairs: set[tuple[int, int]]) -> None:
    network = describe(_edges(pairs), np.ones(len(pairs), np.int64))
    cores = dict(zip(network.account.tolist(), network.core.tolist(), strict=True))
    for k in range(1, 6):
        left = set(cores)
        while out := {
            one for one in left
            if sum(one in pair and set(pair) <= left for pair in pairs) < k
        }:  # fmt: skip
            left -= out
        assert {one for one in cores if cores[one] >= k} == left


def test_communities_are_the_groups_the_largest_first() -> None:
    groups = [range(4), range(4, 10)]
    pairs = {pair for group in groups for pair in combinations(group, 2)} | {(0, 4)}
    network = describe(_edges(pairs), np.full(len(pairs), 3))
    assert network.community.tolist() == [1] * 4 + [0] * 6
    assert network.degree.tolist() == [4, 3, 3, 3, 6, 5, 5, 5, 5, 5]
    assert network.strength.tolist() == [3 * one for one in network.degree]
    assert len(describe(_edges(set()), np.zeros(0, np.int64))) == 0


def _ring(seconds_apart: int) -> list[Row]:
    return [
        (f"ring{n}", f"o{i}", f"c{n}-{i}", 10_000 * i + seconds_apart * n)
        for n in range(4) for i in range(12)
    ]  # fmt: skip


def _others() -> list[Row]:
    return [(f"p{n}", f"x{(n * 7 + i) % 97}", f"q{n}-{i}", 50_000 + (n * 37 + i * 1_009) % 90_000)
            for n in range(60) for i in range(12)]  # fmt: skip


def test_what_a_network_shared() -> None:
    shares = shares_of(_ring(2))
    network = describe(_edges({(0, 1), (1, 2)}), np.ones(2, np.int64))
    found = shared_objects(shares, network.account)
    assert found.accounts.tolist() == [3] * 12
    assert found.spread_s.tolist() == [4.0] * 12


def test_signals_of_a_clock_and_of_a_person() -> None:
    clock = [("clock", f"k{i}", f"k{i}", 600 * i) for i in range(300)]
    rng = np.random.default_rng(1)
    times = np.cumsum(rng.lognormal(6, 2, 300)).astype(int)
    person = [("person", f"p{i}", f"p{i}", int(at)) for i, at in enumerate(times)]
    rare = [("rare", "k0", "r", 5)]
    found = signals(shares_of(clock + person + rare), np.arange(3), 60)
    assert found.interval_entropy[0] < 0.1
    assert found.interval_entropy[1] > 0.4
    assert found.hour_entropy[0] > 0.99
    assert found.active_bins[0] == 1
    assert found.busiest_bin[0] == 3
    assert np.isnan(found.interval_entropy[2])
    assert found.in_step.tolist() == pytest.approx([1 / 300, 0, 1])


def test_a_window_is_estimated_from_the_fastest_objects() -> None:
    fast = [
        (f"a{n}", f"f{i}", f"f{i}-{n}", 100_000 * i + 30 * n) for i in range(3) for n in range(4)
    ]
    slow = [
        (f"a{n}", f"s{i}", f"s{i}-{n}", 5_000 * i + 4_000 * n) for i in range(27) for n in range(4)
    ]
    # Of four shares the third is the first beyond half: 60 s after the first.
    assert estimate_window(shares_of(fast + slow)) == 60
    assert estimate_window(shares_of([])) == 10
    assert estimate_window(shares_of(slow)) == 8_000


def test_fast_and_slow_meetings() -> None:
    shares = shares_of(_ring(20) + _others())
    tested = null_model.detect(shares, 60)
    edges = tested.edges.where(tested.significant)
    assert sorted(objects_within(shares, edges, 30).tolist()) == [0, 0, 0, 12, 12, 12]


def test_traces_are_fused_without_taking_them_for_independent() -> None:
    edges = [
        TracedEdge("a", "b", "url", 5, 1e-6),
        TracedEdge("a", "b", "hashtag", 4, 0.008, is_fast=True),
        TracedEdge("a", "c", "url", 3, 0.005),
        TracedEdge("b", "c", "text", 3, None),
    ]
    ab, bc = fuse(edges, traces=3)
    assert (ab.account_a, ab.account_b, ab.traces) == ("a", "b", ("hashtag", "url"))
    assert (ab.weight, ab.is_fast) == (9, True)
    assert ab.q == pytest.approx(3e-6)
    assert (bc.account_a, bc.q) == ("b", None)
    assert fuse(edges, traces=3, min_traces=2) == [ab]


def test_bursts() -> None:
    quiet = np.arange(0, 200 * HOUR_US, 8 * HOUR_US)
    burst = 150 * HOUR_US + np.arange(30) * 120_000_000 + 1
    (found,) = find_bursts(np.concatenate([quiet, burst]))
    assert (found.start_us, found.end_us) == (150 * HOUR_US, 151 * HOUR_US)
    assert found.posts == 30
    assert found.p < 0.001
    assert find_bursts(quiet) == []
    assert find_bursts(np.zeros(0, np.int64)) == []
