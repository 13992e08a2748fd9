"""Killed in the middle of an import: what stood stays whole, and the import can be repeated."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import httpx
import pytest

from app.core.db import Database
from tests.command import VRIC, environment, eventually, postmaster_of, run_vric, started
from tests.problems import assert_problem
from tests.reports.conftest import ITEMS, Item, edition_text, ids_by_summary, state_of, take_in

CHANGED = (
    replace(ITEMS[0], summary=ITEMS[0].summary.replace("two engineers", "three engineers")),
    *ITEMS[1:],
    Item("A bank in Panama opens a counter for Turkish traders.", "La Prensa", "10-NOV"),
)
TAKE = ("ingest", "edition", "edition.txt", "--published-on", "2020-11-18", "--edition", "test")


@asynccontextmanager
async def _held_up(
    url: str, folder: Path, **variables: str
) -> AsyncIterator["subprocess.Popen[str]"]:
    """An importing process that has written its events and waits before it writes the edition."""
    connection = await asyncpg.connect(url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("LOCK TABLE editions IN SHARE MODE")
        with subprocess.Popen(
            [VRIC, *TAKE], cwd=folder, env=environment(**variables),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            try:
                await _wait_until_blocked(connection)
                yield process
            finally:
                process.kill()
    finally:
        connection.terminate()


async def _wait_until_blocked(connection: asyncpg.Connection) -> None:
    sql = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'editions'::regclass"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    deadline = time.monotonic() + 60
    while not await connection.fetchval(sql):
        assert time.monotonic() < deadline, "the import never came to the edition"
        await asyncio.sleep(0.02)


async def test_the_importing_process_is_killed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await take_in(database, edition_text())
    before = await state_of(database)
    (tmp_path / "edition.txt").write_text(edition_text(CHANGED), encoding="utf-8")
    async with _held_up(database_url, tmp_path, VRIC_DATABASE_URL=database_url) as process:
        assert await state_of(database) == before  # nothing half done is visible
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert await state_of(database) == before
    done = run_vric(*TAKE, cwd=tmp_path, VRIC_DATABASE_URL=database_url)
    assert "1 created, 1 updated, 5 unchanged, 0 removed" in done.stdout, done.stderr
    assert set(await ids_by_summary(database)) == {item.summary for item in CHANGED}


@pytest.mark.xdist_group("serve")
async def test_the_database_server_is_killed(data_dir: Path) -> None:
    variables = {"VRIC_DATA_DIR": str(data_dir)}
    file = data_dir / "edition.txt"
    file.write_text(edition_text(), encoding="utf-8")
    first = run_vric(*TAKE, cwd=data_dir, **variables)
    assert "6 created" in first.stdout, first.stderr
    file.write_text(edition_text(CHANGED), encoding="utf-8")
    with started(data_dir, **variables) as (service, _):
        postmaster = postmaster_of(data_dir)
        assert postmaster is not None
        async with _held_up(_address(data_dir), data_dir, **variables) as importing:
            before = httpx.get(f"{service}/v1/reports/test").json()["items"]
            os.kill(postmaster, signal.SIGKILL)
            _, err = importing.communicate(timeout=60)
        assert importing.returncode == 1
        assert err.startswith("vric: ")
        assert len(err.splitlines()) == 1
        assert_problem(httpx.get(f"{service}/v1/sources", timeout=30), 503, "unavailable")
        assert httpx.get(f"{service}/healthz").status_code == 200
    assert eventually(lambda: postmaster_of(data_dir) is None)

    with started(data_dir, **variables) as (service, _):
        assert httpx.get(f"{service}/v1/reports/test").json()["items"] == before
        assert [item["summary"] for item in before] == [item.summary for item in ITEMS]
        again = run_vric(*TAKE, cwd=data_dir, **variables)
        assert "1 created, 1 updated, 5 unchanged, 0 removed" in again.stdout, again.stderr
        assert eventually(
            lambda: len(httpx.get(f"{service}/v1/reports/test").json()["items"]) == len(CHANGED)
        )


def _address(data_dir: Path) -> str:
    socket_folder = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    return f"postgresql://postgres@/vric?host={socket_folder}"
