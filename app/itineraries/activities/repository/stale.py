"""Reads what has to be analysed: craft that are stale, their spans, their company."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import numpy as np

from app.itineraries.activities.company import MARGIN_S, REACH_KM, Window, within
from app.itineraries.activities.crowds import CrowdTime
from app.itineraries.activities.spans import SILENCE_S, Scope, at_port
from app.itineraries.positions.repository import copy_windows
from app.itineraries.positions.writer import CELL_DEG, PERIOD_S
from app.itineraries.tracks.geometry import EARTH_RADIUS_KM
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions

MAX_ROUND = 100_000
_COLUMNS = int(360 / CELL_DEG)
_CELL_KM = math.radians(CELL_DEG) * EARTH_RADIUS_KM
# Those that wait longest, in order of place: who may have met is analysed together.
_ROUND = f"""
SELECT c.id FROM (
    SELECT id, stale_from FROM crafts WHERE stale_since IS NOT NULL
    ORDER BY stale_since, id LIMIT {MAX_ROUND}
) AS c LEFT JOIN LATERAL (
    SELECT cell FROM craft_presence AS p
    WHERE p.craft_id = c.id AND p.period >= floor(extract(epoch FROM c.stale_from) / {PERIOD_S})
    ORDER BY period LIMIT 1
) AS p ON true
ORDER BY p.cell, c.id
"""
_STALE = """
SELECT id, key, kind, synthetic, first_at, last_at, stale_from, stale_until, position_count
FROM unnest($1::bigint[]) WITH ORDINALITY AS asked (id, place) JOIN crafts USING (id)
WHERE stale_since IS NOT NULL ORDER BY place
"""
# For each craft the nearest fix at or beyond an instant that has a day's silence on its far side.
_BOUNDARY = """
SELECT w.craft_id, b.* FROM unnest($1::bigint[], $2::timestamptz[]) AS w (craft_id, from_at),
LATERAL (
    SELECT at, lat, lon, far_at, far_lat, far_lon FROM (
        SELECT at, lat, lon, lead(at) OVER o AS far_at, lead(lat) OVER o AS far_lat,
               lead(lon) OVER o AS far_lon
        FROM positions WHERE craft_id = w.craft_id AND at {sign} w.from_at
        WINDOW o AS (ORDER BY at {order})
    ) AS fixes
    WHERE far_at IS NULL OR abs(extract(epoch FROM at - far_at)) >= $3
    ORDER BY at {order} LIMIT 1
) AS b
"""
_BACKWARDS = _BOUNDARY.format(sign="<=", order="DESC")
_FORWARDS = _BOUNDARY.format(sign=">=", order="ASC")
# The cells within reach: the nearer to a pole, the more columns.
_AROUND = f"""
LATERAL (SELECT abs((own.cell / {_COLUMNS} + 0.5) * {CELL_DEG} - 90) + 1.5 * {CELL_DEG} AS degrees) AS edge,
LATERAL (SELECT least(ceil(
    {REACH_KM / _CELL_KM} / greatest(cosd(edge.degrees), 0.001)
)::int, {_COLUMNS // 2}) AS columns) AS wide,
generate_series(-1, 1) AS north, generate_series(-wide.columns, wide.columns) AS east,
LATERAL (
    SELECT own.cell - own.cell % {_COLUMNS} + north * {_COLUMNS}
           + (own.cell + east + {_COLUMNS}) % {_COLUMNS} AS cell
) AS near
"""
# By cells and not by pairs, of which a crowd has far more; periods whose margins touch are one window.
_COMPANY = f"""
WITH own AS MATERIALIZED (
    SELECT DISTINCT p.cell, p.period
    FROM unnest($1::bigint[], $2::int[], $3::int[]) AS w (craft_id, first, last)
    JOIN craft_presence AS p ON p.craft_id = w.craft_id AND p.period BETWEEN w.first AND w.last
), around AS MATERIALIZED (
    SELECT own.cell AS middle, own.period, near.cell FROM own CROSS JOIN {_AROUND}
), heard AS MATERIALIZED (
    SELECT p.cell, p.period, min(p.craft_id) AS one, max(p.craft_id) AS other
    FROM (SELECT DISTINCT cell, period FROM around) AS near
    JOIN craft_presence AS p ON p.cell = near.cell AND p.period = near.period
    GROUP BY p.cell, p.period
), together AS MATERIALIZED (
    SELECT middle, period FROM around JOIN heard USING (cell, period)
    GROUP BY middle, period HAVING min(one) <> max(other)
)
SELECT craft_id, min(period) AS first, max(period) AS last, sum(fixes)::bigint AS fixes
FROM (
    SELECT craft_id, period, fixes, count(*) FILTER (WHERE apart) OVER o AS run FROM (
        SELECT p.craft_id, p.period, sum(p.fixes) AS fixes,
               p.period - lag(p.period) OVER (PARTITION BY p.craft_id ORDER BY p.period) > 2
                   AS apart
        FROM (SELECT DISTINCT cell, period FROM around JOIN together USING (middle, period)) AS near
        JOIN craft_presence AS p ON p.cell = near.cell AND p.period = near.period
        JOIN crafts AS c ON c.id = p.craft_id AND c.kind <> 'aircraft'
        GROUP BY p.craft_id, p.period
    ) AS heard
    WINDOW o AS (PARTITION BY craft_id ORDER BY period)
) AS runs
GROUP BY craft_id, run ORDER BY craft_id, run
"""
_CROWD_TIMES = """
SELECT craft_id, method, start_at, end_at FROM craft_crowds
WHERE craft_id = ANY($1) AND start_at < $3 AND end_at >= $2
"""
_ABOUT = """
SELECT c.id, c.key, c.kind, c.synthetic, (
    SELECT value FROM craft_identities AS i WHERE i.craft_id = c.id AND i.field = 'type'
    ORDER BY last_at DESC NULLS LAST, value LIMIT 1
) AS type FROM crafts AS c WHERE c.id = ANY($1)
"""


@dataclass(frozen=True, slots=True)
class About:
    """What an analysis has to know of a craft."""

    key: str
    kind: str
    type: str | None
    synthetic: bool


async def fetch_round(connection: asyncpg.Connection) -> list[int]:
    """Craft with fixes that no analysis has seen, neighbours side by side."""
    return [row["id"] for row in await connection.fetch(_ROUND)]


async def fetch_stale(
    connection: asyncpg.Connection, craft_ids: Sequence[int]
) -> list[asyncpg.Record]:
    """Those of these craft that no analysis has seen all fixes of, in the order given."""
    return list(await connection.fetch(_STALE, list(craft_ids)))


async def fetch_scopes(
    connection: asyncpg.Connection, stale: Sequence[asyncpg.Record], places: Places
) -> list[Scope]:
    """The spans that the new fixes of each craft touch."""
    whole = [row for row in stale if _is_whole(row)]
    partly = [row for row in stale if not _is_whole(row)]
    before = await _bounds(
        connection, _BACKWARDS, {row["id"]: row["stale_from"] for row in partly}, places
    )
    after = await _bounds(
        connection, _FORWARDS, {row["id"]: row["stale_until"] for row in partly}, places
    )
    return [
        *(Scope(row["id"], _s(row["first_at"]), _s(row["last_at"])) for row in whole),
        *(
            Scope(craft_id, before[craft_id][0], after[craft_id][0], before[craft_id][1],
                  after[craft_id][1])
            for craft_id in before
        ),
    ]  # fmt: skip


async def fetch_scoped(connection: asyncpg.Connection, scopes: Sequence[Scope]) -> Positions:
    """The fixes of the scopes with the one before and the one after each."""
    return await copy_windows(
        connection,
        [scope.craft_id for scope in scopes],
        [_at(scope.start_s if scope.before_s is None else scope.before_s) for scope in scopes],
        [_at(scope.until_s if scope.after_s is None else scope.after_s) for scope in scopes],
    )


async def fetch_company(connection: asyncpg.Connection, scopes: Sequence[Scope]) -> list[Window]:
    """When vessels, and which others, were in cells next to one another."""
    rows = await connection.fetch(
        _COMPANY,
        [scope.craft_id for scope in scopes],
        [int(scope.start_s // PERIOD_S) for scope in scopes],
        [int(scope.until_s // PERIOD_S) for scope in scopes],
    )
    return [Window(*row) for row in rows]


async def fetch_slice(
    connection: asyncpg.Connection, windows: Sequence[Window], start_s: float, until_s: float
) -> Positions:
    """The fixes within windows in a slice of time, and a margin around it."""
    start, until = start_s - MARGIN_S, until_s + MARGIN_S
    there = within(windows, start, until)
    return await copy_windows(
        connection,
        [window.craft_id for window in there],
        [_at(max(window.start_s, start)) for window in there],
        [_at(min(window.until_s, until)) - timedelta(microseconds=1) for window in there],
    )


async def fetch_crowd_times(
    connection: asyncpg.Connection, windows: Sequence[Window], start_s: float, until_s: float
) -> list[CrowdTime]:
    """When the craft of windows lay in crowds, by their analysis, in a slice of time."""
    there = sorted({window.craft_id for window in within(windows, start_s, until_s)})
    rows = await connection.fetch(_CROWD_TIMES, there, _at(start_s), _at(until_s))
    return [
        CrowdTime(row["craft_id"], row["method"], _s(row["start_at"]), _s(row["end_at"]))
        for row in rows
    ]


async def fetch_about(
    connection: asyncpg.Connection, craft_ids: Sequence[int]
) -> Mapping[int, About]:
    """What is known of craft, by id."""
    rows = await connection.fetch(_ABOUT, list(craft_ids))
    return {
        row["id"]: About(row["key"], row["kind"], row["type"], row["synthetic"]) for row in rows
    }


async def _bounds(
    connection: asyncpg.Connection,
    sql: str,
    starts: Mapping[int, datetime],
    places: Places,
) -> dict[int, tuple[float, float | None]]:
    """By craft where its span ends on one side, and the fix beyond the silence.

    Beyond a new fix the next span counts as well: one at a port may have joined them until now.
    """
    found: dict[int, tuple[float, float | None]] = {}
    new = dict(starts)
    while starts:
        rows = await connection.fetch(sql, list(starts), list(starts.values()), SILENCE_S)
        starts = {}
        for row in rows:
            if row["far_at"] is None:
                found[row["craft_id"]] = _s(row["at"]), None
            elif row["at"] == new[row["craft_id"]] or _harboured(row, places):
                starts[row["craft_id"]] = row["far_at"]
            else:
                found[row["craft_id"]] = _s(row["at"]), _s(row["far_at"])
    return found


def _harboured(row: asyncpg.Record, places: Places) -> bool:
    lat, lon = np.array([row["lat"], row["far_lat"]]), np.array([row["lon"], row["far_lon"]])
    return bool(at_port(lat, lon, places).any())


def _is_whole(row: asyncpg.Record) -> bool:
    return bool(row["stale_from"] <= row["first_at"] and row["stale_until"] >= row["last_at"])


def _s(at: datetime) -> float:
    return at.timestamp()


def _at(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s, UTC)
