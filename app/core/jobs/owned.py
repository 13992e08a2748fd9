"""The library's queries, fenced: a worker that lost a job neither ends nor requeues it."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain import models, types

from app.core.jobs.repository import owned_statement


@dataclass
class OwnedQueries(Queries):
    """Queries of the worker `owner`; the library's own write to a job by its id, whoever has it."""

    owner: UUID = field(default_factory=uuid4)

    async def log_jobs(
        self,
        job_status: list[tuple[models.Job, types.JOB_STATUS, models.TracebackRecord | None]],
    ) -> None:
        """Record how jobs ended, those that are still this worker's."""
        owned = await self._owned([job.id for job, _, _ in job_status])
        if kept := [entry for entry in job_status if entry[0].id in owned]:
            await super().log_jobs(kept)

    async def retry_job(
        self,
        job: models.Job,
        delay: timedelta,
        traceback_record: models.TracebackRecord | None = None,
    ) -> None:
        """Requeue a job, if it is still this worker's."""
        if await self._owned([job.id]):
            await super().retry_job(job, delay, traceback_record)

    async def _owned(self, ids: list[types.JobId]) -> set[object]:
        rows = await self.driver.fetch(owned_statement(), ids, self.owner)
        return {row["id"] for row in rows}
