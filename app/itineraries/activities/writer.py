"""Writes activities: what an analysis found takes the place of what stood there, by its differences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import numpy as np
import orjson

from app.core import data_version
from app.itineraries.activities.crowds import CrowdTime
from app.itineraries.activities.findings import Finding
from app.itineraries.activities.repository.pages import STANDS
from app.itineraries.activities.spans import Scope
from app.itineraries.positions.rows import microseconds

_COLUMNS = (
    "kind", "part", "craft_ids", "start_at", "end_at", "lat", "lon", "place", "score", "method",
    "method_version", "evidence",
)  # fmt: skip
_LIST = ", ".join(_COLUMNS)
_VALUES = ", ".join(_COLUMNS[4:])
_STAGE = f"""
CREATE TEMP TABLE found_activities ON COMMIT DROP AS SELECT {_LIST} FROM activities WITH NO DATA
"""
# What began before the first fix that is kept, and went on after it, is found anew from there on.
# Craft by craft: one search for thousands of them would compare each activity with all.
_REMOVE = f"""
DELETE FROM activities AS a USING (
    SELECT old.id
    FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[])
        AS s (craft_id, before, first, last)
    CROSS JOIN LATERAL (
        SELECT id, kind, craft_ids, start_at, part FROM activities
        WHERE craft_ids @> ARRAY[s.craft_id] AND start_at <= s.last
          AND (start_at >= CASE kind WHEN 'gap' THEN coalesce(s.before, s.first) ELSE s.first END
               OR s.before IS NULL AND coalesce(end_at, 'infinity') > s.first)
    ) AS old
    WHERE NOT EXISTS (
        SELECT FROM found_activities AS f
        WHERE f.kind = old.kind AND f.craft_ids = old.craft_ids AND f.start_at = old.start_at
          AND f.part = old.part
    )
) AS gone WHERE a.id = gone.id RETURNING craft_ids, {STANDS} AS shown
"""
_MERGE = f"""
INSERT INTO activities ({_LIST})
SELECT DISTINCT ON (kind, craft_ids, start_at, part) {_LIST} FROM found_activities
ORDER BY kind, craft_ids, start_at, part
ON CONFLICT (kind, craft_ids, start_at, part) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[4:])}, changed_at = now()
WHERE ({", ".join(f"activities.{name}" for name in _COLUMNS[4:])})
    IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _COLUMNS[4:])})
RETURNING id, craft_ids, {STANDS} AS shown
"""
_CHANGED = (
    "INSERT INTO changed_crafts (craft_id) SELECT unnest($1::bigint[]) ON CONFLICT DO NOTHING"
)
# A craft that fixes are just written of becomes stale again: it is left out and not waited for, so
# that those who write and this never wait for each other.
_FRESH = """
WITH unchanged AS (
    SELECT crafts.id
    FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::timestamptz[], $5::timestamptz[])
        AS seen (id, position_count, synthetic, stale_from, stale_until)
    JOIN crafts ON crafts.id = seen.id AND crafts.position_count = seen.position_count
        AND crafts.synthetic = seen.synthetic
        AND crafts.stale_from = seen.stale_from AND crafts.stale_until = seen.stale_until
    FOR NO KEY UPDATE OF crafts SKIP LOCKED
)
UPDATE crafts SET stale_from = NULL, stale_until = NULL, stale_since = NULL
FROM unchanged WHERE crafts.id = unchanged.id
"""
_LEAVE_CROWDS = """
DELETE FROM craft_crowds AS c
USING unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS s (craft_id, first, last)
WHERE c.craft_id = s.craft_id AND c.start_at <= s.last AND c.end_at >= s.first
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Changes:
    """What an analysis changed: the ids of activities that are new or other than before, and how many
    of these and of those that are gone are shown."""

    merged: Sequence[int]
    shown: int


async def replace_activities(
    connection: asyncpg.Connection,
    scopes: Sequence[Scope],
    found: Iterable[Finding],
    craft_ids: Mapping[str, int],
) -> Changes:
    """Bring the activities within the scopes to what was found.

    Args:
        craft_ids: the ids of craft by the keys that findings have.
    """
    await connection.execute(_STAGE)
    await connection.copy_records_to_table(
        "found_activities", columns=_COLUMNS, records=[_row(one, craft_ids) for one in found]
    )
    removed = await connection.fetch(
        _REMOVE,
        [scope.craft_id for scope in scopes],
        [None if scope.before_s is None else instant(scope.before_s) for scope in scopes],
        [instant(scope.start_s) for scope in scopes],
        [instant(scope.until_s) for scope in scopes],
    )
    merged = await connection.fetch(_MERGE)
    if removed or merged:
        await data_version.bump(connection, data_version.ROUTES)
    shown = [row for row in [*removed, *merged] if row["shown"]]
    await connection.execute(_CHANGED, sorted({one for row in shown for one in row["craft_ids"]}))
    return Changes([row["id"] for row in merged], len(shown))


async def replace_crowd_times(
    connection: asyncpg.Connection, scopes: Sequence[Scope], found: Iterable[CrowdTime]
) -> None:
    """Keep when the craft of scopes lay in crowds, for whoever changes these."""
    await connection.execute(
        _LEAVE_CROWDS,
        [scope.craft_id for scope in scopes],
        [instant(scope.start_s) for scope in scopes],
        [instant(scope.until_s) for scope in scopes],
    )
    await connection.copy_records_to_table(
        "craft_crowds",
        columns=("craft_id", "method", "start_at", "end_at"),
        records=[
            (one.craft_id, one.method, instant(one.start_s), instant(one.end_s)) for one in found
        ],
    )


async def note_analysed(connection: asyncpg.Connection, seen: Sequence[asyncpg.Record]) -> None:
    """Take craft off the list, but for those that more fixes came for since they were read."""
    await connection.execute(
        _FRESH,
        *(
            [row[name] for row in seen]
            for name in ("id", "position_count", "synthetic", "stale_from", "stale_until")
        ),
    )


def instant(time_s: float) -> datetime:
    """Epoch seconds as the tables keep them."""
    return _EPOCH + timedelta(microseconds=int(microseconds(np.array([time_s]))[0]))


def _row(one: Finding, craft_ids: Mapping[str, int]) -> tuple[object, ...]:
    return (
        one.kind,
        one.part,
        sorted(craft_ids[key] for key in one.craft_ids),
        instant(one.start_s),
        None if one.end_s is None else instant(one.end_s),
        one.lat,
        one.lon,
        one.place,
        one.score,
        one.method,
        one.method_version,
        # The order in which the values of two craft stand is that of these keys.
        orjson.dumps({"craft_keys": one.craft_ids, **one.fields}).decode(),
    )
