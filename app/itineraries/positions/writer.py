"""Writes positions: COPY to a temporary table, then one statement that keeps what is new of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import asyncpg
import numpy as np
from numpy.typing import NDArray

from app.itineraries.positions.rows import COLUMNS, encode, microseconds
from app.itineraries.tracks.positions import Positions

CELL_DEG = 0.5
PERIOD_S = 21_600
ALWAYS = -np.inf, np.inf
"""From when to when, for `mark_stale`: the whole track."""
_LIST = ", ".join(COLUMNS)
_STAGE = f"""
CREATE TEMP TABLE IF NOT EXISTS staged_positions ON COMMIT DROP AS
SELECT {_LIST} FROM positions WITH NO DATA
"""
# One writer at a time: two that touch the same craft in another order would wait for each other.
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('vric.positions', 0))"
_MERGE = f"""
WITH added AS (
    INSERT INTO positions ({_LIST})
    SELECT craft_id, at, lat, lon, nullif(speed_kn, 'NaN'), nullif(course_deg, 'NaN'),
           nullif(altitude_ft, 'NaN'), nullif(on_ground, -1), nullif(rtrim(callsign), '')
    FROM staged_positions
    ON CONFLICT (craft_id, at) DO NOTHING RETURNING craft_id, at, lat, lon
), heard AS (
    INSERT INTO craft_presence (cell, period, craft_id, fixes)
    SELECT floor((lat + 90) / {CELL_DEG})::int * {int(360 / CELL_DEG)}
               + floor((lon + 180) / {CELL_DEG})::int,
           floor(extract(epoch FROM at) / {PERIOD_S})::int, craft_id, count(*)
    FROM added GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (cell, period, craft_id) DO UPDATE
        SET fixes = craft_presence.fixes + excluded.fixes
), touched AS (
    SELECT craft_id, count(*) AS fixes, min(at) AS first_at, max(at) AS last_at
    FROM added GROUP BY craft_id
), noted AS (
    UPDATE crafts SET
        position_count = position_count + touched.fixes,
        first_at = least(crafts.first_at, touched.first_at),
        last_at = greatest(crafts.last_at, touched.last_at),
        stale_from = least(stale_from, touched.first_at),
        stale_until = greatest(stale_until, touched.last_at),
        stale_since = coalesce(stale_since, now())
    FROM touched WHERE crafts.id = touched.craft_id
)
SELECT coalesce(sum(fixes), 0)::bigint FROM touched
"""
_MARK = """
UPDATE crafts SET stale_from = least(stale_from, greatest(t.first, first_at)),
    stale_until = greatest(stale_until, least(t.last, last_at)),
    stale_since = coalesce(stale_since, now())
FROM unnest($1::bigint[], $2::float8[], $3::float8[]) AS s (craft_id, first_s, last_s),
    LATERAL (SELECT to_timestamp(first_s) AS first, to_timestamp(last_s) AS last) AS t
WHERE crafts.id = s.craft_id AND first_at IS NOT NULL
"""
_MADE_UP = "UPDATE crafts SET synthetic = true WHERE id = ANY($1) AND NOT synthetic RETURNING id"
_MONTHS = r"""
SELECT substring(c.relname FROM 'positions_(\d{4}_\d{2})$') FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'positions'::regclass
"""
_FORGET_PRESENCE = "DELETE FROM craft_presence WHERE period < $1"
_FORGET_CROWDS = "DELETE FROM craft_crowds WHERE end_at < $1"
# What no analysis has seen and nobody will see is not waited for.
_FORGET_COUNTS = """
UPDATE crafts SET first_at = kept.first_at, last_at = kept.last_at, position_count = kept.fixes,
    stale_from = CASE WHEN stale_until >= kept.first_at THEN greatest(stale_from, kept.first_at) END,
    stale_until = CASE WHEN stale_until >= kept.first_at THEN stale_until END,
    stale_since = CASE WHEN stale_until >= kept.first_at THEN stale_since END
FROM (SELECT c.id, count(p.at) AS fixes, min(p.at) AS first_at, max(p.at) AS last_at
      FROM crafts AS c LEFT JOIN positions AS p ON p.craft_id = c.id
      WHERE c.first_at < $1 GROUP BY c.id) AS kept
WHERE crafts.id = kept.id
"""


async def write_positions(
    connection: asyncpg.Connection, positions: Positions, craft_ids: NDArray[np.int64]
) -> int:
    """Add fixes within the caller's transaction, however often and in whatever order they come.

    Args:
        craft_ids: the id of the craft of each row.

    Returns:
        How many were not there yet.
    """
    if len(positions) == 0:
        return 0
    await connection.execute(_ALONE)
    await _make_months(connection, positions.time_s)
    await connection.execute(_STAGE)
    await connection.copy_to_table(
        "staged_positions",
        # No file: the driver ties one into a cycle, where its megabytes wait for the collector.
        source=memoryview(encode(positions, craft_ids)),
        columns=COLUMNS,
        format="binary",
    )
    added = await connection.fetchval(_MERGE)
    await connection.execute("TRUNCATE staged_positions")
    return int(added)


async def mark_stale(
    connection: asyncpg.Connection, times: Mapping[int, tuple[float, float]]
) -> None:
    """Have craft analysed again, by id from when to when, though no fixes of theirs came."""
    if times:
        await connection.execute(_ALONE)
        first, last = zip(*times.values(), strict=True)
        await connection.execute(_MARK, list(times), first, last)


async def mark_synthetic(connection: asyncpg.Connection, craft_ids: Sequence[int]) -> list[int]:
    """Note that something of craft is made up, for good; returns those of which it was not known."""
    if not craft_ids:
        return []
    await connection.execute(_ALONE)
    return [row["id"] for row in await connection.fetch(_MADE_UP, list(craft_ids))]


async def forget_before(connection: asyncpg.Connection, day: date) -> list[str]:
    """Drop the months of positions that ended before a day; returns which."""
    await connection.execute("SET LOCAL lock_timeout = '10s'")
    await connection.execute(_ALONE)
    months = sorted(row[0] for row in await connection.fetch(_MONTHS))
    gone = [month for month in months if month < f"{day:%Y_%m}"]
    for month in gone:
        await connection.execute(f"DROP TABLE positions_{month}")
    if gone:
        until = datetime(day.year, day.month, 1, tzinfo=UTC)
        await connection.execute(_FORGET_PRESENCE, int(until.timestamp()) // PERIOD_S)
        await connection.execute(_FORGET_CROWDS, until)
        await connection.execute(_FORGET_COUNTS, until)
    return gone


async def _make_months(connection: asyncpg.Connection, time_s: NDArray[np.float64]) -> None:
    """Add the partitions that fixes of these instants need."""
    needed = np.unique(microseconds(time_s).astype("datetime64[us]").astype("datetime64[M]"))
    there = {row[0] for row in await connection.fetch(_MONTHS)}
    for month in needed:
        name = str(month).replace("-", "_")
        if name in there:
            continue
        # Attached, not made in place: that would wait for all who read positions.
        await connection.execute(f"CREATE TABLE positions_{name} (LIKE positions INCLUDING ALL)")
        await connection.execute(
            f"ALTER TABLE positions ATTACH PARTITION positions_{name}"
            f" FOR VALUES FROM ('{month}-01 00:00Z') TO ('{month + 1}-01 00:00Z')"
        )
