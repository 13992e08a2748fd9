"""Deletes, now and then, what nobody can use any more: links, tokens, answers, unopened accounts."""

import asyncio
import contextlib
import logging
import random

from sqlalchemy.exc import SQLAlchemyError

from app.accounts import writer
from app.core.db import Database
from app.core.errors import ProblemError

EVERY_S = 3_600.0
logger = logging.getLogger("vric.accounts")


class Upkeep:
    """Sweeps about once an hour while the application runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Upkeep":
        self._task = asyncio.create_task(self._keep_sweeping())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep_sweeping(self) -> None:
        while True:
            # Workers that started together do not sweep together.
            await asyncio.sleep(EVERY_S * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                async with self._database.session() as session:
                    await writer.sweep(session)
            except (ProblemError, SQLAlchemyError) as error:
                logger.warning("nothing was swept: %s", type(error).__name__)
