"""Events that tests write, and ways to read lists whole."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import httpx

from app.core.db import Database
from app.events.outlets import OutletEntry, bundled_outlets
from app.events.records import EventRecord, SourceRecord
from app.events.writer import save_outlets, write_events

OUTLET = OutletEntry(id="gazette", name="Gazette", language="en", ownership="private")
EVENTS = "/v1/events"


def event(summary: str = "Something happened.", **changes: Any) -> EventRecord:
    """An event of which a test states only what it is about."""
    day = changes.get("published_on", date(2020, 11, 1))
    values: dict[str, Any] = {
        "summary": summary,
        "text_language": "en",
        "published_on": day,
        "actors": (),
        "countries": (),
        "category": "diplomatic",
        "status": "confirmed",
        "sources": (SourceRecord(OUTLET.id, day, "en"),),
    }
    return EventRecord(**{**values, **changes})


async def write(
    database: Database, events: Iterable[EventRecord] | Mapping[int, EventRecord]
) -> None:
    """Store events under ids from 1 on, or under the given ones."""
    by_id = events if isinstance(events, Mapping) else dict(enumerate(events, start=1))
    async with database.transaction() as connection:
        await save_outlets(connection, [OUTLET, *bundled_outlets()])
        await write_events(connection, by_id, "a test")


async def items(client: httpx.AsyncClient, path: str = EVENTS, **params: Any) -> list[Any]:
    """The items of a list that must succeed."""
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    return found


async def ids(client: httpx.AsyncClient, **params: Any) -> set[int]:
    """The ids of all events that match."""
    return {item["id"] for item in await items(client, limit=100, **params)}


async def refusal(client: httpx.AsyncClient, path: str = EVENTS, **params: Any) -> tuple[str, str]:
    """Which parameter a request is refused for, and why."""
    answer = await client.get(path, params=params)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    return error["name"], error["reason"]


async def pages(
    client: httpx.AsyncClient, path: str = EVENTS, **params: Any
) -> list[list[dict[str, Any]]]:
    """All pages of a list, by following `next`, which body and header must agree on."""
    found = []
    answer = await client.get(path, params=params)
    while True:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found.append(body["items"])
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        if not following:
            assert "link" not in answer.headers
            return found
        assert answer.headers["link"] == f'<{following[0]}>; rel="next"'
        assert len(found) < 1_000
        answer = await client.get(following[0])
