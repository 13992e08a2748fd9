"""Putting jobs on the queue and taking them off, within the caller's transaction."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    DBSettings,
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.types import Channel, JobId

from app.core.jobs.kinds import Payload
from app.core.jobs.repository import lock_unfinished, take_turn

# Named here, because the library would also take them from variables such as CHANNEL or TRIGGER.
NAMES = DBSettings(
    prefix="",
    db_schema=None,
    channel=Channel("ch_pgqueuer"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
)
BUILDERS: dict[str, Any] = {
    "qbe": QueryBuilderEnvironment(NAMES),
    "qbq": QueryQueueBuilder(NAMES),
    "qbs": QuerySchedulerBuilder(NAMES),
}
SYSTEM_PRIORITY = 1  # before all jobs of accounts, whose turns are counted from 0 downwards


async def enqueue(
    connection: asyncpg.Connection,
    kind: str,
    payload: Payload,
    *,
    share: str | None = None,
    subject: str | None = None,
    after: timedelta | None = None,
) -> bool:
    """Queue a job; it exists from the commit of the caller's transaction on.

    Args:
        share: whose turn it takes, such as `account:7`; jobs of nobody go first.
        subject: what it is about: while a job of this kind and subject is unfinished, no second
            one is queued. It is what `cancel` names.
        after: how long it waits at least.

    Returns:
        Whether it was queued.
    """
    return bool(await enqueue_all(connection, kind, [(payload, subject)], share=share, after=after))


async def enqueue_all(
    connection: asyncpg.Connection,
    kind: str,
    jobs: Sequence[tuple[Payload, str | None]],
    *,
    share: str | None = None,
    after: timedelta | None = None,
) -> int:
    """Queue jobs of one kind, each a payload and a subject, as `enqueue` does, in one trip.

    Returns:
        How many were queued.
    """
    turn = None if share is None else await take_turn(connection, share)
    count = len(jobs)
    ids = await Queries(AsyncpgDriver(connection), **BUILDERS).enqueue(
        [kind] * count,
        [orjson.dumps(payload) for payload, _ in jobs],
        [SYSTEM_PRIORITY if turn is None else -turn - place for place in range(count)],
        [after] * count,
        [key_of(kind, subject) for _, subject in jobs],
        [None if share is None else {"share": share}] * count,
        on_conflict="skip",
    )
    return sum(id_ is not None for id_ in ids)


async def cancel(connection: asyncpg.Connection, kind: str, subject: str) -> bool:
    """Take a job off the queue, also from the worker that runs it, when the caller commits.

    Take this before other locks: workers lock the job first too.

    Returns:
        Whether there was one.
    """
    ids = [JobId(id_) for id_ in await lock_unfinished(connection, f"{kind}:{subject}")]
    if ids:
        await Queries(AsyncpgDriver(connection), **BUILDERS).mark_job_as_cancelled(ids)
    return bool(ids)


def key_of(kind: str, subject: str | None) -> str | None:
    """The key that keeps jobs of one kind and subject from being queued twice."""
    return None if subject is None else f"{kind}:{subject}"
