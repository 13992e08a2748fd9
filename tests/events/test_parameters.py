"""What single parameters mean and refuse: dates, lists of values, hints."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import Database
from app.events.parameters import DateRange, parse_instant
from tests.conftest import serving
from tests.events.samples import EVENTS, event, ids, items, refusal, write


@pytest.fixture(scope="module")
async def days(module_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Events published on 1 to 4 November; 3 happened over 2020-10-20/2020-11-10, 4 no one knows."""
    async with Database(module_url, pool_size=1) as database:
        await write(
            database,
            [
                event(published_on=date(2020, 11, 1), occurred_on=date(2020, 10, 30)),
                event(published_on=date(2020, 11, 2), occurred_on=date(2020, 11, 2)),
                event(
                    published_on=date(2020, 11, 3),
                    occurred_on=date(2020, 10, 20),
                    occurred_until=date(2020, 11, 10),
                    occurred_precision="range",
                ),
                event(published_on=date(2020, 11, 4)),
            ],
        )
    async with serving(module_url) as client:
        yield client


@pytest.mark.parametrize(
    ("interval", "published", "occurred"),
    [
        ("2020-11-02", {2}, {2, 3}),
        ("2020-11-02/2020-11-03", {2, 3}, {2, 3}),
        ("2020-11-02/..", {2, 3, 4}, {2, 3}),
        ("2020-11-02/", {2, 3, 4}, {2, 3}),
        ("../2020-11-02", {1, 2}, {1, 2, 3}),
        ("/2020-10-25", set(), {3}),
        ("2020-11-10/2020-12-01", set(), {3}),
        ("2020-11-11/..", set(), set()),
        ("2020-11-02T00:00:00Z", {2}, {2, 3}),
        ("2020-11-02t23:59:59.999999z", {2}, {2, 3}),
        ("2020-11-02T23:00:00-04:00", {3}, {3}),
        ("2020-11-03T01:00:00+05:30", {2}, {2, 3}),
        ("2020-11-03T01:00:00 05:30", {2}, {2, 3}),  # a plus that was not encoded
        ("2020-11-01T12:00:00Z/2020-11-02T12:00:00Z", {1, 2}, {2, 3}),
        ("0001-01-01/9999-12-31", {1, 2, 3, 4}, {1, 2, 3}),
    ],
)
async def test_datetime(
    days: httpx.AsyncClient, interval: str, published: set[int], occurred: set[int]
) -> None:
    assert await ids(days, datetime=interval) == published
    assert await ids(days, datetime=interval, date_basis="occurred") == occurred


@pytest.mark.parametrize(
    "text",
    [
        "", "..", "../..", "/", "a/b/c", "2020", "2020-10", "2020-13-01", "2020-02-30", "20201101",
        "2020-W45-1", "2020-11-01T10:00:00", "2020-11-01T25:00:00Z", "2020-11-01T10:00:00+25:00",
        "2020-11-02/2020-11-01", "yesterday", "0000-01-01", "10000-01-01", "2020-11-01/x",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2020-11-01 /2020-11-02",
    ],
)  # fmt: skip
async def test_what_is_no_date_is_refused_by_name(days: httpx.AsyncClient, text: str) -> None:
    for path in (EVENTS, f"{EVENTS}/facets", f"{EVENTS}/timeline", f"{EVENTS}/correlations"):
        assert (await refusal(days, path, datetime=text))[0] == "datetime"


@given(text=st.text(max_size=60))
def test_dates_are_read_or_refused(text: str) -> None:
    for parse in (DateRange.parse, parse_instant):
        with suppress(ValueError):
            parse(text)


@given(start=st.dates(), end=st.dates())
def test_an_interval_is_its_days(start: date, end: date) -> None:
    if start <= end:
        assert DateRange.parse(f"{start}/{end}") == DateRange(start, end)
    else:
        with pytest.raises(ValueError, match="ends before"):
            DateRange.parse(f"{start}/{end}")


