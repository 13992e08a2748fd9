"""Pages of activities, and what was heard of others while a craft was silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from app.core.db import Database
from app.events.parameters import Box
from app.events.repository.statements import Statement
from app.itineraries.activities.queries import ActivitiesQuery
from app.itineraries.parameters import InstantRange
from app.itineraries.positions.writer import CELL_DEG, PERIOD_S
from app.itineraries.tracks.gaps import GapOptions
from app.itineraries.zones.geometry import as_literal, polygons_of

COLUMNS = """
id, kind, craft_ids, start_at, end_at, lat, lon, place, score, method, method_version, evidence
"""
HEARD_UNTIL = "(SELECT least(max(last_at), now()) FROM crafts)"
# A silence that still goes on counts from the hours on that a gap takes.
STANDS = f"""
(end_at IS NOT NULL OR kind <> 'gap'
 OR start_at <= {HEARD_UNTIL} - interval '{GapOptions().min_hours:g} hours')
"""
_KEYS = "SELECT id, key FROM crafts WHERE id = ANY($1)"
MAX_RECEPTION_PERIODS = 120
_RECEPTION = f"""
SELECT g.id, count(DISTINCT p.craft_id) AS craft, coalesce(sum(p.fixes), 0)::bigint AS fixes,
       count(DISTINCT p.period)::float8 / (g.last - g.first + 1) AS heard_share
FROM (
    SELECT id, craft_ids[1] AS craft_id,
        floor((lat + 90) / {CELL_DEG})::int * {int(360 / CELL_DEG)}
            + floor((lon + 180) / {CELL_DEG})::int AS cell,
        floor(extract(epoch FROM start_at) / {PERIOD_S})::int AS first,
        least(floor(extract(epoch FROM coalesce(end_at, {HEARD_UNTIL})) / {PERIOD_S})::int,
              floor(extract(epoch FROM start_at) / {PERIOD_S})::int + {MAX_RECEPTION_PERIODS - 1})
            AS last
    FROM activities WHERE id = ANY($1)
) AS g
LEFT JOIN craft_presence AS p
    ON p.cell = g.cell AND p.period BETWEEN g.first AND g.last AND p.craft_id <> g.craft_id
GROUP BY g.id, g.first, g.last
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the beginning and id of its last activity."""

    start_at: datetime
    id: int


async def fetch_activities(
    database: Database,
    query: ActivitiesQuery,
    areas: Sequence[Mapping[str, Any]],
    limit: int,
    after: Place | None,
) -> list[asyncpg.Record]:
    """Activities that match, in the order asked for; `areas` are the zones as GeoJSON."""
    s = Statement()
    conditions = [STANDS, *_conditions(s, query, areas)]
    down = query.sortby.startswith("-")
    if after is not None:
        place = f"({s.bind(after.start_at)}::timestamptz, {s.bind(after.id)}::bigint)"
        conditions.append(f"(start_at, id) {'<' if down else '>'} {place}")
    order = "DESC" if down else "ASC"
    sql = (
        f"SELECT {COLUMNS} FROM activities WHERE {' AND '.join(conditions)}"
        f" ORDER BY start_at {order}, id {order} LIMIT {s.bind(limit)}"
    )
    return await database.fetch(sql, s.values)


async def find_activity(database: Database, activity_id: int) -> asyncpg.Record | None:
    """One activity."""
    sql = f"SELECT {COLUMNS} FROM activities WHERE id = $1 AND {STANDS}"
    return await database.fetch_row(sql, [activity_id])


async def fetch_keys(database: Database, craft_ids: Sequence[int]) -> dict[int, str]:
    """The keys of craft."""
    rows = await database.fetch(_KEYS, [list(craft_ids)])
    return {row["id"]: row["key"] for row in rows}


async def fetch_reception(
    database: Database, gap_ids: Sequence[int]
) -> dict[int, dict[str, float]]:
    """Who else was heard in the cell of half a degree where each craft fell silent.

    `craft` and `fixes` count others, `heard_share` is the share of the silence's six-hour periods
    with any of them; of a long silence the first 30 days.
    """
    if not gap_ids:
        return {}
    rows = await database.fetch(_RECEPTION, [list(gap_ids)])
    return {
        row["id"]: {name: row[name] for name in ("craft", "fixes", "heard_share")} for row in rows
    }


def _conditions(
    s: Statement, query: ActivitiesQuery, areas: Sequence[Mapping[str, Any]]
) -> list[str]:
    conditions = []
    if query.type:
        conditions.append(f"kind = ANY({s.bind(query.type)}::text[])")
    if query.craft:
        ids = [int(key) for key in query.craft if key.isdecimal() and len(key) < 19]
        conditions.append(
            f"craft_ids && (SELECT coalesce(array_agg(id), '{{}}') FROM crafts WHERE"
            f" id = ANY({s.bind(ids)}::bigint[]) OR key = ANY({s.bind(query.craft)}::text[]))"
        )
    if areas:
        conditions.append(f"({' OR '.join(_inside(s, area) for area in areas)})")
    if query.bbox is not None:
        conditions.append(_in_box(s, Box.parse(query.bbox)))
    if query.datetime is not None:
        window = InstantRange.parse(query.datetime)
        start, end = f"{s.bind(window.start)}::timestamptz", f"{s.bind(window.end)}::timestamptz"
        # The first for the index by beginning, the second for that by place and time.
        conditions.append(
            f"start_at <= {end}"
            f" AND tstzrange(start_at, end_at, '[]') && tstzrange({start}, {end}, '[]')"
        )
    if query.min_score is not None:
        conditions.append(f"score >= {s.bind(query.min_score)}::float4")
    if query.min_hours is not None:
        lasted = f"coalesce(end_at, {HEARD_UNTIL}) - start_at"
        conditions.append(f"{lasted} >= make_interval(secs => {s.bind(query.min_hours * 3600)})")
    return conditions


def _inside(s: Statement, area: Mapping[str, Any]) -> str:
    parts = []
    for outer, *holes in polygons_of(dict(area)):
        tests = [f"point(lon, lat) <@ {s.bind(as_literal(outer))}::text::polygon"]
        tests += [
            f"NOT point(lon, lat) <@ {s.bind(as_literal(hole))}::text::polygon" for hole in holes
        ]
        parts.append(f"({' AND '.join(tests)})")
    return " OR ".join(parts)


def _in_box(s: Statement, box: Box) -> str:
    def within(west: float, east: float) -> str:
        corners = (
            f"point({s.bind(west)}::float8, {s.bind(box.south)}::float8),"
            f" point({s.bind(east)}::float8, {s.bind(box.north)}::float8)"
        )
        return f"point(lon, lat) <@ box({corners})"

    if box.west <= box.east:
        return within(box.west, box.east)
    return f"({within(box.west, 180)} OR {within(-180, box.east)})"
