"""What a kind of job is, and what its handler is given."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from app.core.db import Database
from app.core.jobs.repository import lock_owned
from app.core.settings import Settings

Payload: TypeAlias = Mapping[str, Any]


class JobFailedError(Exception):
    """The job cannot be done, however often it is tried; the message is recorded for its owner."""


class JobLostError(Exception):
    """The job was cancelled, or another worker has taken it over: stop and leave everything."""


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at a job, in the hands of the worker that owns it."""

    id: int
    payload: Payload
    attempt: int
    owner: UUID
    database: Database
    settings: Settings

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A transaction that commits only while this worker owns the job.

        Whatever a handler writes goes through one: a worker that was thought dead and comes back
        can change nothing any more.

        Raises:
            JobLostError: the job is not this worker's any more.
        """
        async with self.database.transaction() as connection:
            if not await lock_owned(connection, self.id, self.owner):
                raise JobLostError(f"job {self.id} is not this worker's any more")
            yield connection


Handler: TypeAlias = Callable[[Job], Awaitable[None]]
FailureRecorder: TypeAlias = Callable[[asyncpg.Connection, Payload, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of job is done. Handlers may run twice for one job and must bear it."""

    name: str
    handle: Handler
    deadline: timedelta
    at_once: int = 0
    """How many run at once over all workers; 0 for no limit."""
    attempts: int = 3
    backoff: timedelta = timedelta(seconds=10)
    """Before the second attempt; doubled before each further one."""
    record_failure: FailureRecorder | None = None
    """Tells the owner, in a transaction of the job, that it failed and why."""
    cron: str | None = None
    """When it is queued by itself, in UTC; never twice at once."""
