"""Periodic work behind routes: activities that a crash left underived, positions that are too old."""

from datetime import timedelta

from app.core import data_version
from app.core.clock import now
from app.core.jobs.kinds import Job, Kind
from app.itineraries.activities.deriver import derive_activities
from app.itineraries.journeys.jobs import EXPIRE
from app.itineraries.journeys.observed.recording import record_observed_legs
from app.itineraries.positions.writer import forget_before


async def _derive(job: Job) -> None:
    await derive_activities(job.database)
    await record_observed_legs(job.database, job.settings.secrets)


async def _forget(job: Job) -> None:
    days = job.settings.positions_keep_days
    if days is None:
        return
    async with job.transaction() as connection:
        if await forget_before(connection, (now() - timedelta(days=days)).date()):
            await data_version.bump(connection, data_version.ROUTES)


DERIVE = Kind("routes.derive", _derive, deadline=timedelta(minutes=30), cron="*/2 * * * *")
FORGET = Kind("routes.forget", _forget, deadline=timedelta(minutes=10), cron="41 3 * * *")
KINDS = (DERIVE, FORGET, EXPIRE)
