"""The work behind analyses: posts out of one state of the data, into a process, back as a finding."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg

from app.core.jobs.kinds import Job, JobFailedError, Kind, Payload
from app.core.settings import Settings
from app.forensics.findings import repository, writer
from app.forensics.findings.document import digest_of, with_context
from app.forensics.findings.models import FindingVersion
from app.forensics.registry.context import context_of, subjects_of

if TYPE_CHECKING:
    import pyarrow as pa

DEADLINE = timedelta(minutes=30)
PROGRESS_S = 1.0
NO_CONTEXT: Mapping[str, list[Any]] = {"source_status": [], "attribution": []}
CHANGED = "posts were deleted while they were analysed; ask again"


async def analyse(job: Job) -> None:
    """Do one analysis, and record its finding, a further version, or the same bytes again."""
    analysis_id = UUID(job.payload["analysis"])
    async with job.transaction() as connection:
        asked = await writer.begin(connection, analysis_id)
    if asked is None:
        return
    made_from = await _version_of(job, asked) if asked["purpose"] == "recompute" else None
    context = dict(NO_CONTEXT if made_from is None else made_from.context)
    document, until_post = await _document(
        job, analysis_id, asked, context, None if made_from is None else made_from.until_post
    )
    if made_from is None:
        subjects = await asyncio.to_thread(subjects_of, document)
        context = await context_of(job.database, subjects)
        document = await asyncio.to_thread(with_context, document, context)
    async with job.transaction() as connection:
        if await writer.lost_input(connection, analysis_id, asked["corpus_id"]):
            raise JobFailedError(CHANGED)
        if made_from is not None:
            finding_id, number = asked["finding_id"], made_from.number
        else:
            finding_id, number = await _save(connection, asked, document, context, until_post)
        recomputed = document if made_from is not None else None
        await writer.finish(connection, analysis_id, finding_id, number, recomputed)


async def _version_of(job: Job, asked: Mapping[str, Any]) -> FindingVersion:
    async with job.database.session() as session:
        version = await repository.find_version(session, asked["finding_id"], asked["version"])
    if version is None:
        raise JobFailedError("the version was deleted")
    return version


async def _save(
    connection: asyncpg.Connection,
    asked: Mapping[str, Any],
    document: bytes,
    context: Mapping[str, list[Any]],
    until_post: int,
) -> tuple[UUID, int]:
    finding_id = asked["finding_id"]
    if finding_id is None:
        finding_id = uuid4()
        await writer.add_finding(
            connection, finding_id, asked["account_id"], asked["corpus_id"], asked["kind"]
        )
    number = await writer.add_version(
        connection, finding_id, document, digest_of(document), asked["parameters"], context,
        until_post,
    )  # fmt: skip
    return finding_id, number


async def _document(
    job: Job,
    analysis_id: UUID,
    asked: Mapping[str, Any],
    context: Mapping[str, Any],
    until_post: int | None,
) -> tuple[bytes, int]:
    from app.forensics.findings.process import run_analysis  # noqa: PLC0415 - loads pyarrow
    from app.forensics.findings.rows import SCHEMA, batch_of  # noqa: PLC0415

    async def stage(said: str) -> None:
        async with job.transaction() as connection:
            await writer.note(connection, analysis_id, said)

    async with AsyncExitStack() as reading:
        snapshot = await reading.enter_async_context(job.database.snapshot())
        scope = await repository.fetch_scope(snapshot, asked["corpus_id"], until_post)
        if scope is None:
            raise JobFailedError("the corpus was deleted")
        name, until, total = scope

        async def batches() -> AsyncIterator["pa.RecordBatch"]:
            done, told = 0, time.monotonic()
            async for rows in repository.stream_posts(snapshot, asked["corpus_id"], until):
                yield batch_of(rows)
                done += len(rows)
                if time.monotonic() - told > PROGRESS_S:
                    async with job.transaction() as connection:
                        await writer.note(connection, analysis_id, "reading", done, total)
                    told = time.monotonic()
            await reading.aclose()  # the analysis itself needs no connection

        request = {
            "kind": asked["kind"],
            "corpus": name,
            "parameters": in_full(asked["parameters"]),
            "context": context,
            "memory_bytes": job.settings.analysis_memory_bytes,
            "endpoint": _endpoint(job.settings, asked["parameters"]),
        }
        document = await run_analysis(request, SCHEMA, batches(), stage)
    return document, until


def _endpoint(settings: Settings, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """The endpoint that makes vectors for an analysis that asked for it."""
    if parameters.get("engine") != "endpoint":
        return None
    if settings.embeddings_url is None:
        raise JobFailedError("no endpoint of embeddings is set any more")
    key = settings.embeddings_key
    return {
        "url": settings.embeddings_url,
        "model": parameters["model"],
        "key": None if key is None else key.get_secret_value(),
    }


def in_full(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as the process of an analysis takes them: instants as microseconds."""
    rest = {name: value for name, value in parameters.items() if name not in ("since", "until")}
    return {
        **rest,
        "since_us": _micros(parameters.get("since")),
        "until_us": _micros(parameters.get("until")),
    }


def _micros(instant: str | None) -> int | None:
    if instant is None:
        return None
    since = datetime.fromisoformat(instant) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


async def record_failure(connection: asyncpg.Connection, payload: Payload, fault: str) -> None:
    """Tell the owner of an analysis why there is no finding."""
    await writer.fail(connection, UUID(payload["analysis"]), fault)


async def sweep(job: Job) -> None:
    """End analyses whose job was lost."""
    async with job.transaction() as connection:
        await writer.fail_lost(connection, ANALYSE.name)


ANALYSE = Kind(
    "forensics.analyse",
    analyse,
    deadline=DEADLINE,
    at_once=2,
    record_failure=record_failure,
)
SWEEP = Kind("forensics.sweep", sweep, deadline=timedelta(minutes=1), cron="*/10 * * * *")
