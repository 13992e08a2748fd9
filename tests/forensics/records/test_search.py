"""Takedowns and claims as they are searched: every filter, pages, formats, who may."""

import csv
import io
import json

import httpx
import pytest

from app.core.db import Database
from app.forensics.records.examples import CLAIM_PAGE, TAKEDOWN_PAGE
from app.forensics.records.schemas import ClaimPage, TakedownPage
from tests.conftest import MakeKey
from tests.forensics.records.conftest import claim, take_in, takedown

TAKEDOWNS, CLAIMS = "/v1/forensics/takedowns", "/v1/forensics/claims"


async def _ids(client: httpx.AsyncClient, path: str) -> list[str]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=RU", ["a", "b"]),
        ("state=ir", ["b"]),
        ("state=CU,IR", ["b", "c"]),
        ("platform=chirper&state=RU", ["a", "b"]),
        ("platform=Face-Page", ["c"]),
        ("hashtag=%23Libre", ["a"]),
        ("hashtag=ñandú", ["c"]),
        ("datetime=2021-03-02", ["b"]),
        ("datetime=../2021-03-02", ["a", "b"]),
        ("q=russia", ["a", "b"]),
        ("q=Rusia%20chirper", ["a", "b"]),
        ("q=sao%20paulo", ["c"]),
        ("q=100%25_sure", []),
        ("q=zzz", []),
    ],
)
async def test_filters(
    database: Database, premium: httpx.AsyncClient, query: str, found: list[str]
) -> None:
    records = [
        takedown(1, id="a", taken_down_on="2021-03-01", hashtags=["#Libre"]),
        takedown(2, id="b", taken_down_on="2021-03-02", attributed_states=["RU", "IR"]),
        takedown(
            3, id="c", taken_down_on="2021-03-03", attributed_states="CU", platform="face_page",
            note="Seen in São Paulo.", hashtags="ÑANDÚ",
        ),
    ]  # fmt: skip
    await take_in(database, "takedown", records)
    assert await _ids(premium, f"{TAKEDOWNS}?{query}&sortby=date") == found


async def test_claims_by_verdict_and_kind(database: Database, premium: httpx.AsyncClient) -> None:
    by = {"name": "Checkers", "kind": "fact_checker"}
    claims = [
        claim(1),
        claim(2, verdict="false", verdict_by=by),
        claim(3, verdict="unproven", verdict_by=by, kind="propaganda"),
        claim(4, claimant={"name": "X", "state": "CN"}, kind="law"),
    ]
    await take_in(database, "claim", claims)
    assert await _ids(premium, f"{CLAIMS}?verdict=false,unproven") == ["claim-3", "claim-2"]
    assert await _ids(premium, f"{CLAIMS}?kind=law") == ["claim-4"]
    assert await _ids(premium, f"{CLAIMS}?state=CN") == ["claim-4"]
    refused = await premium.get(f"{CLAIMS}?verdict=perhaps")
    assert refused.status_code == 400 and refused.json()["errors"][0]["name"] == "verdict"


@pytest.mark.parametrize("sort", ["-date", "date"])
async def test_pages_join_without_gap(
    database: Database, premium: httpx.AsyncClient, sort: str
) -> None:
    # Three share a day, two have none.
    days = ["2021-03-01", "2021-03-01", "2021-03-01", "2021-03-02", None, None, "2021-02-01"]
    records = [
        takedown(n, taken_down_on=day, sources={"outlet": "Reuters"}) for n, day in enumerate(days)
    ]
    await take_in(database, "takedown", records)
    path, seen = f"{TAKEDOWNS}?sortby={sort}&limit=2", []
    while path:
        answer = await premium.get(path)
        assert answer.status_code == 200, answer.text
        seen += [item["id"] for item in answer.json()["items"]]
        assert answer.json()["returned"] == len(answer.json()["items"]) <= 2
        following = [link["href"] for link in answer.json()["links"] if link["rel"] == "next"]
        path = following[0] if following else ""
        assert (f'<{path}>; rel="next"' == answer.headers.get("link")) == bool(path)
    keys = [(days[int(i.rpartition("-")[2])] or "", i) for i in seen]
    assert sorted(keys, reverse=sort == "-date") == keys
    assert len(seen) == len(days)


