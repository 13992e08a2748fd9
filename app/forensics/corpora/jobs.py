"""The work behind deleted corpora: their posts go in steps, so that nobody else waits for them."""

from datetime import timedelta

from app.core.jobs.kinds import Job, Kind
from app.forensics.corpora import repository, writer


async def purge(job: Job) -> None:
    """Delete what deleted corpora still hold."""
    async with job.database.session() as session:
        deleted = await repository.list_deleted(session)
    for corpus_id in deleted:
        left = True
        while left:
            async with job.transaction() as connection:
                left = await writer.purge_step(connection, corpus_id)


PURGE = Kind("forensics.purge", purge, deadline=timedelta(minutes=30), cron="23 * * * *")
