"""Writes craft and what is said of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app.itineraries.crafts.keys import fold, kind_of, scheme_of

_ADD = """
INSERT INTO crafts (key, kind) SELECT * FROM unnest($1::text[], $2::text[]) AS k (key, kind)
ON CONFLICT (key) DO NOTHING RETURNING id, key
"""
_IDS = "SELECT id, key FROM crafts WHERE key = ANY($1)"
# All that they did is analysed again, by the rules for their kind.
_SET_KIND = """
UPDATE crafts SET kind = $2, stale_from = first_at, stale_until = last_at,
    stale_since = CASE WHEN first_at IS NOT NULL THEN now() END
WHERE id = ANY($1) AND kind = 'unknown'
"""
_SAY = """
INSERT INTO craft_identities
    (craft_id, field, value, folded, source, first_at, last_at, detail)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[],
                     $6::timestamptz[], $7::timestamptz[], $8::jsonb[])
ON CONFLICT (craft_id, field, value, source) DO UPDATE SET
    first_at = least(craft_identities.first_at, excluded.first_at),
    last_at = greatest(craft_identities.last_at, excluded.last_at),
    detail = coalesce(excluded.detail, craft_identities.detail)
"""
_TYPES = """
SELECT DISTINCT ON (craft_id) craft_id, value FROM craft_identities
WHERE craft_id = ANY($1) AND field = 'type' ORDER BY craft_id, last_at DESC NULLS LAST, value
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a source says of a craft, and when it was first and last said or held."""

    craft_id: int
    field: str
    value: str
    source: str
    first_at: datetime | None = None
    last_at: datetime | None = None
    detail: Mapping[str, Any] | None = None


async def save_crafts(connection: asyncpg.Connection, keys: Iterable[str]) -> dict[str, int]:
    """The ids of craft by their keys; those that are new are added."""
    # In one order everywhere, so that two writers never wait for each other.
    wanted = sorted(set(keys))
    known = {row["key"]: row["id"] for row in await connection.fetch(_IDS, wanted)}
    missing = [key for key in wanted if key not in known]
    if not missing:
        return known
    added = await connection.fetch(_ADD, missing, [kind_of(key) for key in missing])
    known |= {row["key"]: row["id"] for row in added}
    if len(known) < len(wanted):  # another writer was first, and has committed
        known |= {row["key"]: row["id"] for row in await connection.fetch(_IDS, missing)}
    await save_identities(
        connection,
        (
            Said(row["id"], scheme, row["key"].partition(":")[2], "key")
            for row in added
            if (scheme := scheme_of(row["key"])) is not None
        ),
    )
    return known


async def set_kind(connection: asyncpg.Connection, craft_ids: Iterable[int], kind: str) -> None:
    """Tell what craft are, of which that is unknown."""
    await connection.execute(_SET_KIND, list(craft_ids), kind)


async def save_identities(connection: asyncpg.Connection, said: Iterable[Said]) -> list[int]:
    """Add what is said of craft; what was said before by the same source widens its time.

    Returns:
        The craft that are of another type now, which their analysis has to know.
    """
    merged: dict[tuple[int, str, str, str], Said] = {}
    for one in said:
        key = (one.craft_id, one.field, one.value, one.source)
        merged[key] = _wider(merged[key], one) if key in merged else one
    rows = [merged[key] for key in sorted(merged)]
    if not rows:
        return []
    typed = sorted({row.craft_id for row in rows if row.field == "type"})
    before = await _fetch_types(connection, typed)
    await connection.execute(
        _SAY,
        [row.craft_id for row in rows],
        [row.field for row in rows],
        [row.value for row in rows],
        [fold(row.value) for row in rows],
        [row.source for row in rows],
        [row.first_at for row in rows],
        [row.last_at for row in rows],
        [None if row.detail is None else orjson.dumps(row.detail).decode() for row in rows],
    )
    now = await _fetch_types(connection, typed)
    return [craft_id for craft_id in typed if now[craft_id] != before.get(craft_id)]


async def _fetch_types(connection: asyncpg.Connection, craft_ids: Sequence[int]) -> dict[int, str]:
    if not craft_ids:
        return {}
    rows = await connection.fetch(_TYPES, craft_ids)
    return {row["craft_id"]: row["value"] for row in rows}


def _wider(one: Said, other: Said) -> Said:
    firsts = [at for at in (one.first_at, other.first_at) if at is not None]
    lasts = [at for at in (one.last_at, other.last_at) if at is not None]
    return Said(
        one.craft_id, one.field, one.value, one.source,
        min(firsts, default=None), max(lasts, default=None), other.detail or one.detail,
    )  # fmt: skip
