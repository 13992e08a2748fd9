"""Sort orders and the pages that follow each other in them."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from functools import cmp_to_key
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.events.repository import pages as repository
from app.events.repository.sorting import SORTABLE
from tests.conftest import PLENTY, serving
from tests.events.samples import EVENTS, event, items, pages, refusal, write

UNCAPPED = {**PLENTY, "anonymous": {**PLENTY["anonymous"], "page_cap": 10_000}}
FIRST_DAY = date(2020, 1, 1)
READS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
async def mixed(module_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """60 events with many ties and missing values, and 2,300 on one other day for long lists."""
    few = {
        n: event(
            f"number {n}",
            published_on=FIRST_DAY + timedelta(days=n % 4),
            occurred_on=None if n % 3 == 0 else FIRST_DAY + timedelta(days=n % 5),
            countries=("VE", "CO", "BR")[n % 4 : n % 4 + 1],
            category=("economic", "military")[n % 2],
            status=("confirmed", "alleged", "denied")[n % 3],
            edition=(None, "a", "b-2", "zz")[n % 7 % 4],
        )
        for n in range(1, 61)
    }
    many = {n: event(f"many <{n}>", published_on=date(2021, 1, 1)) for n in range(1_001, 3_301)}
    async with Database(module_url, pool_size=1) as database:
        await write(database, few | many)
    async with serving(module_url, plan_overrides=UNCAPPED) as client:
        yield client


@pytest.fixture(scope="module")
async def few(mixed: httpx.AsyncClient) -> list[dict[str, Any]]:
    fields = "published_on,occurred_on,countries,category,status,edition"
    return await items(mixed, datetime="2020-01-01/2020-12-31", sortby="id", fields=fields)


def in_order(documents: list[dict[str, Any]], keys: list[str]) -> list[int]:
    """Ids by sort keys, missing values last in either direction."""

    def value(document: dict[str, Any], name: str) -> Any:
        return next(iter(document["countries"]), None) if name == "country" else document[name]

    def compare(a: dict[str, Any], b: dict[str, Any]) -> int:
        for key in (*keys, ("-" if keys[-1].startswith("-") else "") + "id"):
            name = key.lstrip("+-")
            x, y = value(a, name), value(b, name)
            if x == y:
                continue
            if x is None or y is None:
                return 1 if x is None else -1
            return (1 if x > y else -1) * (-1 if key.startswith("-") else 1)
        return 0

    return [document["id"] for document in sorted(documents, key=cmp_to_key(compare))]


KEYS = st.lists(
    st.tuples(st.sampled_from(["", "-", "+"]), st.sampled_from(SORTABLE[:-1])),
    min_size=1, max_size=4, unique_by=lambda key: key[1],
).map(lambda keys: [sign + name for sign, name in keys])  # fmt: skip


@READS
@given(keys=KEYS, limit=st.integers(7, 70))
async def test_pages_joined_are_the_whole_list_in_order(
    mixed: httpx.AsyncClient, few: list[dict[str, Any]], keys: list[str], limit: int
) -> None:
    found = await pages(mixed, datetime="2020-01-01/2020-12-31", sortby=",".join(keys), limit=limit)
    assert [item["id"] for page in found for item in page] == in_order(few, keys)
    assert all(len(page) == limit for page in found[:-1]) and found[-1]


@pytest.mark.parametrize(
    "sortby", ["relevance", "+relevance", "category,relevance", "-relevance,-edition,country"]
)
async def test_pages_by_relevance(mixed: httpx.AsyncClient, sortby: str) -> None:
    params = {"q": "number OR 7 OR 11 OR -12", "datetime": "../2020-12-31", "sortby": sortby}
    whole = await items(mixed, limit=100, **params)
    assert len(whole) == 60
    found = await pages(mixed, limit=7, **params)
    assert [item for page in found for item in page] == whole


async def test_a_page_of_one_at_a_time(demo: httpx.AsyncClient) -> None:
    whole = await items(demo, limit=100)
    found = await pages(demo, limit=1)
    assert [item for [item] in found] == whole
    keys = [(item["published_on"], item["id"]) for item in whole]
    assert keys == sorted(keys, reverse=True) and len(keys) == 91


async def test_links_keep_the_rest_of_the_query(demo: httpx.AsyncClient) -> None:
    query = "actor=IR,VE&q=%22Iran%22+OR+Ir%C3%A1n&limit=2&count=exact&fields=summary"
    first = (await demo.get(f"{EVENTS}?{query}")).json()
    own, following = first["links"]
    assert own == {"rel": "self", "href": f"{EVENTS}?{query}", "type": "application/json"}
    assert following["href"].startswith(f"{EVENTS}?{query}&cursor=")
    second = (await demo.get(following["href"])).json()
    assert second["meta"] == first["meta"] and second["returned"] == 2
    assert second["links"][1]["href"].count("cursor=") == 1


def cursor_of(answer: httpx.Response) -> str:
    return str(answer.json()["links"][1]["href"].rpartition("cursor=")[2])


async def test_a_cursor_belongs_to_its_sort(demo: httpx.AsyncClient) -> None:
    cursor = cursor_of(await demo.get(EVENTS, params={"limit": 1}))
    for sortby in ("published_on", "-published_on,country", "-id", "-occurred_on"):
        name, _ = await refusal(demo, sortby=sortby, cursor=cursor)
        assert name == "cursor"
    same = await demo.get(EVENTS, params={"sortby": "-published_on,-id", "cursor": cursor})
    assert same.status_code == 200


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
CURSORS = (
    st.text(max_size=40)
    | st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
    | st.lists(SCALARS, max_size=4).map(encoded)
    | st.tuples(st.just("-published_on,-id"), SCALARS | st.dates().map(str), SCALARS).map(encoded)
    | st.dictionaries(st.text(max_size=3), SCALARS, max_size=3).map(encoded)
)


@READS
@given(cursor=CURSORS)
async def test_no_cursor_is_an_error_of_the_service(demo: httpx.AsyncClient, cursor: str) -> None:
    answer = await demo.get(EVENTS, params={"cursor": cursor.encode("utf-8", "ignore")})
    assert answer.status_code in (200, 400)
    if answer.status_code == 400 and "\0" not in cursor:
        assert answer.json()["errors"][0]["name"] == "cursor"


async def test_a_plan_clips_the_limit_and_says_so(demo: httpx.AsyncClient) -> None:
    body = (await demo.get(EVENTS, params={"limit": 10_000})).json()
    assert body["meta"]["clipped"] == {
        "parameter": "limit", "asked": 10_000, "given": 100, "plan": "anonymous"
    }  # fmt: skip
    assert "clipped" not in (await demo.get(EVENTS, params={"limit": 100})).json()["meta"]


async def test_counts(demo: httpx.AsyncClient) -> None:
    params = {"limit": 1, "actor": "IR"}
    exact = (await demo.get(EVENTS, params={**params, "count": "exact"})).json()
    assert exact["meta"] == {"matched": 25} and exact["returned"] == 1
    guess = (await demo.get(EVENTS, params={**params, "count": "estimated"})).json()
    assert isinstance(guess["meta"]["estimated_matched"], int)


async def test_fields(demo: httpx.AsyncClient) -> None:
    for item in await items(demo, fields="summary,actors", limit=5):
        assert list(item) == ["id", "summary", "actors"]
    for item in await items(demo, fields=["lon", "lat"], limit=5):
        assert list(item) == ["id", "lon", "lat"]
    [item] = await items(demo, fields="summary", q="Otoman", highlights="true")
    assert list(item) == ["id", "summary", "highlight"]


@pytest.mark.parametrize(
    "f", ["json", "geojson", "geojsonseq", "ndjson", "csv", "atom", "jsonfeed"]
)
async def test_a_streamed_list_has_the_bytes_of_one_page(
    mixed: httpx.AsyncClient, module_url: str, monkeypatch: pytest.MonkeyPatch, f: str
) -> None:
    params: dict[str, Any] = {"limit": 2_200, "f": f}
    if f not in ("csv", "atom", "jsonfeed"):
        params |= {"q": "many -7", "highlights": "true", "fields": "summary"}
    streamed = await mixed.get(EVENTS, params=params)
    monkeypatch.setattr(repository, "CHUNK", 10_000)
    async with serving(module_url, plan_overrides=UNCAPPED) as client:
        whole = await client.get(EVENTS, params=params)
    assert "content-length" not in streamed.headers and "content-length" in whole.headers
    assert streamed.content == whole.content
    assert streamed.headers["link"] == whole.headers["link"]


@pytest.mark.parametrize("limit", [1_000, 1_001, 2_000, 2_299, 2_300, 2_301])
async def test_long_lists_lose_nothing(mixed: httpx.AsyncClient, limit: int) -> None:
    found = await pages(mixed, datetime="2021-01-01", sortby="id", limit=limit)
    assert [item["id"] for page in found for item in page] == list(range(1_001, 3_301))
    assert len(found[0]) == min(limit, 2_300)


async def test_a_long_list_of_nothing_has_hints(mixed: httpx.AsyncClient) -> None:
    body = (await mixed.get(EVENTS, params={"limit": 5_000, "actor": "XX"})).json()
    assert body["items"] == [] and body["meta"]["hints"][0]["parameter"] == "actor"
