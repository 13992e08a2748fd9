"""The stream of alerts, read from a real server as a browser would."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app.alerts.recording import record_observations
from app.alerts.stream import MAX_STREAMS
from app.core.db import Database
from tests.alerts.conftest import make, observe, seen
from tests.command import started
from tests.conftest import TEST_SECRET, MakeKey
from tests.problems import assert_problem


@pytest.fixture
async def streamed(
    database: Database, make_account_key: MakeKey, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """A premium client of a server process."""
    key = await make_account_key(plan="premium")
    variables = {"VRIC_DATABASE_URL": database.url, "VRIC_SECRET_KEY": TEST_SECRET}
    with started(tmp_path, **variables) as (url, _):
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
            yield client


async def read(lines: AsyncIterator[str], count: int) -> list[dict[str, Any]]:
    """The next events of a stream."""
    found: list[dict[str, Any]] = []
    event: dict[str, Any] = {}
    async for line in lines:
        name, _, value = line.partition(": ")
        if line:
            event[name] = orjson.loads(value) if name == "data" else value
        elif "data" in event:
            found.append(event)
            event = {}
            if len(found) == count:
                break
    return found


async def test_alerts_come_as_they_are_made_and_after_the_last_seen(
    streamed: httpx.AsyncClient, database: Database
) -> None:
    await make(streamed)
    await observe(database, seen("before"))
    async with streamed.stream("GET", "/v1/alerts/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        async for line in lines:
            if line.startswith(":"):  # from here on nothing is missed
                break
        await observe(database, seen("one"), seen("two"))
        events = await asyncio.wait_for(read(lines, 2), 20)
    assert [event["event"] for event in events] == ["alert.zone_entry"] * 2
    ids = [int(event["id"]) for event in events]
    assert ids == [event["data"]["id"] for event in events]
    before = {"Last-Event-ID": str(ids[0])}
    async with streamed.stream("GET", "/v1/alerts/stream", headers=before) as answer:
        assert [int(event["id"]) for event in await read(answer.aiter_lines(), 1)] == ids[1:]
    async with streamed.stream("GET", "/v1/alerts/stream?after=0") as answer:
        assert [int(event["id"]) for event in await read(answer.aiter_lines(), 3)][1:] == ids


async def test_none_is_left_out_when_two_imports_end_in_another_order(
    streamed: httpx.AsyncClient, database: Database
) -> None:
    await make(streamed)

    async def import_one(name: str, pause_s: float) -> None:
        async with database.transaction() as connection:
            await record_observations(connection, [seen(name)])
            await asyncio.sleep(pause_s)

    async with streamed.stream("GET", "/v1/alerts/stream?after=0") as answer:
        reading = asyncio.create_task(read(answer.aiter_lines(), 6))
        await asyncio.gather(*(import_one(str(place), (place % 3) / 3) for place in range(6)))
        assert len(await asyncio.wait_for(reading, 30)) == 6


async def test_an_account_has_so_many_streams(streamed: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        opened = [streamed.stream("GET", "/v1/alerts/stream") for _ in range(MAX_STREAMS)]
        answers = [await one.__aenter__() for one in opened]
        lines = [answer.aiter_lines() for answer in answers]  # one that is forgotten ends
        for each in lines:
            await anext(each)
        refused = await streamed.get("/v1/alerts/stream")
        assert_problem(refused, 429, "rate_limited")
        for one in opened:
            await one.__aexit__(None, None, None)
    for text in ("after=-1", "after=x", "since=1"):
        assert_problem(await streamed.get(f"/v1/alerts/stream?{text}"), 400, "invalid_parameter")
