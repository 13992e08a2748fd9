"""Jobs: queued with the data they belong to, tried again, bounded, cancelled, shared fairly."""

import asyncio
import os
import subprocess
import sys
import time

import pytest

from app.core.db import Database, driver_connection
from app.core.jobs.gauges import measure_queue
from app.core.jobs.queue import cancel, enqueue
from app.core.metrics import JOBS_OLDEST, JOBS_RUNNING, JOBS_WAITING
from tests.core.jobs import Queue, working


async def _queue_and_fail(database: Database) -> None:
    async with database.transaction() as connection:
        await enqueue(connection, "test.work", {"name": "undone"})
        raise ZeroDivisionError


async def _queue_in_a_session_and_fail(database: Database) -> None:
    async with database.session() as session:
        await enqueue(await driver_connection(session), "test.work", {"name": "undone"})
        raise ZeroDivisionError


async def test_a_job_exists_from_the_commit_on(queue: Queue, database: Database) -> None:
    async with working(database):
        with pytest.raises(ZeroDivisionError):
            await _queue_and_fail(database)
        async with database.transaction() as connection:
            await enqueue(connection, "test.work", {"name": "done"})
            await asyncio.sleep(0.5)
            assert await queue.marks() == []
        marks = await queue.until_empty()
    assert [(what, name) for what, name, _, _ in marks] == [("begun", "done"), ("ended", "done")]


async def test_a_session_queues_in_its_own_transaction(queue: Queue, database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await _queue_in_a_session_and_fail(database)
    assert await queue.length() == 0
    async with database.session() as session:
        await enqueue(await driver_connection(session), "test.work", {"name": "done"})
    assert await queue.length() == 1


async def test_one_unfinished_job_a_subject(queue: Queue, database: Database) -> None:
    assert await queue.put("test.work", "a")
    assert not await queue.put("test.work", "a")
    assert await queue.put("test.one", "a")
    async with working(database):
        await queue.until_empty()
    assert await queue.put("test.work", "a")


async def test_what_raises_is_tried_three_times(queue: Queue, database: Database) -> None:
    await queue.put("test.raise", "a")
    async with working(database):
        marks = await queue.until_empty()
    assert [mark[:3] for mark in marks] == [
        ("an unforeseen error; it was tried 3 times", "a", None)
    ]


async def test_what_cannot_be_done_is_not_tried_again(queue: Queue, database: Database) -> None:
    await queue.put("test.refuse", "a")
    async with working(database):
        marks = await queue.until_empty()
    assert [mark[:2] for mark in marks] == [("there is nothing to do it with", "a")]
    picks = "SELECT count(*) FROM pgqueuer_log WHERE status = 'picked'"
    assert await database.fetch_value(picks) == 1


async def test_a_job_has_a_deadline(queue: Queue, database: Database) -> None:
    await queue.put("test.late", "a", seconds=30)
    async with working(database):
        marks = await queue.until_empty()
    assert [mark[0] for mark in marks] == ["begun", "it took longer than 0 seconds"]


async def test_a_waiting_job_is_cancelled(queue: Queue, database: Database) -> None:
    await queue.put("test.work", "a")
    await queue.put("test.work", "b")
    async with database.transaction() as connection:
        assert await cancel(connection, "test.work", "a")
        assert not await cancel(connection, "test.work", "c")
    async with working(database):
        marks = await queue.until_empty()
    assert {mark[1] for mark in marks} == {"b"}


async def test_a_running_job_is_cancelled(queue: Queue, database: Database) -> None:
    await queue.put("test.work", "a", seconds=30)
    async with working(database):
        await queue.until(bool)
        started = time.monotonic()
        async with database.transaction() as connection:
            assert await cancel(connection, "test.work", "a")
        await queue.put("test.work", "b")
        marks = await queue.until_empty()
    assert time.monotonic() - started < 10
    assert [mark[:2] for mark in marks] == [("begun", "a"), ("begun", "b"), ("ended", "b")]


async def test_many_jobs_of_one_do_not_delay_another(queue: Queue, database: Database) -> None:
    for number in range(20):
        await queue.put("test.one", f"a{number}", share="account:1", seconds=0.05)
    async with working(database):
        await queue.until(lambda marks: len(marks) >= 9)
        begun = len(await queue.marks("begun"))
        for number in range(3):
            await queue.put("test.one", f"b{number}", share="account:2", seconds=0.05)
        await queue.until_empty()
    order = [mark[1] for mark in await queue.marks("begun")][begun:]
    # They take turns: each job of b waits for a few of a, never for all of them.
    assert [order.index(f"b{number}") for number in range(3)] <= [4, 6, 8], order
    assert [name for name in order if name.startswith("a")][-1] == "a19"


async def test_a_newcomer_does_not_starve_the_others(queue: Queue, database: Database) -> None:
    for number in range(6):
        await queue.put("test.one", f"a{number}", share="account:1", seconds=0.02)
    async with working(database):
        for number in range(12):
            await queue.put("test.one", f"b{number}", share="account:2", seconds=0.02)
            await queue.until(
                lambda marks, name=f"b{number}": ("ended", name) in [m[:2] for m in marks]
            )
        await queue.until_empty()
    order = [mark[1] for mark in await queue.marks("begun")]
    assert order.index("a5") < order.index("b8"), order


async def test_a_kind_runs_no_more_than_it_may_at_once(queue: Queue, database: Database) -> None:
    for number in range(4):
        await queue.put("test.one", f"a{number}", seconds=0.1)
    async with working(database), working(database):
        await queue.until_empty()
    what = [mark[0] for mark in await queue.marks()]
    assert what == ["begun", "ended"] * 4


async def test_the_queue_is_measured(queue: Queue, database: Database) -> None:
    await queue.put("test.work", "a")
    await queue.put("test.work", "b")
    await asyncio.sleep(0.2)
    await measure_queue(database)
    assert JOBS_WAITING.labels("test.work")._value.get() == 2
    assert JOBS_RUNNING.labels("test.work")._value.get() == 0
    assert 0.1 < JOBS_OLDEST.labels("test.work")._value.get() < 60


async def test_a_periodic_job_runs_once_however_many_workers(
    queue: Queue, database: Database
) -> None:
    async with working(database, tick=True), working(database, tick=True):
        await queue.until(lambda marks: len(marks) >= 3)
    seconds = await database.fetch_value("SELECT extract(epoch FROM max(at) - min(at)) FROM marks")
    assert len(await queue.marks()) <= float(seconds) + 2


async def test_the_environment_does_not_rename_the_queue() -> None:
    code = (
        "from app.core.jobs.queue import NAMES;"
        "print(NAMES.channel, NAMES.trigger, NAMES.queue_table, NAMES.qualified.function)"
    )
    variables = dict.fromkeys(
        ("CHANNEL", "TRIGGER", "FUNCTION", "QUEUE_TABLE", "PGQUEUER_PREFIX"), "other"
    )
    done = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env={**os.environ, **variables}, stdout=subprocess.PIPE
    )
    out, _ = await done.communicate()
    assert out.decode().split() == [
        "ch_pgqueuer", "tg_pgqueuer_changed", "pgqueuer", "fn_pgqueuer_changed",
    ]  # fmt: skip
