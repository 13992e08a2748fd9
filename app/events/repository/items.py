"""Single events: what is known of one, its history, and what else tells of the same."""

from datetime import date, datetime

import asyncpg

from app.core.db import Database, Row

MAX_AROUND = 500

_ITEM = "SELECT document, coding, created_at, updated_at FROM events WHERE id = $1"
_CORRECTIONS = """
SELECT field, value, by, reason, at FROM event_corrections WHERE event_id = $1 ORDER BY at, field
"""
_HISTORY = "SELECT seq, kind, at, by, document FROM event_changes WHERE event_id = $1 ORDER BY seq"
_CHANGES = """
SELECT seq, event_id, kind, at, by, document FROM event_changes
WHERE seq > $1 ORDER BY seq LIMIT $2
"""
# `at` is when a transaction began, `seq` the order of the commits: one that began earlier may have
# got a later number, so everything from the first step at or after the instant is sent.
_SEQ_BEFORE = """
SELECT coalesce(
    (SELECT min(seq) - 1 FROM event_changes WHERE at >= $1),
    (SELECT max(seq) FROM event_changes), 0)
"""
_AROUND = """
WITH me AS (SELECT * FROM events WHERE id = $1),
nearest AS (
    SELECT e.*, abs(e.published_on - me.published_on) AS days
    FROM events e, me
    WHERE e.published_on BETWEEN me.published_on - $2::int AND me.published_on + $2::int
      AND (e.id = me.id OR e.actors && me.actors OR e.countries && me.countries)
    ORDER BY e.id <> me.id, abs(e.published_on - me.published_on), e.id LIMIT $3
)
SELECT id, days, actors, countries, topics, place, outlets,
       tsvector_to_array(ts_filter(search, '{a}')) AS words
FROM nearest ORDER BY id <> $1, days, id
"""
_LINKS = """
SELECT feature, target_id, title FROM event_links
WHERE event_id = $1 AND feature = ANY($2) ORDER BY feature, target_id
"""
_LINKED = """
SELECT e.id, e.published_on, e.summary FROM event_links l JOIN events e ON e.id = l.event_id
WHERE l.feature = $1 AND l.target_id = $2 ORDER BY e.published_on, e.id
"""
_REPORTED = """
SELECT id, outlets, published_on, summary FROM events
WHERE published_on = ANY($1::date[]) AND outlets && $2::text[] ORDER BY id
"""
_DOCUMENTS = "SELECT id, document FROM events WHERE id = ANY($1::bigint[])"


async def find_event(database: Database, event_id: int) -> Row | None:
    """An event's document, coding and dates."""
    return await database.fetch_row(_ITEM, [event_id])


async def fetch_corrections(database: Database, event_id: int) -> list[Row]:
    """What persons corrected in an event."""
    return await database.fetch(_CORRECTIONS, [event_id])


async def fetch_history(database: Database, event_id: int) -> list[Row]:
    """Every step in an event's life, oldest first."""
    return await database.fetch(_HISTORY, [event_id])


async def fetch_changes(database: Database, after: int, limit: int) -> list[Row]:
    """Steps of all events after a sequence number, in the order of their commits."""
    return await database.fetch(_CHANGES, [after, limit])


async def fetch_sequence_before(database: Database, instant: datetime) -> int:
    """The last sequence number before an instant, 0 for none."""
    return int(await database.fetch_value(_SEQ_BEFORE, [instant]))


async def fetch_around(database: Database, event_id: int, days: int) -> list[Row]:
    """An event, then those near in time that share an actor or a country, nearest first."""
    return await database.fetch(_AROUND, [event_id, days, 1 + MAX_AROUND])


async def fetch_documents(database: Database, ids: list[int]) -> dict[int, str]:
    """Documents by id."""
    return {row[0]: row[1] for row in await database.fetch(_DOCUMENTS, [ids])}


async def fetch_links(database: Database, event_id: int, features: list[str]) -> list[Row]:
    """What these features hold on an event."""
    return await database.fetch(_LINKS, [event_id, features])


async def fetch_linked_events(database: Database, feature: str, target_id: str) -> list[Row]:
    """The events that a target of a feature is linked to."""
    return await database.fetch(_LINKED, [feature, target_id])


async def load_reported_events(
    connection: asyncpg.Connection, days: list[date], outlets: list[str]
) -> list[Row]:
    """The events that one of these outlets reported on one of these days."""
    rows: list[Row] = await connection.fetch(_REPORTED, days, outlets)
    return rows
