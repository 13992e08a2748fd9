"""The measure of joint activity, against its definition worked out slowly and apart."""

import random
import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.events import analytics, correlation
from app.events.correlation import DatedEvent, PairResult, Period, correlate
from tests.conftest import serving
from tests.events.samples import EVENTS, event, ids, items, refusal, write

CORRELATIONS = f"{EVENTS}/correlations"
ACTORS = ["VE", "RU", "IR"]
COUNTRIES = ["AR", "BO", "CU"]
START = date(2020, 1, 1)

Cell = tuple[str, object]


def cells_of(rows: Iterable[tuple[DatedEvent, str, date]], actor: str, period: Period) -> set[Cell]:
    return {(country, key_of(day, period)) for e, country, day in rows if actor in e.actors}


def key_of(day: date, period: Period) -> object:
    return day.isocalendar()[:2] if period == "week" else (day.year, day.month)


def rows_of(events: list[DatedEvent]) -> list[tuple[DatedEvent, str, date]]:
    return [(e, country, e.day) for e in events for country in sorted(set(e.countries))]


def number_of_cells(events: list[DatedEvent], period: Period) -> int:
    first, last = min(e.day for e in events), max(e.day for e in events)
    days = ((first + timedelta(n)) for n in range((last - first).days + 1))
    return len({key_of(day, period) for day in days}) * len(
        {c for e in events for c in e.countries}
    )


def slow_p(events: list[DatedEvent], a: str, b: str, period: Period) -> float:
    """p by another generator of chance, with nothing but sets."""
    chance = random.Random(7)
    rows = rows_of(events)
    cells = number_of_cells(events, period)

    def lift(shuffled: list[tuple[DatedEvent, str, date]]) -> float:
        of_a, of_b = cells_of(shuffled, a, period), cells_of(shuffled, b, period)
        return len(of_a & of_b) * cells / (len(of_a) * len(of_b)) if of_a and of_b else 0.0

    observed, better = lift(rows), 0
    by_country: dict[str, list[date]] = defaultdict(list)
    for _, country, day in rows:
        by_country[country].append(day)
    for _ in range(999):
        left = {c: chance.sample(days, len(days)) for c, days in by_country.items()}
        better += lift([(e, c, left[c].pop()) for e, c, _ in rows]) >= observed - 1e-12
    return (1 + better) / 1000


