"""The life of an export: made once whatever happens, cancelled, failed clearly, expired."""

import asyncio
import errno
import hashlib
import os
import resource
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.core.db import Database
from app.core.jobs.queue import enqueue
from app.core.settings import Settings
from app.exports.encoders import TextEncoder
from app.exports.jobs import SWEEP, remove_stale_files
from benchmarks.exports.synthetic import add_events
from tests.conftest import make_settings
from tests.exports.conftest import (
    TAKEOVER_S,
    Caller,
    Service,
    eventually,
    worker_process,
)
from tests.worker import working


def _names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.is_dir() else []


async def _has_content(folder: Path) -> bool:
    return any((folder / name).stat().st_size for name in _names(folder))


async def _is_idle(database: Database) -> bool:
    return not await database.fetch_value("SELECT count(*) FROM pgqueuer")


class Gate:
    """Holds the writing of files until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self._open = threading.Event(), threading.Event()
        write = TextEncoder.write

        def held(encoder: TextEncoder, documents: list[bytes]) -> None:
            write(encoder, documents)
            self.reached.set()
            assert self._open.wait(30)

        monkeypatch.setattr(TextEncoder, "write", held)

    async def until_reached(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, 30)

    def open(self) -> None:
        self._open.set()


async def test_a_killed_workers_file_is_made_whole_by_another(
    database: Database, service: Service, settings: Settings, export_dir: Path
) -> None:
    await add_events(database, 60_000)
    async with service.caller("premium") as caller:
        export = await caller.ask(format="geojson")
        with worker_process(database.url, settings) as first:
            await caller.until(export, lambda view: view["matched"] is not None)
            await eventually(partial(_has_content, export_dir))
            first.kill()
            first.wait()
        assert [name for name in _names(export_dir) if not name.startswith(".")] == []
        assert (await caller.view(export))["status"] == "running"
        assert (await caller.file(export)).status_code == 409
        with worker_process(database.url, settings):
            done = await caller.until_ended(export)
        assert done["status"] == "done" and done["rows"] == 60_000
        content = (await caller.file(done)).content
    assert hashlib.sha256(content).hexdigest() == done["sha256"]
    assert content.count(b'"type":"Feature"') == 60_000 and content.endswith(b"}")
    assert _names(export_dir) == [f"{export['id']}.geojson"]


async def test_two_workers_make_every_file_once(
    database: Database, service: Service, settings: Settings, export_dir: Path
) -> None:
    await add_events(database, 500)
    async with service.caller() as one, service.caller() as two:
        asked = [await caller.ask(format="csv") for caller in (one, two) for _ in range(10)]
        async with working(database, settings), working(database, settings):
            ended = [
                await caller.until_ended(export)
                for caller, export in zip([one] * 10 + [two] * 10, asked, strict=True)
            ]
    assert {view["status"] for view in ended} == {"done"}
    assert len(_names(export_dir)) == 20
    picks = (
        "SELECT max(n) FROM (SELECT count(*) AS n FROM pgqueuer_log"
        " WHERE status = 'picked' AND entrypoint = 'exports.write' GROUP BY job_id) AS p"
    )
    assert await database.fetch_value(picks) == 1


async def test_a_file_shows_one_state_of_the_data(
    database: Database, caller: Caller, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_events(database, 3_000)
    gate = Gate(monkeypatch)
    export = await caller.ask(format="ndjson")
    await gate.until_reached()
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM events WHERE id > 1500")
        await connection.execute("UPDATE data_version SET version = version + 1")
    gate.open()
    done = await caller.until_ended(export)
    assert done["rows"] == done["matched"] == 3_000
    assert done["data_version"] + 1 == await database.fetch_value(
        "SELECT version FROM data_version"
    )
    assert (await caller.file(done)).content.count(b"\n") == 3_000


async def test_a_waiting_export_is_cancelled(
    database: Database, caller: Caller, settings: Settings, export_dir: Path
) -> None:
    export = await caller.ask(format="csv")
    assert await caller.delete(export) == 204
    assert (await caller.view(export))["status"] == "cancelled"
    assert await database.fetch_value("SELECT count(*) FROM pgqueuer") == 0
    answer = await caller.file(export)
    assert (answer.status_code, answer.json()["export"]) == (409, "cancelled")
    assert await caller.delete(export) == 204
    assert await caller.delete(export) == 404


async def test_a_running_export_is_cancelled(
    database: Database,
    caller: Caller,
    worker: None,
    monkeypatch: pytest.MonkeyPatch,
    export_dir: Path,
) -> None:
    await add_events(database, 5_000)
    gate = Gate(monkeypatch)
    export = await caller.ask(format="csv")
    await gate.until_reached()
    assert await caller.delete(export) == 204
    gate.open()
    other = await caller.until_ended(await caller.ask(format="csv"))
    assert other["status"] == "done"
    assert (await caller.view(export))["status"] == "cancelled"
    assert _names(export_dir) == [f"{other['id']}.csv"]


async def test_a_deleted_export_goes_with_its_file(
    database: Database, caller: Caller, worker: None, export_dir: Path
) -> None:
    done = await caller.until_ended(await caller.ask(format="csv", key="k"))
    assert _names(export_dir) == [f"{done['id']}.csv"]
    assert await caller.delete(done) == 204
    assert _names(export_dir) == []
    assert (await caller.file(done)).status_code == 404
    assert (await caller.ask(format="csv", key="k"))["id"] != done["id"]


async def _sweep(database: Database, settings: Settings) -> None:
    async with database.transaction() as connection:
        await enqueue(connection, SWEEP.name, {})
    async with working(database, settings):
        await eventually(partial(_is_idle, database))


async def test_a_file_expires(
    database: Database, caller: Caller, settings: Settings, export_dir: Path
) -> None:
    export = await caller.ask(format="csv")
    async with working(database, settings):
        done = await caller.until_ended(export)
    kept = "SELECT extract(day FROM expires_at - finished_at)::int FROM exports"
    assert await database.fetch_value(kept) == 7
    async with database.transaction() as connection:
        await connection.execute("UPDATE exports SET expires_at = now()")
    view = await caller.view(done)
    assert view["status"] == "expired"
    assert [link["rel"] for link in view["links"]] == ["self"]
    answer = await caller.file(done)
    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
    os.utime(export_dir / f"{done['id']}.csv", (0, 0))
    await _sweep(database, settings)
    assert _names(export_dir) == []
    assert (await caller.file(done)).status_code == 410
    async with database.transaction() as connection:
        await connection.execute("UPDATE exports SET expires_at = now() - interval '31 days'")
    await _sweep(database, settings)
    assert (await caller.client.get("/v1/exports")).json()["items"] == []


async def test_only_stale_files_of_exports_are_swept(
    database: Database, caller: Caller, worker: None, export_dir: Path
) -> None:
    done = await caller.until_ended(await caller.ask(format="csv"))
    orphan = "00000000-0000-4000-8000-000000000000"
    for name in (f"{orphan}.csv", f".{orphan}.abc.partial", "notes.txt"):
        (export_dir / name).write_text("")
    await remove_stale_files(database, export_dir)
    assert len(_names(export_dir)) == 4
    await remove_stale_files(database, export_dir, idle_s=0)
    assert _names(export_dir) == [f"{done['id']}.csv", "notes.txt"]


async def test_an_export_whose_job_is_nowhere_fails(
    database: Database, caller: Caller, settings: Settings
) -> None:
    lost, young = await caller.ask(format="csv"), await caller.ask(format="csv")
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM pgqueuer")
        await connection.execute(
            "UPDATE exports SET created_at = now() - interval '1 hour' WHERE id = $1", lost["id"]
        )
    await _sweep(database, settings)
    view = await caller.view(lost)
    assert (view["status"], view["fault"]) == ("failed", "its job was lost")
    assert (await caller.view(young))["status"] == "queued"


async def test_a_folder_that_cannot_be_made_is_a_clear_fault(
    database: Database, caller: Caller, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings = make_settings(
        export_dir=tmp_path / "file" / "exports", job_takeover_seconds=TAKEOVER_S
    )
    export = await caller.ask(format="csv")
    async with working(database, settings):
        view = await caller.until_ended(export)
    assert view["status"] == "failed"
    assert view["fault"] == "the file could not be written: Not a directory"
    answer = await caller.file(view)
    assert answer.status_code == 409 and view["fault"] in answer.json()["detail"]


@pytest.mark.parametrize("format_", ["csv", "geoparquet"])
async def test_a_full_disk_is_a_clear_fault(
    database: Database, caller: Caller, settings: Settings, export_dir: Path, format_: str
) -> None:
    await add_events(database, 9_000)
    export = await caller.ask(format=format_)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with worker_process(database.url, settings, preexec_fn=limit):
        view = await caller.until_ended(export)
    assert (view["status"], view["sha256"], view["size"]) == ("failed", None, None)
    assert view["fault"] == f"the file could not be written: {os.strerror(errno.EFBIG)}"
    assert _names(export_dir) == []


async def test_a_fault_at_the_last_step_leaves_nothing(
    database: Database,
    caller: Caller,
    worker: None,
    monkeypatch: pytest.MonkeyPatch,
    export_dir: Path,
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "fsync", full)
    view = await caller.until_ended(await caller.ask(format="ndjson"))
    assert view["fault"] == "the file could not be written: No space left on device"
    assert _names(export_dir) == []


async def test_a_file_that_is_elsewhere_is_told(
    database: Database, caller: Caller, worker: None, export_dir: Path
) -> None:
    done = await caller.until_ended(await caller.ask(format="csv"))
    (export_dir / f"{done['id']}.csv").unlink()
    answer = await caller.file(done)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
