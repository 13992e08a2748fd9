"""Reports over HTTP: the list page by page, one report, and what is refused."""

from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest

from app.core.db import Database
from app.core.pagination import encode_cursor
from tests.conftest import serving
from tests.problems import assert_problem
from tests.reports.conftest import ITEMS, edition_text, take_in

DATES = {"a": date(2020, 10, 1), "b": date(2020, 11, 18), "c": date(2020, 11, 18)}


@pytest.fixture
async def reports(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service with three editions, two of one day."""
    for slug, day in DATES.items():
        await take_in(database, edition_text(ITEMS[:2]), slug, day, title=slug.upper())
    async with serving(database.url) as client:
        yield client


async def test_newest_first_page_by_page(reports: httpx.AsyncClient) -> None:
    whole = (await reports.get("/v1/reports")).json()
    assert [report["id"] for report in whole["items"]] == ["c", "b", "a"]
    assert [link["rel"] for link in whole["links"]] == ["self"]
    path, seen = "/v1/reports?limit=1", []
    while path:
        answer = await reports.get(path)
        page = answer.json()
        seen += page["items"]
        assert page["returned"] == 1
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        path = following[0] if following else ""
        assert answer.headers.get("link") == (f'<{path}>; rel="next"' if path else None)
    assert seen == whole["items"]


async def test_a_summary(reports: httpx.AsyncClient) -> None:
    report = (await reports.get("/v1/reports")).json()["items"][0]
    assert {k: report[k] for k in ("id", "title", "published_on", "item_count", "restated")} == {
        "id": "c", "title": "C", "published_on": "2020-11-18", "item_count": 2, "restated": False,
    }  # fmt: skip
    for link in report["links"]:
        assert (await reports.get(link["href"])).status_code == 200


async def test_a_report_holds_its_own_events(reports: httpx.AsyncClient) -> None:
    report = (await reports.get("/v1/reports/b")).json()
    listed = (await reports.get("/v1/events?edition=b")).json()["items"]
    assert sorted(i["id"] for i in report["items"]) == sorted(i["id"] for i in listed)
    assert {item["edition"] for item in report["items"]} == {"b"}
    assert "B, 2020-11-18" in report["citation"]
    assert report["editorial"]["definitions"][0]["items"] == 2


async def test_vanished_items_are_not_counted(database: Database) -> None:
    await take_in(database, edition_text(ITEMS))
    await take_in(database, edition_text(ITEMS[:4]))
    async with serving(database.url) as client:
        report = (await client.get("/v1/reports/test")).json()
    assert report["item_count"] == len(report["items"]) == 4


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!",
        encode_cursor("-published_on,-id", ["yesterday", "a"]),
        encode_cursor("-published_on,-id", ["2020-02-30", "a"]),
        encode_cursor("-published_on,-id", ["2020-11-18"]),
        encode_cursor("-published_on,-id", ["2020-11-18", 7]),
        encode_cursor("-published_on,-id", ["2020-11-18", "a\0"]),
        encode_cursor("title", ["2020-11-18", "a"]),
    ],
)
async def test_a_cursor_that_is_none(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get("/v1/reports", params={"cursor": cursor})
    assert_problem(answer, 400, "invalid_parameter")


async def test_there_is_no_such_report(client: httpx.AsyncClient) -> None:
    assert_problem(await client.get("/v1/reports/none"), 404, "not_found")
