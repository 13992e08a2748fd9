"""Reads craft and what is said of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from app.core.db import Database
from app.events.repository.statements import Statement
from app.itineraries.crafts.keys import fold

_CRAFT = "id, key, kind, first_at, last_at, position_count"
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
    database: Database,
    fields: Mapping[str, Sequence[str]],
    kinds: Sequence[str],
    keys: Sequence[str],
    q: str | None,
    limit: int,
    before: int | None,
) -> list[asyncpg.Record]:
    """Craft of which all of these are said, newest id first.

    Args:
        fields: values by field, of which one is enough; the craft's own names are looked for with q.
        before: only ids lower than this.
    """
    statement = Statement()
    said = "SELECT 1 FROM craft_identities AS i WHERE i.craft_id = crafts.id AND"
    conditions = [
        f"EXISTS ({said} field = {statement.bind(field)}"
        f" AND folded = ANY({statement.bind([fold(value) for value in values])}::text[]))"
        for field, values in fields.items()
    ]
    if kinds:
        conditions.append(f"kind = ANY({statement.bind(list(kinds))}::text[])")
    if keys:
        conditions.append(
            f"(key = ANY({statement.bind(list(keys))}::text[]) OR id = ANY("
            f"{statement.bind([int(k) for k in keys if k.isdecimal() and len(k) < 19])}::bigint[]))"
        )
    if q is not None:
        pattern = statement.bind(f"%{fold(q)}%")
        conditions.append(
            f"(id IN (SELECT craft_id FROM craft_identities WHERE folded LIKE {pattern})"
            f" OR key ILIKE '%' || {statement.bind(q)}::text || '%')"
        )
    if before is not None:
        conditions.append(f"id < {statement.bind(before)}")
    sql = (
        f"SELECT {_CRAFT} FROM crafts WHERE {' AND '.join(conditions) or 'true'}"
        f" ORDER BY id DESC LIMIT {statement.bind(limit)}"
    )
    return await database.fetch(sql, statement.values)


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
