"""Reading exports, and the events that go into one."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import func, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.events.query import EventFilter
from app.events.repository.statements import Statement, where
from app.exports.models import Export

CHUNK = 1_000
UNFINISHED = ("queued", "running")


async def find_export(
    session: AsyncSession, account_id: int, export_id: UUID, *, lock: bool = False
) -> Export | None:
    """An account's export."""
    statement = select(Export).where(Export.id == export_id, Export.account_id == account_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(statement)).first()


async def find_by_key(session: AsyncSession, account_id: int, key: str) -> Export | None:
    """The export that an account asked for with an idempotency key."""
    return (
        await session.exec(
            select(Export).where(Export.account_id == account_id, Export.idempotency_key == key)
        )
    ).first()


async def count_unfinished(session: AsyncSession, account_id: int) -> int:
    """How many exports of an account are still to be made."""
    statement = select(func.count()).where(
        Export.account_id == account_id, col(Export.status).in_(UNFINISHED)
    )
    return (await session.exec(statement)).one()


async def list_exports(
    session: AsyncSession, account_id: int, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Export]:
    """At most `limit` exports of an account, newest first."""
    statement = select(Export).where(Export.account_id == account_id)
    order = (col(Export.created_at), col(Export.id))
    if after is not None:
        statement = statement.where(tuple_(*order) < after)
    ordered = statement.order_by(*(column.desc() for column in order)).limit(limit)
    return (await session.exec(ordered)).all()


async def fetch_existing(connection: asyncpg.Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Those of some exports whose file is to be kept."""
    rows = await connection.fetch(
        "SELECT id FROM exports WHERE id = ANY($1::uuid[]) AND status <> 'cancelled'"
        " AND status <> 'failed' AND coalesce(expires_at > now(), true)",
        ids,
    )
    return {row["id"] for row in rows}


async def fetch_scope(snapshot: asyncpg.Connection, query: EventFilter) -> tuple[int, int]:
    """The data version of a snapshot, and how many of its events match."""
    statement = Statement()
    row = await snapshot.fetchrow(
        f"SELECT (SELECT version FROM data_version), count(*) FROM events"
        f" WHERE {where(statement, query)}",
        *statement.values,
    )
    return row[0], row[1]


async def stream_documents(
    snapshot: asyncpg.Connection, query: EventFilter, cap: int | None
) -> AsyncIterator[list[bytes]]:
    """Up to `cap` documents in the list's own order, newest first, in chunks."""
    statement = Statement()
    sql = (
        f"SELECT document FROM events WHERE {where(statement, query)}"
        f" ORDER BY published_on DESC, id DESC LIMIT {statement.bind(cap)}"
    )
    cursor = await snapshot.cursor(sql, *statement.values)
    while rows := await cursor.fetch(CHUNK):
        yield [row[0] for row in rows]