async def test_the_other_formats(database: Database, premium: httpx.AsyncClient) -> None:
    formula = claim(2, title="=1+1", hashtags=["a", "b"])
    await take_in(database, "claim", [claim(1), formula])
    lines = await premium.get(f"{CLAIMS}?f=ndjson&sortby=date")
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line)["id"] for line in lines.text.splitlines()] == ["claim-1", "claim-2"]
    answer = await premium.get(CLAIMS, headers={"Accept": "text/csv"}, params={"limit": 1})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'rel="next"' in answer.headers["link"]
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert row["title"] == "'=1+1" and row["hashtags"] == "a;b"


async def test_csv_is_taken_in_as_it_goes_out(
    database: Database, premium: httpx.AsyncClient
) -> None:
    await take_in(database, "takedown", [takedown(1, hashtags=["x", "y"]), takedown(2)])
    before = (await premium.get(TAKEDOWNS)).json()["items"]
    text = (await premium.get(f"{TAKEDOWNS}?f=csv")).text
    outcome = await take_in(database, "takedown", text)
    assert outcome.counts == {
        "takedowns": 2, "added": 0, "updated": 2, "withdrawn": 0, "unchanged": 0, "rejected": 0
    }  # fmt: skip
    after = (await premium.get(TAKEDOWNS)).json()["items"]
    names = ("id", "title", "attributed_states", "account_count", "hashtags", "sources")
    assert [[i[n] for n in names] for i in after] == [[i[n] for n in names] for i in before]


async def test_who_may(premium: httpx.AsyncClient, make_account_key: MakeKey) -> None:
    anonymous = await premium.get(TAKEDOWNS, headers={"Authorization": ""})
    assert anonymous.status_code == 401
    free = await make_account_key("f@example.org", "free")
    for path in (TAKEDOWNS, CLAIMS, f"{CLAIMS}/x"):
        answer = await premium.get(path, headers={"Authorization": f"Bearer {free}"})
        assert answer.status_code == 403 and answer.json()["code"] == "plan_required"


@pytest.mark.parametrize(
    "query", ["cursor=abc", "f=pdf", "limit=0", "q=%2A", "state=RUSSIA", "x=1", "datetime=soon"]
)
async def test_what_cannot_be_read_is_named(premium: httpx.AsyncClient, query: str) -> None:
    answer = await premium.get(f"{TAKEDOWNS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["name"] == query.partition("=")[0]


async def test_an_empty_answer_says_why(premium: httpx.AsyncClient) -> None:
    meta = (await premium.get(f"{TAKEDOWNS}?state=RU")).json()["meta"]
    assert meta["hints"][0]["parameters"] == ["state"]
    assert (await premium.get(CLAIMS)).json()["meta"]["hints"][0]["reason"].startswith("there are")


async def test_a_known_answer_is_not_sent_again(
    database: Database, premium: httpx.AsyncClient
) -> None:
    await take_in(database, "takedown", [takedown(1)])
    tag = (await premium.get(TAKEDOWNS)).headers["etag"]
    known = await premium.get(TAKEDOWNS, headers={"If-None-Match": tag})
    assert known.status_code == 304
    await take_in(database, "takedown", [takedown(2)])
    fresh = await premium.get(TAKEDOWNS, headers={"If-None-Match": tag})
    assert fresh.status_code == 200 and fresh.json()["items"][0]["id"] == "takedown-2"


def test_examples_are_what_they_show() -> None:
    TakedownPage.model_validate(TAKEDOWN_PAGE)
    ClaimPage.model_validate(CLAIM_PAGE)
