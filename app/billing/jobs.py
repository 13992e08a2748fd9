"""The periodic job of billing."""

from datetime import timedelta

from app.billing.reconcile import reconcile
from app.billing.service import Billing
from app.core.jobs.kinds import Job, Kind


async def _reconcile(job: Job) -> None:
    # Not through the job's transaction: each account is locked and read anew, so that two workers
    # at once, or the same work twice, come to what Stripe says.
    async with Billing(job.database, job.settings) as billing:
        if billing.is_on:
            await reconcile(billing)


RECONCILE = Kind(
    "billing.reconcile", _reconcile, deadline=timedelta(minutes=30), at_once=1, cron="7 * * * *"
)
