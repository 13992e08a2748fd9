"""Saved searches: each minute, the events that are new or changed and match are told once."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import orjson

from app.alerts import repository, writer
from app.alerts.observations import Observation, Watch
from app.alerts.recording import add_alerts, entitled
from app.alerts.rules import EventRule
from app.core.jobs.kinds import Job, Kind
from app.plans import PLANS, Feature

MAX_AT_ONCE = 1_000  # of one rule and one minute; an import of a whole archive is no news


async def answer_searches(job: Job) -> None:
    """Tell watchlists of events that were added or changed since they were last looked at."""
    async with job.transaction() as connection:
        until = await repository.newest_change(connection)
        plans = entitled(PLANS, Feature.ALERTS)
        rows = await repository.fetch_active(connection, plans, ["event"])
        behind = [row for row in rows if row["events_seen"] != until]
        found = [one for row in behind for one in await _found(connection, row, until)]
        ids: list[UUID] = [row["id"] for row in behind]
        await writer.note_seen(connection, ids, until)
        await add_alerts(connection, found)


async def _found(
    connection: asyncpg.Connection, row: asyncpg.Record, until: int
) -> list[tuple[Watch, Observation]]:
    found: list[tuple[Watch, Observation]] = []
    for number, rule in enumerate(orjson.loads(row["rules"])):
        if rule["on"] != "event":
            continue
        watch = Watch(row["id"], row["account_id"], number)
        events = await repository.fetch_changed_events(
            connection,
            EventRule.model_validate(rule).filter,
            row["events_seen"] or 0,
            until,
            MAX_AT_ONCE,
        )
        found.extend((watch, _observation(event)) for event in events)
    return found


def _observation(event: asyncpg.Record) -> Observation:
    document = orjson.loads(event["document"])
    return Observation("event", f"event:{event['id']}", event["updated_at"], {"event": document})


ANSWER = Kind("alerts.saved_searches", answer_searches, timedelta(minutes=5), cron="* * * * *")
