"""What is found in synthetic corpora: campaigns, nothing in organic life, labels on wire copy."""

import numpy as np
import pytest

from app.forensics.analysis import benign, coordination, null_model
from app.forensics.analysis.benign import Explanation
from app.forensics.analysis.coordination import Coordination, Descriptions
from app.forensics.analysis.shares import Shares
from app.forensics.analysis.windows import estimate_window
from app.forensics.demo import shares as demo
from app.forensics.demo.lively import lively
from app.forensics.demo.shares import Campaign, SyntheticShares


def _analysed(made: SyntheticShares, window_s: float = 60) -> tuple[Shares, Coordination]:
    table = made.table()
    at_us = table["timestamp_share"].to_numpy() * 1_000_000
    shares = Shares.of(table["account_id"], table["object_id"], table["content_id"], at_us)
    text = table["text"].to_pylist() if "text" in table.column_names else ()
    return shares, coordination.analyse(shares, window_s, 2, Descriptions(text=text))


def _found(shares: Shares, result: Coordination) -> set[str]:
    edges = result.edges.where(result.findings)
    return set(shares.accounts.take(np.union1d(edges.a, edges.b)).to_pylist())


def _f1(found: set[str], made: SyntheticShares) -> float:
    planted = {account for campaign in made.planted for account in campaign}
    return 2 * len(found & planted) / (len(found) + len(planted))


@pytest.mark.parametrize("seed", range(20))
def test_organic_life_alone_is_an_empty_answer(seed: int) -> None:
    shares, result = _analysed(demo.organic(seed, shares=30_000, accounts=1_500, objects=3_000))
    assert _found(shares, result) == set()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("window_s", [600, 3_600, 21_600])
def test_wide_windows_do_not_make_interests_a_campaign(seed: int, window_s: float) -> None:
    shares, result = _analysed(demo.organic(seed), window_s)
    assert _found(shares, result) == set()


@pytest.mark.parametrize("seed", range(3))
def test_busy_accounts_of_one_interest_in_bursts_are_no_campaign(seed: int) -> None:
    rng = np.random.default_rng(seed)
    activity = 1 / np.arange(1, 2_001) ** 0.9
    account = rng.choice(2_000, 30_000, p=activity / activity.sum())
    popularity = rng.lognormal(0, 1.5, 4_000)
    object_ = rng.choice(4_000, 30_000, p=popularity / popularity.sum())
    home = rng.random(30_000) < 0.8
    object_ = np.where(home, object_ // 10 * 10 + account % 10, object_)
    seconds = rng.integers(0, 600_000, 4_000)[object_] + rng.exponential(300, 30_000)
    named = [list(map(str, column)) for column in (account, object_, range(30_000))]
    shares = Shares.of(*named, (seconds * 1_000_000).astype(np.int64))
    result = coordination.analyse(shares, 60)
    assert _labels(result) == {Explanation.SHARED_INTEREST}


@pytest.mark.parametrize("seed", range(5))
def test_campaigns_are_found(seed: int) -> None:
    made = demo.planted(seed)
    shares, result = _analysed(made)
    assert _f1(_found(shares, result), made) >= 0.95


@pytest.mark.parametrize("seed", range(5))
def test_weak_campaigns_are_found(seed: int) -> None:
    made = demo.planted(seed, kind=demo.WEAK)
    shares, result = _analysed(made)
    assert _f1(_found(shares, result), made) >= 0.85


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("window_s", [10, 60])
def test_fans_and_breaking_news_are_no_campaign(seed: int, window_s: float) -> None:
    shares, result = _analysed(lively(seed), window_s)
    assert _found(shares, result) == set()
    assert _labels(result) <= {Explanation.SHARED_INTEREST}


@pytest.mark.parametrize("seed", range(2))
def test_fans_are_no_campaign_within_the_window_that_is_estimated(seed: int) -> None:
    made = lively(seed)
    table = made.table()
    at_us = table["timestamp_share"].to_numpy() * 1_000_000
    shares = Shares.of(table["account_id"], table["object_id"], table["content_id"], at_us)
    window_s = estimate_window(shares)
    assert window_s > 300
    assert _found(*_analysed(made, window_s)) == set()


def test_what_holds_within_an_hour_only_is_counted() -> None:
    made = demo.planted(0, campaigns=1, kind=demo.SLOW)
    _, result = _analysed(made, 3_600)
    assert result.slow_findings == result.findings.sum() > 0
    made = demo.planted(0, campaigns=1)
    _, result = _analysed(made, 3_600)
    assert result.findings.any()
    assert result.slow_findings == 0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("kind", "bar"), [(demo.STRONG, 0.95), (demo.WEAK, 0.85)])
def test_breaking_news_hides_no_campaign(seed: int, kind: Campaign, bar: float) -> None:
    made = lively(seed, campaigns=4, kind=kind)
    shares, result = _analysed(made)
    assert _f1(_found(shares, result), made) >= bar


@pytest.mark.parametrize("window_s", [7_200, 21_600])
@pytest.mark.parametrize("kind", [demo.STRONG, demo.SLOW])
def test_a_window_far_wider_than_the_campaign_does_not_hide_it(
    kind: Campaign, window_s: float
) -> None:
    made = demo.planted(0, kind=kind)
    shares, result = _analysed(made, window_s)
    assert _f1(_found(shares, result), made) >= 0.95


