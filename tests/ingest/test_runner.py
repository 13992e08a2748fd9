"""The engine of imports: once for the same bytes, all or nothing, one at a time."""

import asyncio

import asyncpg
import orjson
import pytest

from app.core.db import Database
from app.ingest.files import SourceFile
from app.ingest.rejects import Reject
from app.ingest.runner import (
    MAX_RECORDED_REJECTS,
    Outcome,
    Work,
    forget_bytes,
    run_ingest,
    was_imported,
)

FILE = SourceFile.of("a.txt", b"one")


@pytest.fixture
async def table(database: Database) -> Database:
    """A database with a table that an import may fill."""
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE taken (line text)")
    return database


def _adding(line: str) -> Work:
    async def work(connection: asyncpg.Connection) -> Outcome:
        await connection.execute("INSERT INTO taken VALUES ($1)", line)
        return Outcome({"lines": 1}, [Reject(7, "not a line")])

    return work


async def _lines(database: Database) -> list[str]:
    return [row[0] for row in await database.fetch("SELECT line FROM taken ORDER BY 1")]


async def test_the_run_is_recorded(table: Database) -> None:
    assert not await was_imported(table, "test", "t")
    outcome = await run_ingest(table, "test", "t", FILE, "1", _adding("one"))
    assert (outcome.counts, outcome.unchanged) == ({"lines": 1}, False)
    assert await was_imported(table, "test", "t")
    row = await table.fetch_row("SELECT * FROM ingest_runs")
    assert row is not None
    assert (row["kind"], row["target"], row["file_name"]) == ("test", "t", "a.txt")
    assert FILE.sha256 in row["sha256"]
    assert row["started_at"] <= row["finished_at"]
    assert orjson.loads(row["counts"]) == {"lines": 1}
    assert orjson.loads(row["rejects"]) == [{"line": 7, "reason": "not a line"}]


async def test_the_same_bytes_are_not_taken_twice(table: Database) -> None:
    await run_ingest(table, "test", "t", FILE, "1", _adding("one"))
    again = await run_ingest(table, "test", "t", FILE, "1", _adding("two"))
    assert (again.unchanged, again.counts) == (True, {"lines": 1})
    assert await _lines(table) == ["one"]


@pytest.mark.parametrize(
    ("kind", "target", "content", "version"),
    [
        ("other", "t", b"one", "1"),
        ("test", "u", b"one", "1"),
        ("test", "t", b"two", "1"),
        ("test", "t", b"one", "2"),
    ],
)
async def test_what_differs_is_taken(
    table: Database, kind: str, target: str, content: bytes, version: str
) -> None:
    await run_ingest(table, "test", "t", FILE, "1", _adding("one"))
    file = SourceFile.of("a.txt", content)
    assert not (await run_ingest(table, kind, target, file, version, _adding("two"))).unchanged
    assert await _lines(table) == ["one", "two"]


async def test_going_back_to_earlier_bytes_is_a_change(table: Database) -> None:
    other = SourceFile.of("b.txt", b"two")
    for file, line in ((FILE, "one"), (other, "two"), (FILE, "three")):
        assert not (await run_ingest(table, "test", "t", file, "1", _adding(line))).unchanged
    assert await _lines(table) == ["one", "three", "two"]


async def test_removed_data_can_be_taken_again(table: Database) -> None:
    await run_ingest(table, "test", "t", FILE, "1", _adding("one"))
    async with table.transaction() as connection:
        await forget_bytes(connection, "test", "t")
    assert not (await run_ingest(table, "test", "t", FILE, "1", _adding("two"))).unchanged


async def test_a_failure_leaves_nothing(table: Database) -> None:
    async def work(connection: asyncpg.Connection) -> Outcome:
        await connection.execute("INSERT INTO taken VALUES ('half')")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await run_ingest(table, "test", "t", FILE, "1", work)
    assert await _lines(table) == []
    assert not await was_imported(table, "test", "t")
    assert not (await run_ingest(table, "test", "t", FILE, "1", _adding("one"))).unchanged


async def test_a_cancelled_import_leaves_nothing(table: Database) -> None:
    written = asyncio.Event()

    async def work(connection: asyncpg.Connection) -> Outcome:
        await connection.execute("INSERT INTO taken VALUES ('half')")
        written.set()
        await asyncio.sleep(60)
        raise AssertionError

    running = asyncio.create_task(run_ingest(table, "test", "t", FILE, "1", work))
    await written.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await _lines(table) == []


async def test_imports_of_one_target_wait_for_each_other_and_of_two_do_not(table: Database) -> None:
    inside, most = 0, 0
    both = asyncio.Event()

    async def work(connection: asyncpg.Connection) -> Outcome:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == 2:
            both.set()
        await asyncio.sleep(0.05)
        inside -= 1
        return Outcome({})

    files = [SourceFile.of("a", bytes([n])) for n in range(4)]
    await asyncio.gather(*(run_ingest(table, "test", "t", file, "1", work) for file in files))
    assert most == 1

    async def meet(connection: asyncpg.Connection) -> Outcome:
        nonlocal inside
        inside += 1
        if inside == 2:
            both.set()
        await asyncio.wait_for(both.wait(), 10)
        return Outcome({})

    await asyncio.gather(*(run_ingest(table, "test", name, FILE, "1", meet) for name in "uv"))


async def test_few_of_many_rejects_are_recorded(table: Database) -> None:
    async def work(connection: asyncpg.Connection) -> Outcome:
        return Outcome({}, [Reject(n, "bad") for n in range(MAX_RECORDED_REJECTS + 5)])

    outcome = await run_ingest(table, "test", "t", FILE, "1", work)
    assert len(outcome.rejects) == MAX_RECORDED_REJECTS + 5
    kept = await table.fetch_value("SELECT jsonb_array_length(rejects) FROM ingest_runs")
    assert kept == MAX_RECORDED_REJECTS
