"""The queue's length and age for /metrics, read from the database when they are asked for."""

from app.core.db import Database
from app.core.jobs.repository import fetch_lengths
from app.core.metrics import JOBS_OLDEST, JOBS_RUNNING, JOBS_WAITING


async def measure_queue(database: Database) -> None:
    """Set the gauges to what the queue is now.

    Raises:
        UnavailableError: the database does not answer.
    """
    rows = await fetch_lengths(database)
    for gauge, column in (
        (JOBS_WAITING, "waiting"),
        (JOBS_RUNNING, "running"),
        (JOBS_OLDEST, "oldest"),
    ):
        gauge.clear()
        for row in rows:
            gauge.labels(row["kind"]).set(row[column])
