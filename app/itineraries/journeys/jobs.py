"""The periodic work behind journeys: names of private persons go when their time is over."""

from datetime import timedelta

from app.core.jobs.kinds import Job, Kind
from app.itineraries.journeys.redaction import expire_private_names


async def _expire(job: Job) -> None:
    days = job.settings.private_names_keep_days
    # Not through the job's transaction: what is redacted stays so, and doing it twice is the same.
    if days is not None:
        await expire_private_names(job.database, days, job.settings.secrets, "retention")


EXPIRE = Kind("routes.expire", _expire, deadline=timedelta(minutes=30), cron="17 4 * * *")
