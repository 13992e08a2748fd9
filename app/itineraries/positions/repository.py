"""Reads positions as columns."""

import io
from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.core.db import Database
from app.itineraries.positions.rows import CALLSIGN_LENGTH, decode
from app.itineraries.tracks.positions import Positions

# As the binary rows have them: of one length, without nulls.
_LIST = f"""
craft_id, at, lat, lon, coalesce(speed_kn, 'NaN'), coalesce(course_deg, 'NaN'),
coalesce(altitude_ft, 'NaN'), coalesce(on_ground, -1::int2),
rpad(coalesce(callsign, ''), {CALLSIGN_LENGTH})
"""
_TRACK = f"""
SELECT {_LIST} FROM positions WHERE craft_id = $1 AND at >= $2 AND at <= $3 ORDER BY at LIMIT $4
"""

_WINDOWS = f"""
SELECT {_LIST} FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS w (id, first, last),
LATERAL (SELECT * FROM positions WHERE craft_id = w.id AND at >= w.first AND at <= w.last) AS p
ORDER BY craft_id, at
"""


async def fetch_track(
    database: Database, craft_id: int, start: datetime, end: datetime, limit: int
) -> Positions:
    """The first fixes of one craft from `start` to `end`, in order of time."""
    async with database.reader() as connection:
        return await _copied(connection, _TRACK, (craft_id, start, end, limit))


async def copy_windows(
    connection: asyncpg.Connection,
    craft_ids: Sequence[int],
    first: Sequence[datetime],
    last: Sequence[datetime],
) -> Positions:
    """The fixes of craft within windows of time that do not overlap, both ends included, in order."""
    return await _copied(connection, _WINDOWS, (list(craft_ids), list(first), list(last)))


async def _copied(
    connection: asyncpg.Connection, sql: str, arguments: Sequence[object]
) -> Positions:
    out = io.BytesIO()

    async def take(part: bytes) -> None:
        out.write(part)

    await connection.copy_from_query(sql, *arguments, output=take, format="binary")
    return decode(out.getvalue())
