"""Counts over time: periods of four lengths, empty ones included, up to a number of them."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx
import pytest

from app.core.db import Database
from tests.conftest import serving
from tests.events.samples import EVENTS, event, items, refusal, write

TIMELINE = f"{EVENTS}/timeline"


@pytest.fixture(scope="module")
async def turn_of_year(module_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Five events around the turn of 2020 to 2021; the last happened a year before."""
    days = ["2020-12-27", "2020-12-28", "2021-01-03", "2021-01-04", "2021-03-01"]
    async with Database(module_url, pool_size=1) as database:
        await write(
            database,
            [
                event(
                    published_on=date.fromisoformat(day),
                    occurred_on=date(2020, 3, 1) if day == days[-1] else None,
                    actors=("RU", "IR") if n % 2 else (),
                    category="military" if n % 2 else "economic",
                )
                for n, day in enumerate(days)
            ],
        )
    async with serving(module_url) as client:
        yield client


@pytest.mark.parametrize(
    ("interval", "periods"),
    [
        ("week", {"2020-12-21": 1, "2020-12-28": 2, "2021-01-04": 1, "2021-03-01": 1}),
        ("month", {"2020-12-01": 2, "2021-01-01": 2, "2021-02-01": 0, "2021-03-01": 1}),
        ("year", {"2020-01-01": 2, "2021-01-01": 3}),
        ("day", {"2020-12-27": 1, "2020-12-28": 1, "2021-01-03": 1, "2021-01-04": 1, "2021-03-01": 1}),
    ],
)  # fmt: skip
async def test_intervals(
    turn_of_year: httpx.AsyncClient, interval: str, periods: dict[str, int]
) -> None:
    found = await items(turn_of_year, TIMELINE, interval=interval)
    assert {p["start"]: p["count"] for p in found if p["count"] or interval == "month"} == {
        start: count for start, count in periods.items() if count or interval == "month"
    }
    lengths = {(date.fromisoformat(p["end"]) - date.fromisoformat(p["start"])).days for p in found}
    assert lengths <= {"day": {0}, "week": {6}, "month": {27, 30}, "year": {364, 365}}[interval]


async def test_split_counts_an_event_under_each_of_its_values(
    turn_of_year: httpx.AsyncClient,
) -> None:
    by_actor = await items(turn_of_year, TIMELINE, interval="year", split="actor")
    assert [(p["count"], p["split"]) for p in by_actor] == [
        (2, {"IR": 1, "RU": 1}),
        (3, {"IR": 1, "RU": 1}),
    ]
    by_category = await items(turn_of_year, TIMELINE, interval="month", split="category")
    assert all(sum(p["split"].values()) == p["count"] for p in by_category)
    assert by_category[2]["split"] == {"economic": 0, "military": 0}


async def test_the_window_asked_for_is_shown_whole(turn_of_year: httpx.AsyncClient) -> None:
    found = await items(turn_of_year, TIMELINE, datetime="2020-11-15/2021-05-02")
    assert [p["start"][:7] for p in found] == [
        "2020-11", "2020-12", "2021-01", "2021-02", "2021-03", "2021-04", "2021-05"
    ]  # fmt: skip
    open_end = await items(turn_of_year, TIMELINE, datetime="2020-11-15/..")
    assert [p["start"][:7] for p in open_end] == [p["start"][:7] for p in found][:5]
    nothing = await items(turn_of_year, TIMELINE, datetime="2020-01-01/2020-02-29", actor="XX")
    assert [p["count"] for p in nothing] == [0, 0]


async def test_occurred_leaves_out_what_has_no_such_date(turn_of_year: httpx.AsyncClient) -> None:
    found = await items(turn_of_year, TIMELINE, date_basis="occurred")
    assert [(p["start"], p["count"]) for p in found] == [("2020-03-01", 1)]


async def test_the_ends_of_the_calendar(turn_of_year: httpx.AsyncClient) -> None:
    for interval in ("day", "week", "month", "year"):
        for window in ("0001-01-01/0001-01-05", "9999-12-20/9999-12-31"):
            found = await items(turn_of_year, TIMELINE, interval=interval, datetime=window)
            assert all(period["start"] <= period["end"] for period in found)


async def test_too_many_periods_are_refused(turn_of_year: httpx.AsyncClient) -> None:
    days = {"interval": "day", "datetime": f"2000-01-01/{date(2000, 1, 1) + timedelta(9_999)}"}
    assert len(await items(turn_of_year, TIMELINE, **days)) == 10_000
    for window in (f"2000-01-01/{date(2000, 1, 1) + timedelta(10_000)}", "0001-01-02/9999-12-30"):
        name, reason = await refusal(turn_of_year, TIMELINE, interval="day", datetime=window)
        assert name == "interval" and "10000 periods" in reason
    century = {"interval": "year", "datetime": "0001-01-02/9999-12-30"}
    assert len(await items(turn_of_year, TIMELINE, **century)) == 9_999
