"""The work behind deletions: posts go in steps, so that nobody else waits for them."""

import hashlib
from datetime import timedelta

import asyncpg

from app.core.jobs.kinds import Job, Kind
from app.core.jobs.queue import enqueue
from app.forensics.corpora import repository, writer
from app.forensics.findings.writer import delete_versions_naming

LOST = (
    "the server that took it in ended; what came before is there, and the same file adds the rest"
)


async def purge(job: Job) -> None:
    """Delete what deleted corpora still hold, and end uploads whose server was killed."""
    async with job.transaction() as connection:
        await writer.fail_lost_uploads(connection, LOST)
    async with job.database.session() as session:
        deleted = await repository.list_deleted(session)
    for corpus_id in deleted:
        left = True
        while left:
            async with job.transaction() as connection:
                left = await writer.purge_step(connection, corpus_id)


async def forget(job: Job) -> None:
    """Delete the posts that an account still has in a corpus, and what was found of it meanwhile."""
    corpus_id, account = job.payload["corpus"], job.payload["account"]
    left = True
    while left:
        async with job.transaction() as connection:
            left = await writer.delete_posts_of(connection, corpus_id, account) > 0
            await delete_versions_naming(connection, corpus_id, account)


async def enqueue_forgetting(connection: asyncpg.Connection, corpus_id: int, account: str) -> bool:
    """Have the posts of an account deleted in steps; `False` when that is under way already."""
    payload = {"corpus": corpus_id, "account": account}
    digest = hashlib.sha256(account.encode()).hexdigest()
    return await enqueue(connection, FORGET.name, payload, subject=f"{corpus_id}:{digest}")


PURGE = Kind("forensics.purge", purge, deadline=timedelta(minutes=30), cron="23 * * * *")
FORGET = Kind("forensics.forget", forget, deadline=timedelta(minutes=30))
