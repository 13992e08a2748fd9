"""Workers that die, hang, are stopped or lose the database: every job is done, and done once."""

import asyncio
import signal

from app.core.db import Database
from app.core.jobs.queue import enqueue
from tests.core.jobs import Queue, worker_process, working


async def test_a_killed_workers_job_is_taken_over(queue: Queue, database: Database) -> None:
    await queue.put("test.work", "a", seconds=3)
    with worker_process(database.url) as first:
        await queue.until(bool)
        first.kill()
        first.wait()
        with worker_process(database.url) as second:
            marks = await queue.until_empty()
    assert marks == [
        ("begun", "a", 1, first.pid),
        ("begun", "a", 2, second.pid),
        ("ended", "a", 2, second.pid),
    ]


async def test_a_worker_that_comes_back_changes_nothing(queue: Queue, database: Database) -> None:
    await queue.put("test.work", "a", seconds=2)
    with worker_process(database.url) as first:
        await queue.until(bool)
        first.send_signal(signal.SIGSTOP)
        with worker_process(database.url) as second:
            await queue.until(lambda marks: len(marks) == 2)
            first.send_signal(signal.SIGCONT)
            await queue.until_empty()
            await asyncio.sleep(1)
    assert await queue.marks("ended") == [("ended", "a", 2, second.pid)]


async def test_two_workers_do_no_job_twice(queue: Queue, database: Database) -> None:
    async with database.transaction() as connection:
        for number in range(200):
            await enqueue(connection, "test.work", {"name": str(number)})
    with worker_process(database.url), worker_process(database.url):
        marks = await queue.until_empty(60)
    ended = [(mark[0], mark[1]) for mark in marks]
    assert len(ended) == len(set(ended)) == 400
    assert len({mark[3] for mark in marks}) == 2


async def test_what_kills_its_workers_is_given_up(queue: Queue, database: Database) -> None:
    await queue.put("test.die", "a")
    for _ in range(2):
        with worker_process(database.url) as process:
            await asyncio.to_thread(process.wait, 30)
    async with working(database):
        marks = await queue.until_empty()
    assert [mark[0] for mark in marks] == [
        "begun",
        "begun",
        "it was given up: the process that did it ended 2 times",
    ]


async def test_a_stopped_worker_ends_what_it_can(queue: Queue, database: Database) -> None:
    await queue.put("test.work", "short", seconds=0.3)
    with worker_process(database.url) as process:
        await queue.until(bool)
        process.terminate()
        assert await asyncio.to_thread(process.wait, 20) == 0
    assert [mark[:2] for mark in await queue.marks()] == [("begun", "short"), ("ended", "short")]
    assert await queue.length() == 0


async def test_a_stopped_worker_hands_back_the_rest(queue: Queue, database: Database) -> None:
    await queue.put("test.work", "long", seconds=5)
    with worker_process(database.url) as first:
        await queue.until(bool)
        first.terminate()
        assert await asyncio.to_thread(first.wait, 20) == 0
    assert await database.fetch_value("SELECT status::text FROM pgqueuer") == "queued"
    with worker_process(database.url) as second:
        marks = await queue.until_empty()
    # Handing it back was no attempt.
    assert marks == [
        ("begun", "long", 1, first.pid),
        ("begun", "long", 1, second.pid),
        ("ended", "long", 1, second.pid),
    ]


async def test_a_worker_outlives_its_connections(queue: Queue, database: Database) -> None:
    await queue.put("test.work", "a", seconds=2)
    async with working(database):
        await queue.until(bool)
        async with database.transaction() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'vric-jobs' AND datname = current_database()"
            )
        await queue.put("test.work", "b")
        marks = await queue.until_empty(30)
    assert sorted(mark[1] for mark in marks if mark[0] == "ended") == ["a", "b"]
