"""SQL over the queue's tables beyond what the library asks of them."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from app.core.db import Database, Row

RELEASED = "the worker stops"

_LOCK_SHARE = "SELECT pg_advisory_xact_lock(hashtextextended('vric.jobs.' || $1, 0))"
# Start-time fair queueing: a job's turn is one after its owner's last one, and not before the turn
# that the queue has reached. Turns are kept as negative priorities.
_TURN = """
SELECT greatest(
    (SELECT max(-priority) + 1 FROM pgqueuer
     WHERE status IN ('queued', 'picked') AND priority <= 0 AND headers->>'share' = $1),
    coalesce(
        (SELECT min(-priority) FROM pgqueuer
         WHERE status = 'queued' AND priority <= 0 AND execute_after <= now()),
        (SELECT max(-priority) FROM pgqueuer WHERE status = 'picked' AND priority <= 0),
        0))
"""
_FIND = """
SELECT id FROM pgqueuer WHERE dedupe_key = $1 AND status IN ('queued', 'picked') FOR UPDATE
"""
_LOCK_OWNED = "SELECT 1 FROM pgqueuer WHERE id = $1 AND queue_manager_id = $2 FOR UPDATE"
_OWNED = "SELECT id FROM pgqueuer WHERE id = ANY($1::bigint[]) AND queue_manager_id = $2"
# Every pick counts, also those of workers that died; handing a job back at a stop does not.
_ATTEMPT = """
SELECT count(*) FILTER (WHERE status = 'picked')
     - count(*) FILTER (WHERE status = 'queued' AND traceback->'additional_context'->>'reason' = $2)
FROM pgqueuer_log WHERE job_id = $1
"""
_LENGTHS = """
SELECT entrypoint AS kind,
       count(*) FILTER (WHERE status = 'queued') AS waiting,
       count(*) FILTER (WHERE status = 'picked') AS running,
       coalesce(extract(epoch FROM now() - min(greatest(created, execute_after))
           FILTER (WHERE status = 'queued' AND execute_after <= now())), 0)::float8 AS oldest
FROM pgqueuer GROUP BY entrypoint
"""


async def take_turn(connection: asyncpg.Connection, share: str) -> int:
    """The turn of the next job of an owner; the owner's enqueuers stand in line until the commit."""
    await connection.execute(_LOCK_SHARE, share)
    return int(await connection.fetchval(_TURN, share))


async def lock_unfinished(connection: asyncpg.Connection, dedupe_key: str) -> list[int]:
    """The ids of unfinished jobs with a key, held until the commit."""
    return [row["id"] for row in await connection.fetch(_FIND, dedupe_key)]


async def lock_owned(connection: asyncpg.Connection, job_id: int, owner: UUID) -> bool:
    """Whether a worker owns a job; if so nobody takes or cancels it until the commit."""
    return await connection.fetchval(_LOCK_OWNED, job_id, owner) is not None


async def fetch_attempt(connection: asyncpg.Connection, job_id: int) -> int:
    """Which attempt at the job this is, from 1."""
    return int(await connection.fetchval(_ATTEMPT, job_id, RELEASED))


async def fetch_lengths(database: Database) -> list[Row]:
    """Per kind: jobs waiting, jobs running, and seconds the oldest due one has waited."""
    return await database.fetch(_LENGTHS)


def owned_statement() -> str:
    """The statement that tells which of some jobs (`$1`) a worker (`$2`) owns."""
    return _OWNED


async def prune(connection: asyncpg.Connection, older_than: timedelta) -> None:
    """Forget what happened to jobs of long ago."""
    await connection.execute(
        "DELETE FROM pgqueuer_log WHERE created < now() - $1::interval", older_than
    )
    await connection.execute(
        "DELETE FROM pgqueuer_statistics WHERE created < now() - $1::interval", older_than
    )
