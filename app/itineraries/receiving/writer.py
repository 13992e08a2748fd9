"""Counts what came through a listener, in the transaction that commits it."""

import asyncpg

# Acknowledged means on the disk, whatever the server does by default.
_SURE = "SELECT set_config('synchronous_commit', 'on', true)"
_COUNT = """
INSERT INTO listeners (name, lines, positions, rejects, committed_at) VALUES ($1, $2, $3, $4, now())
ON CONFLICT (name) DO UPDATE SET
    lines = listeners.lines + excluded.lines, positions = listeners.positions + excluded.positions,
    rejects = listeners.rejects + excluded.rejects, committed_at = excluded.committed_at
"""


async def count_lines(
    connection: asyncpg.Connection, name: str, lines: int, positions: int, rejects: int
) -> None:
    """Add to what a listener acknowledged."""
    await connection.execute(_SURE)
    await connection.execute(_COUNT, name, lines, positions, rejects)