@pytest.mark.parametrize("seed", range(2))
def test_many_quick_fans_are_no_campaign(seed: int) -> None:
    made = demo.organic(seed, shares=30_000, accounts=2_000, objects=3_000)
    rng = np.random.default_rng([seed, 2])
    for star in range(4):
        fans = rng.choice(2_000, 80, replace=False)
        for post in range(40):
            who = fans[rng.random(80) < 0.4]
            posted_s = demo.START_S + rng.uniform(0, 14 * demo.DAY_S)
            at_s = (posted_s + rng.lognormal(5.7, 1.3, len(who))).astype(np.int64)
            name = demo.repeated(f"star{star}-{post}", len(who))
            made.add(demo.names_of("person", who), name, at_s)
    shares, result = _analysed(made)
    assert result.significant.any()
    assert _found(shares, result) == set()


def test_numbers_are_told_of_the_test_in_which_an_edge_holds() -> None:
    made = lively(1, campaigns=4, kind=demo.WEAK)
    _, result = _analysed(made)
    held = result.findings
    assert (result.q[held] <= null_model.FALSE_DISCOVERY_RATE).all()
    assert (result.edges.objects[held] >= null_model.MIN_OBJECTS).all()
    alone = result.tested.significant
    assert (held & ~alone).any()


@pytest.mark.parametrize("window_s", [3_600, 21_600])
def test_who_shares_no_wire_copy_is_no_finding_when_it_is_taken_out(window_s: float) -> None:
    shares, result = _analysed(demo.wire(0), window_s)
    assert _found(shares, result) == set()
    assert _labels(result) == {Explanation.SYNDICATION, Explanation.SHARED_INTEREST}


@pytest.mark.parametrize("seed", range(3))
def test_wire_copy_is_labelled_and_no_finding(seed: int) -> None:
    shares, result = _analysed(demo.wire(seed))
    assert _found(shares, result) == set()
    labels = {result.benign[row] for row in np.flatnonzero(result.significant)}
    assert labels == {Explanation.SYNDICATION}
    outcome = {check.explanation: check.outcome for check in result.checks}
    assert outcome[Explanation.SYNDICATION] == "failed"
    assert outcome[Explanation.SAME_OWNER] == "not_checked"
    assert outcome[Explanation.QUOTE] == "passed"


def _ring(objects: list[str], names: str = "abcd") -> tuple[list[str], list[str], list[int]]:
    """Accounts that share each object within seconds, an hour apart."""
    rows = [(n, o, 3_600 * i + j) for i, o in enumerate(objects) for j, n in enumerate(names)]
    return [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]


def _analyse_ring(objects: list[str], **described: list[str | None]) -> Coordination:
    organic = demo.organic(1, shares=8_000, accounts=800, objects=2_000).table()
    accounts, names, seconds = _ring(objects)
    contents = [f"ring{i}" for i in range(len(accounts))]
    blank: list[str | None] = [None] * len(organic)
    columns = {name: [*blank, *column] for name, column in described.items()}
    shares = Shares.of(
        organic["account_id"].to_pylist() + accounts, organic["object_id"].to_pylist() + names,
        organic["content_id"].to_pylist() + contents,
        np.concatenate([organic["timestamp_share"].to_numpy(), seconds]) * 1_000_000,
    )  # fmt: skip
    return coordination.analyse(shares, 60, 2, Descriptions(**columns))


def _labels(result: Coordination) -> set[Explanation | None]:
    return {result.benign[row] for row in np.flatnonzero(result.significant)}


def test_one_owner_explains_its_own_accounts_only() -> None:
    objects = [f"o{i}" for i in range(8)]
    owners: list[str | None] = [{"a": "Group", "b": "group "}.get(n, n) for n in _ring(objects)[0]]
    result = _analyse_ring(objects, owner=owners)
    assert _labels(result) == {None, Explanation.SAME_OWNER}
    assert sum(label is Explanation.SAME_OWNER for label in result.benign) == 1


def test_wire_stories_beside_a_campaign_do_not_hide_it() -> None:
    stories = [f"https://www.reuters.com/{i}" for i in range(8)]
    assert _labels(_analyse_ring(stories)) == {Explanation.SYNDICATION}
    assert _labels(_analyse_ring([*stories, *(f"o{i}" for i in range(8))])) == {None}


def test_a_release_to_the_press_is_told_by_its_text() -> None:
    objects = [f"o{i}" for i in range(8)]
    text: list[str | None] = ["LIMA, /PRNewswire/ -- A firm announces"] * 32
    assert _labels(_analyse_ring(objects, text=text)) == {Explanation.PRESS_RELEASE}


def test_the_answer_is_the_same_every_time() -> None:
    made = demo.planted(7)
    first, second = _analysed(made)[1], _analysed(made)[1]
    assert first.p.tobytes() == second.p.tobytes()
    assert first.benign == second.benign


@pytest.mark.parametrize(
    "text",
    [
        "[EFE] El gobierno anunció un plan.",
        "EFE/ El gobierno anunció un plan.",
        "Por REDACCIÓN / EFE\nEl gobierno anunció un plan.",
        "CARACAS, 12 nov. /EFE/ El gobierno anunció un plan.",
        "El gobierno anunció un plan. Con AFP",
        "Le gouvernement a annoncé un plan. Avec l'AFP",
        "El gobierno anunció un plan. EFE",
        "By JANE DOE, Associated Press\nThe government announced a plan.",
    ],
)
def test_credits_of_agencies(text: str) -> None:
    assert Explanation.SYNDICATION in benign.of_text(text)


@pytest.mark.parametrize(
    "text", ["La agencia EFE miente, no le crean", "AP classes start tomorrow", "Foto: AFP/Getty."]
)
def test_what_names_an_agency_is_no_credit(text: str) -> None:
    assert benign.of_text(text) == frozenset()