EVENTS_DRAWN = st.lists(
    st.builds(
        DatedEvent,
        id=st.integers(1, 10**6),
        day=st.integers(0, 200).map(lambda n: START + timedelta(n)),
        actors=st.lists(st.sampled_from([*ACTORS, "CN"]), min_size=1, max_size=2, unique=True).map(tuple),
        countries=st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    min_size=1, max_size=25, unique_by=lambda e: e.id,
)  # fmt: skip
PERIODS: st.SearchStrategy[Period] = st.sampled_from(["week", "month"])


@settings(max_examples=40, deadline=None)
@given(events=EVENTS_DRAWN, period=PERIODS)
def test_counts_are_those_of_the_definition(events: list[DatedEvent], period: Period) -> None:
    result = correlate(events, period, ACTORS)
    rows, cells = rows_of(events), number_of_cells(events, period)
    assert result.countries * result.periods == cells
    assert [(pair.a, pair.b) for pair in result.pairs] == list(combinations(ACTORS, 2))
    for pair in result.pairs:
        a, b = cells_of(rows, pair.a, period), cells_of(rows, pair.b, period)
        assert (pair.cells_a, pair.cells_b, pair.cells_both) == (len(a), len(b), len(a & b))
        assert pair.expected_both == pytest.approx(len(a) * len(b) / cells)
        if a and b:
            assert pair.lift == pytest.approx(
                (len(a & b) / cells) / (len(a) / cells * len(b) / cells)
            )
        else:
            assert pair.lift is None and pair.p == 1
        assert 0.001 <= pair.p <= pair.q <= 1
        check_cells(pair, events, a & b, period)


def check_cells(
    pair: PairResult, events: list[DatedEvent], shared: set[Cell], period: Period
) -> None:
    """The cells shown are those shared, with exactly the events that make them so."""
    assert {(cell.country, key_of(cell.start, period)) for cell in pair.cells} == shared
    assert [cell.start for cell in pair.cells] == sorted(
        (c.start for c in pair.cells), reverse=True
    )
    for cell in pair.cells:
        for actor, found in ((pair.a, cell.a), (pair.b, cell.b)):
            assert sorted(found) == sorted(
                e.id
                for e in events
                if actor in e.actors
                and cell.country in e.countries
                and key_of(e.day, period) == key_of(cell.start, period)
            )


@settings(max_examples=15, deadline=None)
@given(events=EVENTS_DRAWN, period=PERIODS, seed=st.integers())
def test_the_same_events_give_the_same_numbers_in_any_order(
    events: list[DatedEvent], period: Period, seed: int
) -> None:
    shuffled = random.Random(seed).sample(events, len(events))
    assert correlate(shuffled, period, ACTORS) == correlate(events, period, ACTORS)


@settings(max_examples=20, deadline=None)
@given(p=st.lists(st.floats(0.001, 1), min_size=1, max_size=12))
def test_benjamini_hochberg(p: list[float]) -> None:
    q = correlation._benjamini_hochberg(p)
    m = len(p)
    for index, value in enumerate(p):
        # The least level at which the procedure rejects this hypothesis.
        levels = [other * m / sum(x <= other for x in p) for other in p if other >= value]
        assert q[index] == pytest.approx(min(1, *levels, 1))


def world(seed: int, *, planted: bool) -> list[DatedEvent]:
    """Two actors over a year in three countries; planted: the second follows within the week."""
    chance = random.Random(seed)
    events = []
    for number in range(40):
        day = START + timedelta(7 * chance.randrange(52) + 1)
        country = chance.choice(COUNTRIES)
        events.append(DatedEvent(2 * number, day, ("VE",), (country,)))
        other = day + timedelta(1) if planted else START + timedelta(chance.randrange(364))
        events.append(DatedEvent(2 * number + 1, other, ("RU",), (country,)))
    return events


def test_a_planted_association_is_found_and_chance_is_not() -> None:
    [planted] = correlate(world(1, planted=True), "week", ["VE", "RU"]).pairs
    assert planted.p == 0.001 and planted.lift is not None and planted.lift > 3
    independent = [
        correlate(world(seed, planted=False), "week", ["VE", "RU"]).pairs[0].p for seed in range(20)
    ]
    assert sum(p <= 0.05 for p in independent) <= 4
    assert 0.25 < statistics.mean(independent) < 0.85


@pytest.mark.parametrize("seed", range(4))
def test_p_agrees_with_a_slow_measure(seed: int) -> None:
    events = world(seed, planted=False)[:30] + [
        DatedEvent(1_000 + n, START + timedelta(7 * n), ("VE", "RU"), ("AR", "BO")[: 1 + n % 2])
        for n in range(3)
    ]
    for period in ("week", "month"):
        [pair] = correlate(events, period, ["VE", "RU"]).pairs
        # Two estimates of 999 shuffles each differ by less than five standard errors.
        assert pair.p == pytest.approx(slow_p(events, "VE", "RU", period), abs=0.11)


def monthly(counts_a: list[int], counts_b: list[int]) -> list[DatedEvent]:
    numbers = iter(range(1, 10**6))
    return [
        DatedEvent(next(numbers), date(2019 + month // 12, month % 12 + 1, 5), (actor,), ("CU",))
        for actor, counts in (("VE", counts_a), ("RU", counts_b))
        for month, count in enumerate(counts)
        for _ in range(count)
    ]


def test_a_planted_lag_is_found() -> None:
    chance = random.Random(3)
    a = [1, *(chance.randrange(5) for _ in range(22)), 1]
    b = [1, 1, 1, *a[:-3]]
    [pair] = correlate(monthly(a, b), "month", ["VE", "RU"]).pairs
    assert pair.lagged.best_lag == 3 and pair.lagged.lags is not None
    assert pair.lagged.lags["3"] == pytest.approx(1)
    assert set(pair.lagged.lags) == {str(lag) for lag in range(-6, 7)}
    for lag, value in pair.lagged.lags.items():
        shift = int(lag)
        left = a[max(0, -shift) : 24 - max(0, shift)]
        right = b[max(0, shift) : 24 - max(0, -shift)]
        assert value == pytest.approx(statistics.correlation(left, right), abs=1e-6)
    [other_way] = correlate(monthly(a, b), "month", ["RU", "VE"]).pairs
    assert other_way.lagged.best_lag == -3


def test_under_twelve_months_there_is_no_lag() -> None:
    [short] = correlate(monthly([1, 2] * 5 + [1], [2, 1] * 5 + [1]), "month", ["VE", "RU"]).pairs
    assert short.lagged == correlation.Lagged(11, reason="too_few_periods")
    [flat] = correlate(monthly([1] * 12, [2] * 12), "month", ["VE", "RU"]).pairs
    assert flat.lagged.reason == "constant_series" and flat.lagged.lags is None


def test_nothing_to_measure() -> None:
    assert correlate([], "week", ACTORS).pairs == []
    one = DatedEvent(1, START, ("VE",), ("CU",))
    for pair in correlate([one], "week", ACTORS).pairs:
        assert pair.cells_both == 0 and pair.p == 1 and pair.lift is None


async def test_the_answer_over_the_demo(demo: httpx.AsyncClient) -> None:
    answer = (await demo.get(CORRELATIONS, params={"between": "VE,RU,IR,CN"})).json()
    assert answer["returned"] == 6
    assert answer["items"] == await items(demo, CORRELATIONS)
    meta = answer["meta"]
    assert meta["cells"] == meta["countries"] * meta["periods"]
    assert meta["parameters"]["permutations"] == 999 and meta["parameters"]["seed"]
    for pair in answer["items"]:
        shown = {number for cell in pair["cells"] for number in (*cell["a"], *cell["b"])}
        if shown:
            href = httpx.URL(pair["links"][0]["href"])
            assert await ids(demo, id=href.params["id"]) == shown
        for cell in pair["cells"]:
            for actor, side in ((pair["a"], "a"), (pair["b"], "b")):
                for found in await items(demo, id=cell[side], limit=100):
                    assert actor in found["actors"] and cell["country"] in found["countries"]


async def test_refusals(demo: httpx.AsyncClient) -> None:
    refused = ("between", "name two to twelve actors")
    assert await refusal(demo, CORRELATIONS, between="VE") == refused
    thirteen = ",".join(
        ["AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "SV", "GT", "HN", "MX", "NI"]
    )
    assert await refusal(demo, CORRELATIONS, between=thirteen) == refused
    assert (await refusal(demo, CORRELATIONS, period="day"))[0] == "period"


async def test_a_window_of_too_many_cells_is_refused(
    demo: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correlation, "MAX_GRID_CELLS", 100)
    name, reason = await refusal(demo, CORRELATIONS, datetime="2020-01-01/..")
    assert name == "datetime" and "at most 100" in reason


async def test_a_long_collection_is_measured_on_its_newest(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analytics, "MAX_EVENTS", 5)
    week = timedelta(7)
    await write(
        database,
        [
            event(published_on=START + n * week, actors=("VE", "RU"), countries=("CU",))
            for n in range(9)
        ],
    )
    async with serving(database_url) as client:
        answer = (await client.get(CORRELATIONS)).json()
    assert answer["meta"]["events"] == 5 and answer["meta"]["clipped"]["events"] == 5
    assert answer["items"][0]["cells_both"] == 5
