"""The work behind exports: writing a file, and removing what has expired."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from app.core.db import Database
from app.core.jobs.kinds import Job, JobFailedError, Kind, Payload
from app.exports import files, writer
from app.exports.encoders import Encoder, make_encoder
from app.exports.files import FileFaultError, PartialFile
from app.exports.repository import fetch_existing, fetch_scope, stream_documents
from app.exports.schemas import ExportRequest

KEEP = timedelta(days=7)
REMEMBER = timedelta(days=30)  # how long an expired export is still listed
PROGRESS_S = 1.0
_ORPHAN_S = 3_600.0
T = TypeVar("T")


async def write_export(job: Job) -> None:
    """Write the file of one export from one state of the data."""
    export_id = UUID(job.payload["export"])
    async with job.transaction() as connection:
        asked = await writer.begin(connection, export_id)
    if asked is None:
        return
    request = ExportRequest.model_validate({**asked["request"], "format": asked["format"]})
    directory = files.directory_of(job.settings)
    try:
        file = await _in_thread(PartialFile, directory, export_id)
        with file:
            rows = await _fill(job, export_id, request, asked, file)
            sha256 = await _in_thread(file.seal)
            async with job.transaction() as connection:
                await writer.finish(connection, export_id, rows, file.size, sha256, KEEP)
                file.publish(files.path_of(directory, export_id, request.format))
    except FileFaultError as fault:
        raise JobFailedError(str(fault)) from fault


async def _fill(
    job: Job,
    export_id: UUID,
    request: ExportRequest,
    asked: Mapping[str, Any],
    file: PartialFile,
) -> int:
    rows, cap, told = 0, asked["rows_cap"], time.monotonic()
    async with job.database.snapshot() as snapshot:
        version, matched = await fetch_scope(snapshot, request)
        async with job.transaction() as connection:
            await writer.note_snapshot(connection, export_id, version, matched)
        encoder: Encoder = await _in_thread(make_encoder, request.format, file)
        async for documents in stream_documents(snapshot, request, cap):
            await _in_thread(encoder.write, documents)
            rows += len(documents)
            if time.monotonic() - told > PROGRESS_S:
                async with job.transaction() as connection:
                    await writer.note_rows(connection, export_id, rows)
                told = time.monotonic()
    meta: dict[str, Any] = {"data_version": version, "matched": matched}
    if rows < matched:
        meta["clipped"] = {
            "parameter": "rows",
            "asked": matched,
            "given": rows,
            "plan": asked["plan"],
        }
    await _in_thread(encoder.close, meta)
    return rows


async def _in_thread(work: Callable[..., T], *arguments: Any) -> T:
    """Work in a thread, waited for even when the job is cancelled: it uses the open file."""
    running = asyncio.ensure_future(asyncio.to_thread(partial(work, *arguments)))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise


async def record_failure(connection: asyncpg.Connection, payload: Payload, fault: str) -> None:
    """Tell the owner of an export why there is no file."""
    await writer.fail(connection, UUID(payload["export"]), fault)


async def sweep(job: Job) -> None:
    """Remove files that expired or belong to nothing, and end exports whose job was lost."""
    async with job.transaction() as connection:
        await writer.fail_lost(connection, WRITE.name)
        await writer.forget(connection, REMEMBER)
    await remove_stale_files(job.database, files.directory_of(job.settings))


async def remove_stale_files(
    database: Database, directory: Path, idle_s: float = _ORPHAN_S
) -> None:
    """Remove the files of exports that have expired, failed, or are forgotten."""
    found = await asyncio.to_thread(lambda: set(files.list_files(directory, idle_s)))
    async with database.transaction() as connection:
        kept = await fetch_existing(connection, list(found))
    for export_id in found - kept:
        await asyncio.to_thread(files.remove, directory, export_id)


WRITE = Kind(
    "exports.write",
    write_export,
    deadline=timedelta(minutes=30),
    at_once=8,
    record_failure=record_failure,
)
SWEEP = Kind("exports.sweep", sweep, deadline=timedelta(minutes=10), cron="*/10 * * * *")
KINDS = (WRITE, SWEEP)
