"""Every change of watchlists and alerts."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.alerts.models import Watchlist
from app.alerts.observations import Observation, Watch

# Whoever adds alerts does so one after another, so that their ids rise in the order of commits.
_IN_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('alerts', 0))"
_INSERT = """
INSERT INTO alerts (account_id, watchlist_id, rule, kind, key, observed_at, data, delivery,
    attempts, created_at)
SELECT new.account_id, new.watchlist_id, new.rule, new.kind, new.key, new.observed_at,
    new.data::jsonb, CASE WHEN watchlists.webhook_url IS NULL OR webhook_disabled_at IS NOT NULL
    THEN 'none' ELSE 'pending' END, 0, now()
FROM unnest($1::bigint[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::timestamptz[],
    $7::text[], $8::text[], $9::timestamptz[]) WITH ORDINALITY AS new (account_id, watchlist_id,
    rule, kind, key, observed_at, data, subject, lasts_until, place)
JOIN watchlists ON watchlists.id = new.watchlist_id
WHERE new.lasts_until IS NULL OR NOT EXISTS (
    SELECT FROM alerts AS told WHERE told.watchlist_id = new.watchlist_id
        AND told.kind = new.kind AND starts_with(told.key, new.subject)
        AND told.observed_at < new.lasts_until
        AND (told.data->>'lasts_until')::timestamptz > new.observed_at
)
ORDER BY new.place
ON CONFLICT (watchlist_id, key) DO NOTHING
RETURNING id, account_id, delivery
"""
_NOTE_DELIVERED = """
WITH sent AS (UPDATE alerts SET delivery = 'delivered', attempts = attempts + 1,
    last_fault = NULL, delivered_at = now() WHERE id = $1 RETURNING watchlist_id)
UPDATE watchlists SET failing_since = NULL FROM sent WHERE id = sent.watchlist_id
"""
_NOTE_FAULT = """
UPDATE alerts SET attempts = attempts + 1, last_fault = $2,
    delivery = CASE WHEN $3 THEN 'failed' ELSE 'pending' END
WHERE id = $1 RETURNING watchlist_id, attempts, account_id
"""
_NOTE_FAILING = """
UPDATE watchlists SET failing_since = coalesce(failing_since, now()),
    webhook_disabled_at = CASE WHEN failing_since < now() - $2::interval THEN now() END
WHERE id = $1 AND webhook_disabled_at IS NULL
"""
_FAIL_UNSENT = """
UPDATE alerts SET delivery = 'failed', last_fault = coalesce(last_fault, 'the webhook is gone')
WHERE id = $1 AND delivery = 'pending'
"""
_NOTE_SEEN = "UPDATE watchlists SET events_seen = $2 WHERE id = ANY($1::uuid[])"
_FORGET = "DELETE FROM alerts WHERE created_at < now() - $1::interval"


async def insert_alerts(
    connection: asyncpg.Connection, found: Sequence[tuple[Watch, Observation]]
) -> list[asyncpg.Record]:
    """Add alerts, except those that their watchlist has had: id, account and whether to post each.

    Call it last in a transaction: until that ends, nobody else adds any.
    """
    if not found:
        return []
    await connection.execute(_IN_TURN)
    rows: list[asyncpg.Record] = await connection.fetch(
        _INSERT,
        [watch.account_id for watch, _ in found],
        [watch.watchlist_id for watch, _ in found],
        [watch.number for watch, _ in found],
        [observation.kind for _, observation in found],
        [observation.key for _, observation in found],
        [observation.observed_at for _, observation in found],
        [orjson.dumps(observation.data).decode() for _, observation in found],
        [observation.subject for _, observation in found],
        [observation.lasts_until for _, observation in found],
    )
    return rows


async def note_delivered(connection: asyncpg.Connection, alert_id: int) -> None:
    """Tell that an alert was accepted, and that its webhook works."""
    await connection.execute(_NOTE_DELIVERED, alert_id)


async def note_fault(
    connection: asyncpg.Connection, alert_id: int, fault: str, *, last: bool, disable: timedelta
) -> asyncpg.Record | None:
    """Tell that an alert was not accepted; a webhook that accepts nothing for `disable` is off."""
    row = await connection.fetchrow(_NOTE_FAULT, alert_id, fault, last)
    if row is not None:
        await connection.execute(_NOTE_FAILING, row["watchlist_id"], disable)
    return row


async def fail_unsent(connection: asyncpg.Connection, alert_id: int) -> None:
    """Tell that an alert will not be posted any more."""
    await connection.execute(_FAIL_UNSENT, alert_id)


async def note_seen(
    connection: asyncpg.Connection, watchlist_ids: Sequence[UUID], change: int
) -> None:
    """Tell up to which change of the events saved searches were answered."""
    await connection.execute(_NOTE_SEEN, watchlist_ids, change)


async def forget(connection: asyncpg.Connection, older_than: timedelta) -> None:
    """Remove old alerts."""
    await connection.execute(_FORGET, older_than)


async def remove_watchlist(session: AsyncSession, watchlist_id: UUID) -> None:
    """Remove a watchlist with its alerts."""
    await session.exec(delete(Watchlist).where(col(Watchlist.id) == watchlist_id))
