"""What was derived of craft since journeys were last brought up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from app.itineraries.activities.repository.pages import HEARD_UNTIL, STANDS
from app.itineraries.tracks.gaps import GapOptions

_STANDING_SINCE = f"""
INSERT INTO changed_crafts (craft_id)
SELECT DISTINCT unnest(craft_ids) FROM activities
WHERE kind = 'gap' AND end_at IS NULL AND {STANDS}
  AND start_at > (SELECT until FROM observed_until) - interval '{GapOptions().min_hours:g} hours'
ON CONFLICT DO NOTHING
"""
_UNTIL = f"UPDATE observed_until SET until = greatest(until, {HEARD_UNTIL})"
_ACTIVITIES = f"""
SELECT craft_ids[1] AS craft_id, id, kind, start_at, end_at, lat, lon, place, evidence
FROM activities WHERE craft_ids && $1::bigint[] AND kind IN ('leg', 'visit', 'gap') AND {STANDS}
ORDER BY start_at, id
"""
_SAID = """
SELECT craft_id, field, value FROM craft_identities WHERE craft_id = ANY($1)
ORDER BY field, last_at DESC NULLS LAST, value
"""


@dataclass(frozen=True, slots=True)
class Observed:
    """A craft: its flights, calls and gaps by time, and what is said of it last."""

    id: int
    key: str
    synthetic: bool
    activities: list[asyncpg.Record] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)


async def add_silent(connection: asyncpg.Connection) -> None:
    """Note craft whose silence has become a gap with no fix of theirs, but by the time that passed."""
    await connection.execute(_STANDING_SINCE)
    await connection.execute(_UNTIL)


async def load_changed(connection: asyncpg.Connection, limit: int) -> list[int]:
    """Craft of which journeys do not tell all yet."""
    rows = await connection.fetch(
        "SELECT craft_id FROM changed_crafts ORDER BY craft_id LIMIT $1", limit
    )
    return [row["craft_id"] for row in rows]


async def note_recorded(connection: asyncpg.Connection, craft_ids: Sequence[int]) -> None:
    """Remember that journeys tell all of some craft."""
    await connection.execute("DELETE FROM changed_crafts WHERE craft_id = ANY($1)", craft_ids)


async def load_observed(
    connection: asyncpg.Connection, craft_ids: Sequence[int]
) -> Sequence[Observed]:
    """Some craft with all that was derived and is said of them."""
    rows = await connection.fetch(
        "SELECT id, key, synthetic FROM crafts WHERE id = ANY($1)", craft_ids
    )
    found: Mapping[int, Observed] = {row["id"]: Observed(*row) for row in rows}
    for row in await connection.fetch(_ACTIVITIES, craft_ids):
        found[row["craft_id"]].activities.append(row)
    for row in await connection.fetch(_SAID, craft_ids):
        found[row["craft_id"]].said.setdefault(row["field"], row["value"])
    return list(found.values())
