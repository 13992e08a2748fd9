"""The work behind search by meaning: new texts get vectors, where something makes them."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from app.core.errors import CommandError
from app.core.jobs.kinds import Job, JobFailedError, Kind
from app.core.jobs.queue import enqueue
from app.forensics.semantic.embedders import find_embedder
from app.forensics.semantic.indexing import Indexer, switch_on
from app.forensics.semantic.repository import has_pgvector

MOST_TEXTS = 2_000
"""Of one job; the next ones take their turn."""


async def index(job: Job) -> None:
    """Give vectors to the posts of a corpus, or without one to events."""
    embedder = find_embedder(job.settings)
    if not job.settings.index_by_meaning or embedder is None:
        return
    if not await has_pgvector(job.database):
        return
    try:
        space = await switch_on(job.database, embedder)
        indexer = Indexer(job.database, embedder, space, transaction=job.transaction)
        corpus_id, after = job.payload.get("corpus"), job.payload.get("after", 0)
        if corpus_id is None:
            await indexer.events(most=MOST_TEXTS)
            return
        _, following = await indexer.posts(corpus_id, after, MOST_TEXTS)
    except CommandError as error:
        raise JobFailedError(str(error)) from None
    if following is not None:
        async with job.transaction() as connection:
            await _enqueue(connection, {**job.payload, "after": following})


async def enqueue_indexing(
    connection: asyncpg.Connection, corpus_id: int, account_id: int | None, upload_id: UUID
) -> None:
    """Let the posts of an upload get vectors, in the turn of their account."""
    share = None if account_id is None else f"account:{account_id}"
    payload = {"corpus": corpus_id, "upload": str(upload_id), "share": share}
    await _enqueue(connection, payload)


async def _enqueue(connection: asyncpg.Connection, payload: dict[str, object]) -> None:
    share = payload["share"]
    await enqueue(
        connection, INDEX.name, payload, share=None if share is None else str(share),
        subject=f"{payload['upload']}/{payload.get('after', 0)}",
    )  # fmt: skip


INDEX = Kind(
    "forensics.index", index, deadline=timedelta(minutes=20), at_once=1, cron="*/5 * * * *"
)
