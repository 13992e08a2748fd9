"""Reads craft and what is said of them."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from app.core.db import Database
from app.events.parameters import Box
from app.events.repository.statements import Statement
from app.itineraries.crafts.keys import fold
from app.itineraries.crafts.queries import CraftsQuery
from app.itineraries.parameters import InstantRange
from app.itineraries.positions.writer import CELL_DEG, PERIOD_S

_CRAFT = "id, key, kind, synthetic, first_at, last_at, position_count"
_IDENTITIES = """
SELECT craft_id, field, value, source, first_at, last_at, detail FROM craft_identities
WHERE craft_id = ANY($1)
ORDER BY craft_id, field, last_at DESC NULLS LAST, first_at DESC NULLS LAST, value
"""
_NEAR = """
SELECT craft_id, key, field, value, round(similarity(folded, $2)::numeric, 2)::float8 AS similarity
FROM craft_identities AS i JOIN crafts AS c ON c.id = i.craft_id
WHERE folded % $2 AND folded <> $2 AND field = $1 AND similarity(folded, $2) >= 0.4
ORDER BY similarity(folded, $2) DESC, craft_id LIMIT 10
"""
_RELATED = """
SELECT DISTINCT other.craft_id, c.key, other.field, other.value
FROM craft_identities AS own
JOIN craft_identities AS other ON other.field = own.field AND other.folded = own.folded
JOIN crafts AS c ON c.id = other.craft_id
WHERE own.craft_id = $1 AND other.craft_id <> $1 AND own.field = ANY($2) AND own.folded <> ''
ORDER BY other.craft_id, other.field, other.value LIMIT 100
"""
_ANY_REGISTRY = """
SELECT EXISTS (SELECT FROM craft_identities WHERE field = 'name' AND source <> ALL($1))
"""
_REGISTERED = """
SELECT DISTINCT value FROM craft_identities
WHERE field = 'name' AND folded = ANY($1) AND source <> ALL($2)
"""
# Shared by craft that may be one, or may use one number in turn.
SHARED_FIELDS = ("mmsi", "imo", "icao24", "registration", "msn")


async def find_craft(database: Database, reference: str) -> asyncpg.Record | None:
    """A craft by its id or its key."""
    if reference.isdecimal() and len(reference) <= 18:
        found = await database.fetch_row(
            f"SELECT {_CRAFT} FROM crafts WHERE id = $1", [int(reference)]
        )
        if found is not None:
            return found
    return await database.fetch_row(f"SELECT {_CRAFT} FROM crafts WHERE key = $1", [reference])


async def fetch_crafts(
    database: Database, query: CraftsQuery, limit: int, before: int | None
) -> list[asyncpg.Record]:
    """Craft that match, newest id first; `before` leaves only lower ids."""
    s = Statement()
    conditions = [_said(s, field, values) for field, values in query.fields().items()]
    if query.kind:
        conditions.append(f"kind = ANY({s.bind(query.kind)}::text[])")
    if query.craft:
        ids = [int(key) for key in query.craft if key.isdecimal() and len(key) < 19]
        conditions.append(
            f"(key = ANY({s.bind(query.craft)}::text[]) OR id = ANY({s.bind(ids)}::bigint[]))"
        )
    if query.q is not None:
        like = s.bind(f"%{fold(query.q)}%")
        conditions.append(
            f"(id IN (SELECT craft_id FROM craft_identities WHERE folded LIKE {like})"
            f" OR strpos(lower(key), lower({s.bind(query.q)}::text)) > 0)"
        )
    if query.bbox is not None or query.datetime is not None:
        conditions.append(_heard(s, query.bbox, query.datetime))
    if before is not None:
        conditions.append(f"id < {s.bind(before)}")
    sql = (
        f"SELECT {_CRAFT} FROM crafts WHERE {' AND '.join(conditions) or 'true'}"
        f" ORDER BY id DESC LIMIT {s.bind(limit)}"
    )
    return await database.fetch(sql, s.values)


def _said(s: Statement, field: str, values: Sequence[str]) -> str:
    folded = s.bind([fold(value) for value in values])
    return (
        "EXISTS (SELECT FROM craft_identities AS i WHERE i.craft_id = crafts.id"
        f" AND i.field = {s.bind(field)} AND i.folded = ANY({folded}::text[]))"
    )


def _heard(s: Statement, bbox: str | None, window: str | None) -> str:
    """Whether a craft was heard in a box and window, by cells and periods."""
    conditions = []
    if window is not None:
        span = InstantRange.parse(window)
        # Before 1970 nothing was heard, and periods are whole numbers of four bytes.
        first, last = (
            min(max(int(at.timestamp() // PERIOD_S), 0), 2**31 - 1) for at in (span.start, span.end)
        )
        conditions.append(f"period BETWEEN {s.bind(first)}::int AND {s.bind(last)}::int")
    if bbox is not None:
        box = Box.parse(bbox)
        south, north = (int((lat + 90) // CELL_DEG) for lat in (box.south, box.north))
        west, east = (int((lon + 180) // CELL_DEG) for lon in (box.west, box.east))
        columns = int(360 / CELL_DEG)
        row, column = f"cell / {columns}", f"cell % {columns}"
        conditions.append(f"{row} BETWEEN {s.bind(south)}::int AND {s.bind(north)}::int")
        joined = "AND" if west <= east else "OR"
        conditions.append(
            f"({column} >= {s.bind(west)}::int {joined} {column} <= {s.bind(east)}::int)"
        )
    return (
        "EXISTS (SELECT FROM craft_presence AS p WHERE p.craft_id = crafts.id"
        f" AND {' AND '.join(conditions)})"
    )


async def fetch_identities(
    database: Database, craft_ids: Sequence[int]
) -> dict[int, list[asyncpg.Record]]:
    """What is said of each craft, the latest of each field first."""
    found: dict[int, list[asyncpg.Record]] = {craft_id: [] for craft_id in craft_ids}
    for row in await database.fetch(_IDENTITIES, [list(craft_ids)]):
        found[row["craft_id"]].append(row)
    return found


async def fetch_near(database: Database, field: str, value: str) -> list[dict[str, Any]]:
    """Craft of which something alike is said, but not the same: they are not the craft asked for."""
    return [dict(row) for row in await database.fetch(_NEAR, [field, fold(value)])]


async def fetch_related(database: Database, craft_id: int) -> list[dict[str, Any]]:
    """Other craft that go by an identifier of this one."""
    rows = await database.fetch(_RELATED, [craft_id, list(SHARED_FIELDS)])
    return [dict(row) for row in rows]


async def fetch_registered(
    database: Database, names: Sequence[str], observed: Sequence[str]
) -> frozenset[str] | None:
    """Those of some names that a register has; None where no register was taken in.

    Args:
        observed: sources that are no register.
    """
    if not await database.fetch_value(_ANY_REGISTRY, [list(observed)]):
        return None
    folded = [fold(name) for name in names]
    rows = await database.fetch(_REGISTERED, [folded, list(observed)])
    return frozenset(row["value"] for row in rows)
