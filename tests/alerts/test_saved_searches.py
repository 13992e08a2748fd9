"""Saved searches: events that are new or changed and match are told once."""

import asyncio

import httpx
import pytest

from app.alerts.saved_searches import ANSWER
from app.core.db import Database
from app.core.jobs.queue import enqueue
from app.core.settings import Settings
from app.reports.demo_edition import load_demo
from tests.alerts.conftest import make
from tests.worker import working


async def done(database: Database) -> None:
    """Have the searches answered now."""
    async with database.transaction() as connection:
        await enqueue(connection, ANSWER.name, {})
    queued = "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1"
    for _ in range(600):
        if not await database.fetch_value(queued, [ANSWER.name]):
            return
        await asyncio.sleep(0.05)
    pytest.fail("the job is not done")


async def test_new_events_that_match_are_told_once(
    premium: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    made = await make(premium, rules=[{"on": "event", "filter": {"actor": ["IR"], "q": "oil"}}])
    late = await make(premium, rules=[{"on": "event", "filter": {"actor": ["IR"]}}])
    await premium.patch(f"/v1/watchlists/{late['id']}", json={"active": False})
    await load_demo(database)
    expected = (await premium.get("/v1/events?actor=IR&q=oil&limit=100")).json()
    assert expected["returned"] > 0
    async with working(database, settings):
        for _ in range(2):
            await done(database)
    alerts = (await premium.get(f"/v1/alerts?watchlist={made['id']}")).json()["items"]
    told = sorted(alert["data"]["event"]["id"] for alert in alerts)
    assert told == sorted(event["id"] for event in expected["items"])
    assert {alert["kind"] for alert in alerts} == {"event"}
    assert (await premium.get(f"/v1/alerts?watchlist={late['id']}")).json()["items"] == []
