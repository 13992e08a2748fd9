"""Reads what listeners acknowledged, for those who watch the service."""

from app.core.db import Database
from app.core.metrics import LISTENER_COMMITTED_AT, LISTENER_LINES, LISTENER_POSITIONS


async def measure_listeners(database: Database) -> None:
    """Bring the gauges of listeners up to date: they run in processes of their own."""
    rows = await database.fetch("SELECT name, lines, positions, committed_at FROM listeners")
    for row in rows:
        LISTENER_LINES.labels(row["name"]).set(row["lines"])
        LISTENER_POSITIONS.labels(row["name"]).set(row["positions"])
        LISTENER_COMMITTED_AT.labels(row["name"]).set(row["committed_at"].timestamp())
