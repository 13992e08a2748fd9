"""`vric serve` starts one worker, keeps it running, and takes it along when it ends."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.db import Database
from tests.access.conftest import free_port
from tests.conftest import TEST_SECRET

_SERVE = "from app.cli import main; main()"


@contextmanager
def _serving(url: str, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "VRIC_DATABASE_URL": url,
        "VRIC_SECRET_KEY": TEST_SECRET,
        "VRIC_JOB_TAKEOVER_SECONDS": "2",
    }
    command = [sys.executable, "-c", _SERVE, "serve", "--port", str(free_port()), *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def _workers(url: str) -> list[int]:
    """The worker processes of a database."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"app.worker" in command and url.encode() in environment:
            found.append(int(entry.name))
    return found


async def _until(test: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not test():
        if time.monotonic() > deadline:
            pytest.fail("it did not come to pass")
        await asyncio.sleep(0.05)


async def _works(database: Database) -> bool:
    sql = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = 'vric-jobs' AND datname = current_database()"
    )
    return bool(await database.fetch_value(sql))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_the_worker_ends_with_the_server(database: Database, number: signal.Signals) -> None:
    with _serving(database.url) as server:
        await _until(lambda: len(_workers(database.url)) == 1)
        while not await _works(database):
            assert server.poll() is None
            await asyncio.sleep(0.1)
        server.send_signal(number)
        await asyncio.to_thread(server.wait, 40)
        await _until(lambda: _workers(database.url) == [])


async def test_a_worker_that_dies_is_replaced(database: Database) -> None:
    with _serving(database.url):
        await _until(lambda: len(_workers(database.url)) == 1)
        (first,) = _workers(database.url)
        os.kill(first, signal.SIGKILL)
        await _until(lambda: _workers(database.url) not in ([], [first]))


async def test_several_web_workers_have_one_worker(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VRIC_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    with _serving(database.url, "--workers", "2") as server:
        await _until(lambda: len(_workers(database.url)) == 1)
        with pytest.raises(subprocess.TimeoutExpired):
            await asyncio.to_thread(server.wait, 6)
        assert len(_workers(database.url)) == 1
        server.terminate()
        await asyncio.to_thread(server.wait, 40)
        await _until(lambda: _workers(database.url) == [])


async def test_a_server_may_be_without_a_worker(database: Database) -> None:
    with _serving(database.url, "--no-worker") as server:
        with pytest.raises(subprocess.TimeoutExpired):
            await asyncio.to_thread(server.wait, 6)
        assert _workers(database.url) == []
