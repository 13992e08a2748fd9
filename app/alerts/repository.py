"""Reading watchlists and alerts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import func, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.alerts.models import Alert, Watchlist
from app.events.query import EventFilter
from app.events.repository.statements import Statement, where

_ACTIVE = """
SELECT watchlists.id, account_id, rules, events_seen FROM watchlists
JOIN accounts ON accounts.id = account_id
WHERE active AND accounts.plan = ANY($1) AND rules @> ANY($2::jsonb[])
"""
_SENDING = """
SELECT alerts.*, watchlists.webhook_url, watchlists.webhook_secret,
    CASE WHEN previous_until > now() THEN webhook_secret_previous END AS previous_secret
FROM alerts JOIN watchlists ON watchlists.id = watchlist_id
WHERE alerts.id = $1 AND delivery = 'pending' AND webhook_url IS NOT NULL
    AND webhook_disabled_at IS NULL
"""
_WATCHED_KINDS = """
SELECT DISTINCT rule->>'on' AS kind FROM watchlists
JOIN accounts ON accounts.id = account_id, jsonb_array_elements(rules) AS rule
WHERE active AND accounts.plan = ANY($1)
"""
_WATCHED_ZONES = """
SELECT DISTINCT zone FROM watchlists
JOIN accounts ON accounts.id = account_id,
jsonb_array_elements(rules) AS rule, jsonb_array_elements_text(rule->'zones') AS zone
WHERE active AND accounts.plan = ANY($1) ORDER BY zone
"""


async def fetch_active(
    connection: asyncpg.Connection, plans: Sequence[str], kinds: Iterable[str]
) -> list[asyncpg.Record]:
    """The watchlists with a rule of one of some kinds, of accounts under one of some plans."""
    patterns = [f'[{{"on": "{kind}"}}]' for kind in sorted(kinds)]
    rows: list[asyncpg.Record] = await connection.fetch(_ACTIVE, plans, patterns)
    return rows


async def fetch_watched_kinds(connection: asyncpg.Connection, plans: Sequence[str]) -> set[str]:
    """What rules are about."""
    return {row["kind"] for row in await connection.fetch(_WATCHED_KINDS, plans)}


async def fetch_watched_zones(connection: asyncpg.Connection, plans: Sequence[str]) -> list[str]:
    """The zones that rules name."""
    return [row["zone"] for row in await connection.fetch(_WATCHED_ZONES, plans)]


async def find_to_send(connection: asyncpg.Connection, alert_id: int) -> asyncpg.Record | None:
    """An alert that is still to be posted, with where and under which sealed secrets."""
    return await connection.fetchrow(_SENDING, alert_id)


async def find_watchlist(
    session: AsyncSession, account_id: int, watchlist_id: UUID, *, lock: bool = False
) -> Watchlist | None:
    """An account's watchlist."""
    statement = select(Watchlist).where(
        Watchlist.id == watchlist_id, Watchlist.account_id == account_id
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def count_watchlists(session: AsyncSession, account_id: int) -> int:
    """How many watchlists an account has."""
    statement = select(func.count()).where(Watchlist.account_id == account_id)
    return (await session.exec(statement)).one()


async def list_watchlists(
    session: AsyncSession, account_id: int, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Watchlist]:
    """At most `limit` watchlists of an account, newest first."""
    statement = select(Watchlist).where(Watchlist.account_id == account_id)
    order = (col(Watchlist.created_at), col(Watchlist.id))
    if after is not None:
        statement = statement.where(tuple_(*order) < after)
    ordered = statement.order_by(*(column.desc() for column in order)).limit(limit)
    return (await session.exec(ordered)).all()


async def find_alert(session: AsyncSession, account_id: int, alert_id: int) -> Alert | None:
    """An account's alert."""
    statement = select(Alert).where(Alert.id == alert_id, Alert.account_id == account_id)
    return (await session.exec(statement)).first()


async def list_alerts(
    session: AsyncSession,
    account_id: int,
    limit: int,
    *,
    watchlist_id: UUID | None = None,
    kinds: Sequence[str] = (),
    before: int | None = None,
) -> Sequence[Alert]:
    """At most `limit` alerts of an account, newest first."""
    statement = select(Alert).where(Alert.account_id == account_id)
    if watchlist_id is not None:
        statement = statement.where(Alert.watchlist_id == watchlist_id)
    if kinds:
        statement = statement.where(col(Alert.kind).in_(kinds))
    if before is not None:
        statement = statement.where(col(Alert.id) < before)
    return (await session.exec(statement.order_by(col(Alert.id).desc()).limit(limit))).all()


async def list_alerts_after(
    session: AsyncSession, account_id: int, after: int, limit: int
) -> Sequence[Alert]:
    """At most `limit` alerts of an account that came after one, oldest first."""
    statement = select(Alert).where(Alert.account_id == account_id, col(Alert.id) > after)
    return (await session.exec(statement.order_by(col(Alert.id)).limit(limit))).all()


async def newest_alert(session: AsyncSession, account_id: int) -> int:
    """The id of an account's newest alert, 0 when there is none."""
    statement = select(func.max(Alert.id)).where(Alert.account_id == account_id)
    return (await session.exec(statement)).one() or 0


async def newest_change(connection: asyncpg.Connection) -> int:
    """The number of the newest change of the events."""
    return int(await connection.fetchval("SELECT coalesce(max(seq), 0) FROM event_changes"))


async def fetch_changed_events(
    connection: asyncpg.Connection, query: EventFilter, after: int, until: int, limit: int
) -> list[asyncpg.Record]:
    """Events that match a filter and were added or changed between two changes, oldest first."""
    statement = Statement()
    rows: list[asyncpg.Record] = await connection.fetch(
        f"SELECT id, document, updated_at FROM events WHERE {where(statement, query)} AND id IN"
        f" (SELECT event_id FROM event_changes WHERE seq > {statement.bind(after)}"
        f" AND seq <= {statement.bind(until)}) ORDER BY id LIMIT {statement.bind(limit)}",
        *statement.values,
    )
    return rows
