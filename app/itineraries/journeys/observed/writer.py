"""What was derived of craft since journeys were last brought up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

_CHANGED = """
SELECT DISTINCT unnest(craft_ids) AS craft_id FROM activities
WHERE kind IN ('leg', 'visit', 'gap') AND end_at IS NOT NULL
  AND changed_at > (SELECT until FROM observed_until) ORDER BY craft_id
"""
_ACTIVITIES = """
SELECT craft_ids[1] AS craft_id, id, kind, start_at, end_at, lat, lon, place, evidence
FROM activities WHERE craft_ids && $1::bigint[] AND kind IN ('leg', 'visit', 'gap')
  AND end_at IS NOT NULL ORDER BY start_at, id
"""
_SAID = """
SELECT craft_id, field, value FROM craft_identities WHERE craft_id = ANY($1)
ORDER BY field, last_at DESC NULLS LAST, value
"""


@dataclass(frozen=True, slots=True)
class Observed:
    """A craft: its flights, calls and gaps that are over by time, and what is said of it last."""

    id: int
    key: str
    activities: list[asyncpg.Record] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)


async def load_changed_craft(connection: asyncpg.Connection) -> tuple[list[int], datetime]:
    """Craft of which something changed since journeys were last brought up, and until when."""
    until = await connection.fetchval("SELECT now()")
    return [row["craft_id"] for row in await connection.fetch(_CHANGED)], until


async def note_recorded(connection: asyncpg.Connection, until: datetime) -> None:
    """Remember that journeys tell of all changes until an instant."""
    await connection.execute("UPDATE observed_until SET until = $1", until)


async def load_observed(
    connection: asyncpg.Connection, craft_ids: Sequence[int]
) -> Sequence[Observed]:
    """Some craft with all that was derived and is said of them."""
    rows = await connection.fetch("SELECT id, key FROM crafts WHERE id = ANY($1)", craft_ids)
    found: Mapping[int, Observed] = {row["id"]: Observed(row["id"], row["key"]) for row in rows}
    for row in await connection.fetch(_ACTIVITIES, craft_ids):
        found[row["craft_id"]].activities.append(row)
    for row in await connection.fetch(_SAID, craft_ids):
        found[row["craft_id"]].said.setdefault(row["field"], row["value"])
    return list(found.values())