async def test_an_event_that_began_before_the_window_counts_in_its_first_period(
    days: httpx.AsyncClient,
) -> None:
    params = {"datetime": "2020-11-02/2020-11-03", "date_basis": "occurred", "interval": "day"}
    periods = await items(days, f"{EVENTS}/timeline", **params)
    assert [(p["start"], p["count"]) for p in periods] == [("2020-11-02", 2), ("2020-11-03", 0)]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("actor", "Venezuela"), ("actor", "V"), ("actor", ""), ("actor", "VE,"), ("country", "VE;RU"),
        ("category", "political"), ("topic", "oil!"), ("outlet", "-x"), ("language", "eng"),
        ("state_media", "yes"), ("status", "true"), ("precision", "street"), ("id", "0"), ("id", "-1"),
        ("id", "9" * 19), ("id", "x"), ("edition", "a b"), ("date_basis", "both"), ("limit", "0"),
        ("limit", "10001"), ("limit", "1.5"), ("sortby", "summary"), ("sortby", "-"), ("sortby", ""),
        ("sortby", "id,id"), ("cursor", ""), ("cursor", "é"), ("count", "yes"), ("fields", "foo"),
        ("highlights", "maybe"), ("f", "xml"), ("nonsense", "1"), ("Actor", "VE"),
        ("actor", ",".join(["VE"] * 51)),
    ],
)  # fmt: skip
async def test_what_cannot_be_meant_is_refused_by_name(
    demo: httpx.AsyncClient, parameter: str, value: str
) -> None:
    name, reason = await refusal(demo, **{parameter: value})
    assert name == parameter
    assert reason and "^" not in reason


async def test_one_value_is_not_given_twice(demo: httpx.AsyncClient) -> None:
    assert await refusal(demo, limit=["1", "2"]) == ("limit", "is given more than once")


async def test_values_by_comma_by_repetition_in_any_case(demo: httpx.AsyncClient) -> None:
    both = await ids(demo, actor=["IR", "RU"])
    assert both == await ids(demo, actor="ir, ru") == await ids(demo, actor="RU,IR,RU")
    assert both > await ids(demo, actor="IR")
    assert await ids(demo, outlet="Reuters") == await ids(demo, outlet="reuters") != set()


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ({"actor": "XX"}, {"actor"}),
        ({"actor": "IR", "topic": "none-such"}, {"topic"}),
        ({"actor": "XX", "topic": "none-such"}, {"actor", "topic"}),
        ({"q": "zzzz", "country": "VE"}, {"q"}),
        ({"country": "CL", "actor": "HZB"}, {"country", "actor"}),
        ({"near": "0,0", "radius_km": "1", "country": "VE"}, {"near"}),
        ({"datetime": "1999-01-01", "date_basis": "occurred"}, {"datetime"}),
    ],
)
async def test_hints_name_what_removed_everything(
    demo: httpx.AsyncClient, filters: dict[str, str], named: set[str]
) -> None:
    for path in (EVENTS, f"{EVENTS}/timeline", f"{EVENTS}/correlations"):
        hints = (await demo.get(path, params=filters)).json()["meta"].get("hints", [])
        if hints or path == EVENTS:
            assert {hint["parameter"] for hint in hints} == named


@pytest.mark.parametrize(
    ("q", "reason"),
    [
        ("oil zzzz", "no event at all has zzzz"),
        ('zzzz "no such phrase" -oil', "no event at all has zzzz, no such phrase"),
        ("oil -oil", "no event at all matches q=oil -oil"),
    ],
)
async def test_hints_name_the_words_that_no_event_has(
    demo: httpx.AsyncClient, q: str, reason: str
) -> None:
    body = (await demo.get(EVENTS, params={"q": q})).json()
    assert body["meta"]["hints"] == [{"parameter": "q", "reason": reason}]


async def test_hints_name_a_conflict_of_several(demo: httpx.AsyncClient) -> None:
    filters = {"actor": "HZB", "country": "CL", "topic": "space"}
    [hint] = (await demo.get(EVENTS, params=filters)).json()["meta"]["hints"]
    assert hint["parameters"] == ["actor", "country", "topic"]


async def test_hints_of_an_empty_collection(database_url: str) -> None:
    async with serving(database_url) as client:
        for path in (EVENTS, f"{EVENTS}/timeline", f"{EVENTS}/correlations"):
            body = (await client.get(path)).json()
            assert body["items"] == []
            assert body["meta"]["hints"] == [{"reason": "the collection is empty"}]
