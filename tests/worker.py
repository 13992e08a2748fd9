"""A worker of background jobs in the test's own process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.core.db import Database
from app.core.jobs.worker import Worker
from app.core.settings import Settings
from app.worker import KINDS


@asynccontextmanager
async def working(database: Database, settings: Settings) -> AsyncIterator[None]:
    """A worker while the context is open."""
    stop = asyncio.Event()
    task = asyncio.create_task(Worker(database, settings, KINDS).run(stop))
    try:
        yield
    finally:
        stop.set()
        await task
