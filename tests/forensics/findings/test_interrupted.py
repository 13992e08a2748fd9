"""Analyses that are killed, cancelled, too slow, or in the way of others."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from app.core.db import Database
from app.core.settings import Settings
from app.forensics.findings import jobs
from tests.forensics.corpora.conftest import (
    TAKEOVER_S,
    Analyst,
    Analysts,
    Record,
    campaign,
    organic,
)
from tests.worker import working

MANY = 30_000
CHILD = b"app.forensics.findings.child"


def _many() -> bytes:
    """Posts enough for an analysis of some seconds."""
    posts = [*campaign(), *organic(start=7, count=MANY)]
    return b"".join(orjson.dumps(post) + b"\n" for post in posts)


@contextmanager
def _worker_process(database: Database) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker as an operator starts it."""
    environment = {
        **os.environ,
        "VRIC_DATABASE_URL": database.url,
        "VRIC_JOB_TAKEOVER_SECONDS": str(TAKEOVER_S),
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "worker"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()


def _children_of(pid: int) -> list[int]:
    """The processes of analyses that a process has started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
            is_child = CHILD in (entry / "cmdline").read_bytes() and int(status[1]) == pid
        except (OSError, IndexError):
            continue
        if is_child and status[0] != "Z":
            found.append(int(entry.name))
    return found


def _is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def _child(pid: int) -> int:
    for _ in range(6_000):
        if found := _children_of(pid):
            return found[0]
        await asyncio.sleep(0.01)
    pytest.fail("the worker started no analysis")


async def _gone(pid: int) -> None:
    for _ in range(1_000):
        if not _is_alive(pid):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the process of the analysis lives on")


async def test_a_killed_workers_analysis_is_done_by_another(
    analyst: Analyst, database: Database
) -> None:
    await analyst.upload(_many())
    analysis = await analyst.ask()
    with _worker_process(database) as first:
        child = await _child(first.pid)
        first.send_signal(signal.SIGKILL)
        first.wait()
    await _gone(child)
    assert (await analyst.get(f"analyses/{analysis['id']}"))["status"] == "running"
    with _worker_process(database):
        ended = await analyst.until_ended(analysis, 120)
    assert ended["status"] == "done"
    assert len((await analyst.get("findings"))["items"]) == 1


async def test_a_killed_analysis_fails_in_words(
    analyst: Analyst, database: Database, settings: Settings
) -> None:
    await analyst.upload(_many())
    async with working(database, settings):
        analysis = await analyst.ask()
        os.kill(await _child(os.getpid()), signal.SIGKILL)
        ended = await analyst.until_ended(analysis)
    assert (ended["status"], ended["finding"]) == ("failed", None)
    assert "memory" in ended["fault"]


async def test_a_cancelled_analysis_stops_and_stays_listed(
    analyst: Analyst, database: Database, settings: Settings
) -> None:
    await analyst.upload(_many())
    async with working(database, settings):
        analysis = await analyst.ask()
        child = await _child(os.getpid())
        path = f"/v1/forensics/analyses/{analysis['id']}"
        assert (await analyst.client.delete(path)).status_code == 204
        await _gone(child)
        await asyncio.sleep(0.2)
        assert (await analyst.get(f"analyses/{analysis['id']}"))["status"] == "cancelled"
        assert (await analyst.client.delete(path)).status_code == 204
    assert (await analyst.get("findings"))["items"] == []


async def test_an_analysis_of_a_deleted_corpus_stops(
    analyst: Analyst, database: Database, settings: Settings
) -> None:
    await analyst.upload(_many())
    async with working(database, settings):
        analysis = await analyst.ask()
        child = await _child(os.getpid())
        assert (await analyst.client.delete("/v1/forensics/corpora/c")).status_code == 204
        await _gone(child)
    await analyst.get(f"analyses/{analysis['id']}", 404)
    assert (await analyst.get("findings"))["items"] == []


async def test_posts_that_go_meanwhile_get_into_no_finding(
    analyst: Analyst, database: Database, settings: Settings
) -> None:
    await analyst.upload(_many())
    async with working(database, settings):
        analysis = await analyst.ask()
        await _child(os.getpid())
        path = "/v1/forensics/corpora/c/posts"
        answer = await analyst.client.delete(path, params={"account": "planted1"})
        assert answer.status_code == 200
        ended = await analyst.until_ended(analysis)
    assert (ended["status"], ended["fault"]) == ("failed", jobs.CHANGED)


async def test_too_long_an_analysis_is_stopped(
    analyst: Analyst, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = replace(jobs.ANALYSE, deadline=timedelta(milliseconds=300))
    monkeypatch.setattr("tests.worker.KINDS", (hurried,))
    await analyst.upload(_many())
    async with working(database, settings):
        ended = await analyst.until_ended(await analyst.ask())
    assert ended["status"] == "failed"
    assert "longer than" in ended["fault"]
    assert not _children_of(os.getpid())


async def test_too_much_memory_is_told(
    analyst: Analyst, database: Database, settings: Settings
) -> None:
    await analyst.upload([{**post, "text": "a" * 100_000} for post in organic(count=150)])
    small = settings.model_copy(update={"analysis_memory_bytes": 60_000_000})
    async with working(database, small):
        ended = await analyst.until_ended(await analyst.ask())
    assert ended["status"] == "failed"
    assert "memory" in ended["fault"]


async def test_accounts_take_turns(
    analysts: Analysts, database: Database, settings: Settings
) -> None:
    async with analysts() as busy, analysts("b@example.org") as other:
        await busy.upload(campaign())
        await other.upload(campaign())
        many: list[Record] = [await busy.ask() for _ in range(9)]
        one = await other.ask()
        await busy.ask()
        await busy.ask(429)
        async with working(database, settings):
            ended = await other.until_ended(one)
            last = await busy.until_ended(many[-1])
        waiting = [await busy.get(f"analyses/{analysis['id']}") for analysis in many[2:]]
    assert ended["status"] == last["status"] == "done"
    assert all(ended["started_at"] < later["started_at"] for later in waiting)


def test_a_process_that_is_done_ends_quietly_while_its_parent_lives() -> None:
    code = (
        "import threading, time; from app.forensics.findings.child import _end_with_parent;"
        "threading.Thread(target=_end_with_parent, daemon=True).start(); time.sleep(0.3)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.wait() == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
