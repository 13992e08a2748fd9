"""Every change of an export's row."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.clock import now
from app.exports.models import Export

_BEGIN = """
UPDATE exports SET status = 'running', rows = 0
WHERE id = $1 AND status IN ('queued', 'running')
RETURNING request, format, rows_cap, plan
"""
_NOTE_SNAPSHOT = "UPDATE exports SET data_version = $2, matched = $3 WHERE id = $1"
_NOTE_ROWS = "UPDATE exports SET rows = $2 WHERE id = $1"
_FINISH = """
UPDATE exports SET status = 'done', rows = $2, size_bytes = $3, sha256 = $4,
    finished_at = now(), expires_at = now() + $5::interval
WHERE id = $1
"""
_FAIL = """
UPDATE exports SET status = 'failed', fault = $2, finished_at = now()
WHERE id = $1 AND status IN ('queued', 'running')
"""
_FAIL_LOST = """
UPDATE exports SET status = 'failed', fault = 'its job was lost', finished_at = now()
WHERE status IN ('queued', 'running') AND created_at < now() - interval '10 minutes'
  AND NOT EXISTS (SELECT FROM pgqueuer AS job
                  WHERE job.dedupe_key = $1 || ':' || exports.id
                    AND job.status IN ('queued', 'picked'))
"""
_FORGET = """
DELETE FROM exports WHERE coalesce(expires_at, finished_at) < now() - $1::interval
"""


async def insert_new(session: AsyncSession, export: Export) -> bool:
    """Add an export; `False` if the account's idempotency key has been used."""
    names = ("id", "account_id", "idempotency_key", "request", "format", "status", "plan",
             "rows_cap", "rows", "created_at")  # fmt: skip
    statement = (
        insert(Export)
        .values({name: getattr(export, name) for name in names})
        .on_conflict_do_nothing(index_elements=["account_id", "idempotency_key"])
        .returning(col(Export.id))
    )
    return (await session.exec(statement)).first() is not None


async def cancel(session: AsyncSession, export: Export) -> None:
    """Mark an unfinished export as cancelled."""
    export.status, export.finished_at = "cancelled", now()
    session.add(export)


async def remove(session: AsyncSession, export_id: UUID) -> None:
    """Forget an export."""
    await session.exec(delete(Export).where(col(Export.id) == export_id))


async def begin(connection: asyncpg.Connection, export_id: UUID) -> Mapping[str, Any] | None:
    """What an export asks for; `None` when there is nothing to do any more."""
    row = await connection.fetchrow(_BEGIN, export_id)
    return None if row is None else {**row, "request": orjson.loads(row["request"])}


async def note_snapshot(
    connection: asyncpg.Connection, export_id: UUID, data_version: int, matched: int
) -> None:
    """Tell which state of the data is read, and how much of it matches."""
    await connection.execute(_NOTE_SNAPSHOT, export_id, data_version, matched)


async def note_rows(connection: asyncpg.Connection, export_id: UUID, rows: int) -> None:
    """Tell how many rows are written."""
    await connection.execute(_NOTE_ROWS, export_id, rows)


async def finish(
    connection: asyncpg.Connection,
    export_id: UUID,
    rows: int,
    size: int,
    sha256: str,
    keep: timedelta,
) -> None:
    """Tell that the file is whole."""
    await connection.execute(_FINISH, export_id, rows, size, sha256, keep)


async def fail(connection: asyncpg.Connection, export_id: UUID, fault: str) -> None:
    """Tell that it failed, and why."""
    await connection.execute(_FAIL, export_id, fault)


async def fail_lost(connection: asyncpg.Connection, kind: str) -> None:
    """End exports whose job is nowhere any more."""
    await connection.execute(_FAIL_LOST, kind)


async def forget(connection: asyncpg.Connection, older_than: timedelta) -> None:
    """Remove the rows of exports that ended long ago."""
    await connection.execute(_FORGET, older_than)
