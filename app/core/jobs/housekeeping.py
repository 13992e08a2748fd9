"""The queue's own periodic job: forgetting old jobs."""

from datetime import timedelta

from app.core.jobs.kinds import Job, Kind
from app.core.jobs.repository import prune

KEEP = timedelta(days=30)


async def _prune(job: Job) -> None:
    async with job.transaction() as connection:
        await prune(connection, KEEP)


PRUNE = Kind("jobs.prune", _prune, deadline=timedelta(minutes=10), cron="17 3 * * *")
