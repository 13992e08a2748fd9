"""A worker: takes jobs from the queue, runs their handlers, and outlives the database's absence."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.applications import PgQueuer
from pgqueuer.domain import models
from pgqueuer.domain.errors import FailingListenerError

from app.core.db import Database
from app.core.jobs.attempt import Attempts
from app.core.jobs.kinds import Kind
from app.core.jobs.owned import OwnedQueries
from app.core.jobs.queue import BUILDERS, NAMES, SYSTEM_PRIORITY, key_of
from app.core.settings import Settings

GRACE = timedelta(seconds=20)
MAX_PAUSE_S = 30.0
MIN_AT_ONCE = 2  # the library asks for twice the batch, which is 1
logger = logging.getLogger("vric.jobs")


class Worker:
    """Does jobs of the given kinds, `at_once` of them side by side.

    Any number of workers share one queue. A worker that is not heard of for
    `Settings.job_takeover_seconds` is taken for dead, and its jobs are done by another.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        kinds: Sequence[Kind],
        at_once: int = 2,
        grace: timedelta = GRACE,
    ) -> None:
        self._database = database
        self._settings = settings
        self._kinds = kinds
        self._at_once = at_once
        self._grace = grace
        self._takeover = timedelta(seconds=settings.job_takeover_seconds)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; jobs still running after the grace are handed back."""
        pause = 1.0
        while not stop.is_set():
            try:
                await self._work(stop)
                pause = 1.0
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                FailingListenerError,
            ) as e:
                logger.warning("the queue is away, next try in %.0f s: %s", pause, e)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
                pause = min(pause * 2, MAX_PAUSE_S)

    async def _work(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self._database.url, server_settings={"application_name": "vric-jobs"}
        )
        release = asyncio.Event()
        # Without the queue nobody hears of this worker: its jobs go to others, and it lets go of them.
        connection.add_termination_listener(lambda _: release.set())
        queries = OwnedQueries(AsyncpgDriver(connection), **BUILDERS)
        queuer = PgQueuer(queries.driver, NAMES.channel, queries=queries)
        queries.owner = queuer.qm.queue_manager_id
        attempts = Attempts(self._database, self._settings, queries.owner, release)
        for kind in self._kinds:
            self._register(queuer, queries, attempts, kind)
        stopper = asyncio.create_task(self._stop(stop, queuer.shutdown, release))
        try:
            await queuer.run(
                # A dead worker's job is found at a poll: no notice is sent for it.
                dequeue_timeout=self._takeover / 4,
                heartbeat_timeout=self._takeover,
                batch_size=1,
                max_concurrent_tasks=max(MIN_AT_ONCE, self._at_once),
                shutdown_on_listener_failure=True,
            )
        finally:
            stopper.cancel()
            await asyncio.shield(connection.close(timeout=5))

    def _register(
        self, queuer: PgQueuer, queries: OwnedQueries, attempts: Attempts, kind: Kind
    ) -> None:
        queuer.entrypoint(kind.name, concurrency_limit=kind.at_once, accepts_context=True)(
            partial(attempts.execute, kind)
        )
        if kind.cron is None:
            return

        async def queue_it(_: models.Schedule) -> None:
            await queries.enqueue(
                kind.name,
                b"{}",
                SYSTEM_PRIORITY,
                dedupe_key=key_of(kind.name, "periodic"),
                on_conflict="skip",
            )

        queuer.schedule(kind.name, kind.cron)(queue_it)

    async def _stop(
        self, stop: asyncio.Event, shutdown: asyncio.Event, release: asyncio.Event
    ) -> None:
        await stop.wait()
        shutdown.set()
        await asyncio.sleep(self._grace.total_seconds())
        release.set()
