"""A queue to test with: puts jobs on it, reads their marks, starts and ends workers."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.core.db import Database
from app.core.jobs.queue import enqueue
from tests.core.job_worker import make_worker

Mark = tuple[str, str, int | None, int]


class Queue:
    """The queue of one database, and the marks of the jobs that were done."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def put(self, kind: str, name: str, *, share: str | None = None, **payload: Any) -> bool:
        """Queue a job whose subject is its name."""
        async with self.database.transaction() as connection:
            return await enqueue(
                connection, kind, {"name": name, **payload}, share=share, subject=name
            )

    async def marks(self, what: str | None = None) -> list[Mark]:
        """What was noted, in order: what, name, attempt, process."""
        rows = await self.database.fetch(
            "SELECT what, name, attempt, pid FROM marks WHERE $1::text IS NULL OR what = $1"
            " ORDER BY id",
            [what],
        )
        return [tuple(row) for row in rows]

    async def length(self) -> int:
        """How many jobs are unfinished."""
        return int(await self.database.fetch_value("SELECT count(*) FROM pgqueuer"))

    async def until(self, test: Callable[[list[Mark]], bool], seconds: float = 20) -> list[Mark]:
        """The marks once `test` holds for them."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            marks = await self.marks()
            if test(marks):
                return marks
            await asyncio.sleep(0.02)
        pytest.fail(f"still {marks}, {await self.length()} jobs")

    async def until_empty(self, seconds: float = 20) -> list[Mark]:
        """The marks once no job is left."""
        deadline = time.monotonic() + seconds
        while await self.length():
            if time.monotonic() > deadline:
                pytest.fail(f"still {await self.length()} jobs, {await self.marks()}")
            await asyncio.sleep(0.02)
        return await self.marks()


@asynccontextmanager
async def working(database: Database, **options: Any) -> AsyncIterator[asyncio.Event]:
    """A worker in this process while the context is open; the event stops it sooner."""
    stop = asyncio.Event()
    task = asyncio.create_task(make_worker(database, **options).run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


@contextmanager
def worker_process(url: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker in a process of its own."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.core.job_worker", url]
    with subprocess.Popen(command, cwd=root) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
