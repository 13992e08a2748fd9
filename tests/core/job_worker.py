"""Kinds of jobs that note what happens to them, and a worker process that does them."""

import asyncio
import os
import signal
import sys
from datetime import timedelta

import asyncpg

from app.core.db import Database
from app.core.jobs.kinds import Job, JobFailedError, Kind, Payload
from app.core.jobs.worker import Worker
from tests.conftest import make_settings

TABLE = """
CREATE TABLE IF NOT EXISTS marks (
    id bigint GENERATED ALWAYS AS IDENTITY, what text, name text, attempt int, pid int,
    at timestamptz DEFAULT clock_timestamp())
"""
TAKEOVER_S = 1.0
GRACE_S = 0.5
_INSERT = "INSERT INTO marks (what, name, attempt, pid) VALUES ($1, $2, $3, $4)"


async def mark(job: Job, what: str) -> None:
    """Note that a job got so far."""
    async with job.transaction() as connection:
        await connection.execute(_INSERT, what, job.payload["name"], job.attempt, os.getpid())


async def _note_failure(connection: asyncpg.Connection, payload: Payload, fault: str) -> None:
    await connection.execute(_INSERT, fault, payload["name"], None, os.getpid())


async def _work(job: Job) -> None:
    await mark(job, "begun")
    await asyncio.sleep(job.payload.get("seconds", 0))
    await mark(job, "ended")


async def _raise(_: Job) -> None:
    raise ValueError("a secret of the inside")


async def _refuse(_: Job) -> None:
    raise JobFailedError("there is nothing to do it with")


async def _die(job: Job) -> None:
    await mark(job, "begun")
    os.kill(os.getpid(), signal.SIGKILL)


async def _tick(job: Job) -> None:
    async with job.transaction() as connection:
        await connection.execute(_INSERT, "tick", "tick", job.attempt, os.getpid())


def _kind(name: str, handle: object, **options: object) -> Kind:
    defaults: dict[str, object] = {
        "deadline": timedelta(seconds=60),
        "backoff": timedelta(seconds=0.1),
        "record_failure": _note_failure,
    }
    return Kind(name, handle, **{**defaults, **options})  # type: ignore[arg-type]


KINDS = (
    _kind("test.work", _work),
    _kind("test.one", _work, at_once=1),
    _kind("test.late", _work, deadline=timedelta(seconds=0.3)),
    _kind("test.raise", _raise),
    _kind("test.refuse", _refuse),
    _kind("test.die", _die, attempts=2),
)
TICK = _kind("test.tick", _tick, cron="* * * * * *")


def make_worker(database: Database, *, tick: bool = False, at_once: int = 4) -> Worker:
    """A worker that is soon missed and soon lets go."""
    settings = make_settings(job_takeover_seconds=TAKEOVER_S)
    kinds = (*KINDS, TICK) if tick else KINDS
    return Worker(database, settings, kinds, at_once, timedelta(seconds=GRACE_S))


async def _main(url: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Database(url, pool_size=1) as database:
        await make_worker(database).run(stop)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
