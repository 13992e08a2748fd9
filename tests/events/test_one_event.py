"""One event in full: provenance, neighbours, citation, history, and what is gone."""

from datetime import date
from typing import Any

import httpx
import pytest

from app.core.db import Database
from app.events.neighbours import CORROBORATING_SCORE, RELATED_SCORE
from app.events.records import SourceRecord
from app.events.schemas import EVENT_FIELDS, EventDetail
from app.events.writer import delete_events
from tests.conftest import serving
from tests.events.samples import EVENTS, OUTLET, event, ids, items, refusal, write


async def fetch(client: httpx.AsyncClient, event_id: int) -> dict[str, Any]:
    answer = await client.get(f"{EVENTS}/{event_id}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def the_only(client: httpx.AsyncClient, **params: str) -> int:
    [number] = await ids(client, **params)
    return number


def numbers(event: dict[str, Any], kind: str) -> list[int]:
    return [neighbour["event"]["id"] for neighbour in event[kind]]


async def test_every_demo_event_in_full(demo: httpx.AsyncClient) -> None:
    for document in await items(demo, limit=100):
        found = await fetch(demo, document["id"])
        EventDetail.model_validate(found, extra="forbid")
        same = [name for name in EVENT_FIELDS if name != "links"]
        assert {name: found[name] for name in same} == {name: document[name] for name in same}
        assert document["summary"] in found["citation"]
        assert f"{EVENTS}/{document['id']}" in found["citation"]
        for kind, least in (("corroborating", CORROBORATING_SCORE), ("related", RELATED_SCORE)):
            scores = [neighbour["score"] for neighbour in found[kind]]
            assert scores == sorted(scores, reverse=True) and all(s >= least for s in scores)
            assert len(scores) <= 10 and document["id"] not in numbers(found, kind)
            for neighbour in found[kind]:
                assert neighbour["score"] == pytest.approx(sum(neighbour["parts"].values()))


async def test_two_outlets_on_one_fact_corroborate_each_other(demo: httpx.AsyncClient) -> None:
    missiles = await ids(demo, q="C-802A")
    doses = await ids(demo, q='"25 million" Sputnik Argentina')
    for pair in (missiles, doses):
        first, second = sorted(pair)
        assert numbers(await fetch(demo, first), "corroborating") == [second]
        assert numbers(await fetch(demo, second), "corroborating") == [first]


async def test_stations_of_one_journey_are_related(demo: httpx.AsyncClient) -> None:
    tour = await ids(demo, q="Zarif", datetime="2020-11-04/..")
    shares = []
    for number in tour:
        found = await fetch(demo, number)
        near = numbers(found, "corroborating") + numbers(found, "related")
        assert tour & set(near[:2])
        shares.append(len(tour & set(near)))
    assert len(tour) == 10 and sum(share >= 3 for share in shares) >= 9


async def test_state_media_does_not_corroborate_itself(demo: httpx.AsyncClient) -> None:
    for document in await items(demo, limit=100):
        outlets = {source["outlet_id"] for source in document["sources"]}
        for neighbour in (await fetch(demo, document["id"]))["corroborating"]:
            assert not outlets & {s["outlet_id"] for s in neighbour["event"]["sources"]}


async def test_an_event_without_company(database: Database, database_url: str) -> None:
    sources = (
        SourceRecord(OUTLET.id, date(2020, 11, 1), "en"),
        SourceRecord("reuters", date(2020, 11, 2), "es", url="https://example.org/a"),
    )
    await write(database, {7: event("Alone.", text_language="xx", sources=sources)})
    async with serving(database_url) as client:
        found = await fetch(client, 7)
        assert await ids(client, outlet="reuters") == await ids(client, language="es") == {7}
    assert found["corroborating"] == found["related"] == []
    assert [source["url"] for source in found["sources"]] == [None, "https://example.org/a"]
    assert found["citation"] == (
        "VRIC Monitor, event 7, revision 1: Alone. Reported by Gazette (1 November 2020), "
        "Reuters (2 November 2020). /v1/events/7"
    )


async def test_history_and_deletion(database: Database, database_url: str) -> None:
    await write(database, {7: event("First wording."), 8: event("Other.")})
    await write(database, {7: event("Second wording.")})
    await write(database, {7: event("Second wording.")})
    async with serving(database_url) as client:
        assert "revision 2" in (await fetch(client, 7))["citation"]
        async with database.transaction() as connection:
            await delete_events(connection, [7], "an editor")
    async with serving(database_url) as client:
        gone = await client.get(f"{EVENTS}/7")
        assert gone.status_code == 410
        problem = gone.json()
        assert problem["code"] == "gone" and problem["history"] == f"{EVENTS}/7/history"
        steps = await items(client, problem["history"])
        assert [step["kind"] for step in steps] == ["created", "updated", "deleted"]
        assert [step["by"] for step in steps] == ["a test", "a test", "an editor"]
        assert [step["document"]["summary"] for step in steps] == [
            "First wording.", "Second wording.", "Second wording."
        ]  # fmt: skip
        assert await ids(client) == {8}
        assert await ids(client, q="wording") == set()
        assert 7 not in numbers(await fetch(client, 8), "related")


@pytest.mark.parametrize("path", ["999999", "999999/history", str(2**62), "1/nothing"])
async def test_what_never_was(demo: httpx.AsyncClient, path: str) -> None:
    answer = await demo.get(f"{EVENTS}/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", str(2**63), "%C3%A9"])
async def test_what_is_no_id(demo: httpx.AsyncClient, number: str) -> None:
    for path in (f"{EVENTS}/{number}", f"{EVENTS}/{number}/history"):
        assert (await refusal(demo, path))[0] == "event_id"


async def test_unknown_parameters_are_refused(demo: httpx.AsyncClient) -> None:
    for path in ("1", "1/history", "facets", "timeline", "correlations"):
        name, reason = await refusal(demo, f"{EVENTS}/{path}", nonsense="1")
        assert (name, reason) == ("nonsense", "there is no such parameter")
