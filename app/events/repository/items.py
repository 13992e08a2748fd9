"""Single events: what is known of one, its history, and what else tells of the same."""

from collections.abc import Sequence
from datetime import datetime

from app.core.db import Database, Row

RELATED_DAYS = 30
RELATED_CANDIDATES = 2_000

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
_RELATED = """
WITH me AS (SELECT * FROM events WHERE id = $1),
near AS (
    SELECT e.*, abs(e.published_on - me.published_on) AS days
    FROM events e, me
    WHERE e.id <> me.id
      AND e.published_on BETWEEN me.published_on - $2::int AND me.published_on + $2::int
      AND (e.actors && me.actors OR e.countries && me.countries)
    ORDER BY abs(e.published_on - me.published_on), e.id LIMIT $3
)
SELECT near.document, near.days, near.outlets && me.outlets AS same_outlet,
       similarity(near.summary, me.summary)::float8 AS text,
       cardinality(ARRAY(SELECT unnest(near.actors) INTERSECT SELECT unnest(me.actors))) AS actors,
       cardinality(ARRAY(SELECT unnest(near.countries) INTERSECT SELECT unnest(me.countries)))
           AS countries,
       cardinality(ARRAY(SELECT unnest(near.topics) INTERSECT SELECT unnest(me.topics))) AS topics,
       coalesce(near.place = me.place, false) AS same_place
FROM near, me
"""


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


async def fetch_neighbours(database: Database, event_id: int) -> Sequence[Row]:
    """Events near in time that share an actor or a country, with what they share."""
    return await database.fetch(_RELATED, [event_id, RELATED_DAYS, RELATED_CANDIDATES])
