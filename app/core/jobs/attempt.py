"""One attempt at a job: its deadline, its cancellation, and what happens when it fails."""

import asyncio
import logging
from datetime import timedelta
from uuid import UUID

import orjson
from pgqueuer.domain import models
from pgqueuer.domain.errors import RetryRequested

from app.core.db import Database
from app.core.jobs.kinds import Job, JobFailedError, JobLostError, Kind
from app.core.jobs.repository import RELEASED, fetch_attempt
from app.core.settings import Settings

UNFORESEEN = "an unforeseen error; it was tried {} times"
GIVEN_UP = "it was given up: the process that did it ended {} times"
TOO_LONG = "it took longer than {:.0f} seconds"
# What keeps a failure from being recorded, such as a database that is away, passes.
_RECORD_AGAIN = timedelta(seconds=10)
logger = logging.getLogger("vric.jobs")


class Attempts:
    """Runs handlers for one worker, until `release` tells it to hand its jobs back."""

    def __init__(
        self, database: Database, settings: Settings, owner: UUID, release: asyncio.Event
    ) -> None:
        self._database = database
        self._settings = settings
        self._owner = owner
        self._release = release

    async def execute(self, kind: Kind, row: models.Job, context: models.Context) -> None:
        """Do a job, unless it is cancelled or handed back meanwhile.

        Raises:
            RetryRequested: it is to be queued again.
            JobFailedError: it failed for good, which was recorded.
        """
        attempt = asyncio.create_task(self._attempt(kind, row))
        released = asyncio.create_task(self._release.wait())
        try:
            with context.cancellation:
                await asyncio.wait({attempt, released}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            released.cancel()
            if cut_short := not attempt.done():
                attempt.cancel()
                await asyncio.gather(attempt, return_exceptions=True)
        if not cut_short:
            await attempt
        elif not context.cancellation.cancel_called:
            raise RetryRequested(timedelta(0), RELEASED)

    async def _attempt(self, kind: Kind, row: models.Job) -> None:
        try:
            async with self._database.transaction() as connection:
                number = await fetch_attempt(connection, row.id)
            payload = orjson.loads(row.payload or b"{}")
        except Exception as error:
            raise RetryRequested(_RECORD_AGAIN, "the database is away") from error
        job = Job(row.id, payload, number, self._owner, self._database, self._settings)
        try:
            await self._handle(kind, job)
        except JobLostError as lost:
            logger.warning("%s: %s", kind.name, lost)
        except JobFailedError as failure:
            await self._record(kind, job, str(failure))
            raise

    async def _handle(self, kind: Kind, job: Job) -> None:
        """Run the handler; what it raises becomes a retry, a lost job or a failure in words."""
        if job.attempt > kind.attempts:
            raise JobFailedError(GIVEN_UP.format(kind.attempts))
        seconds = kind.deadline.total_seconds()
        try:
            async with asyncio.timeout(seconds) as deadline:
                await kind.handle(job)
        except (JobLostError, JobFailedError):
            raise
        except Exception as error:
            if deadline.expired():
                raise JobFailedError(TOO_LONG.format(seconds)) from None
            logger.warning("%s %d, attempt %d", kind.name, job.id, job.attempt, exc_info=error)
            if job.attempt >= kind.attempts:
                raise JobFailedError(UNFORESEEN.format(job.attempt)) from error
            pause = kind.backoff * 2 ** (job.attempt - 1)
            raise RetryRequested(pause, type(error).__name__) from error

    async def _record(self, kind: Kind, job: Job, fault: str) -> None:
        if kind.record_failure is None:
            return
        try:
            async with job.transaction() as connection:
                await kind.record_failure(connection, job.payload, fault)
        except JobLostError:
            return
        except Exception as error:
            raise RetryRequested(_RECORD_AGAIN, "the failure could not be recorded") from error
