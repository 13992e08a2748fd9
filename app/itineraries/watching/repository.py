"""Reads what watchers are to be told of."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from app.itineraries.activities.repository.pages import COLUMNS, STANDS
from app.itineraries.crafts.keys import scheme_of
from app.itineraries.tracks.voyages import CALL_CONFIDENCE

MEETINGS = ("meeting", "near-shore-transfer")
TOLD_KINDS = ("gap", "leg", "visit", *MEETINGS)
_CHANGED = f"""
SELECT {COLUMNS} FROM activities WHERE id = ANY($1) AND kind = ANY($2) AND {STANDS} ORDER BY id
"""
_OPEN_GAPS = f"""
SELECT {COLUMNS} FROM activities
WHERE kind = 'gap' AND end_at IS NULL AND {STANDS} ORDER BY start_at DESC, id LIMIT $1
"""
_SAME_MEETINGS = f"""
SELECT {COLUMNS} FROM activities WHERE kind = ANY($2) AND id IN (
    SELECT other.id FROM activities AS one JOIN activities AS other
        ON other.craft_ids = one.craft_ids AND other.kind = ANY($2)
        AND other.start_at <= one.end_at AND other.end_at >= one.start_at
    WHERE one.id = ANY($1)
) ORDER BY craft_ids, start_at, id
"""
_VISIT_BEFORE = """
SELECT place, evidence->>'country' AS country, end_at FROM activities
WHERE kind = 'visit' AND craft_ids = $1 AND start_at < $2
    AND (evidence->>'confidence')::int >= $3 ORDER BY start_at DESC LIMIT 1
"""
_CRAFTS = "SELECT id, key, synthetic FROM crafts WHERE id = ANY($1)"
_IDENTIFIERS = """
SELECT craft_id, field, value FROM craft_identities WHERE craft_id = ANY($1)
    AND field IN ('mmsi', 'imo', 'icao24', 'registration', 'msn')
"""
_RENAMED = """
SELECT now.id, now.craft_id, now.field, now.value, now.source, now.first_at, before.value AS was
FROM unnest($1::bigint[], $2::timestamptz[]) AS seen (craft_id, from_at)
JOIN craft_identities AS now ON now.craft_id = seen.craft_id AND now.first_at >= seen.from_at
    AND now.field IN ('name', 'flag', 'imo', 'mmsi', 'registration', 'owner', 'operator')
JOIN LATERAL (
    SELECT value FROM craft_identities AS old WHERE old.craft_id = now.craft_id
        AND old.field = now.field AND old.source = now.source AND old.first_at < now.first_at
    ORDER BY old.first_at DESC, old.id DESC LIMIT 1
) AS before ON true
ORDER BY now.id
"""
_LISTED = """
SELECT identifier, list_id, entry_id, name, programs FROM sanction_identifiers
JOIN sanction_entries USING (list_id, entry_id)
WHERE identifier = ANY($1) ORDER BY list_id, entry_id, identifier
"""
_OWN_ZONES = "SELECT id, account_id, geometry FROM zones WHERE id = ANY($1)"


async def fetch_changed(
    connection: asyncpg.Connection, activity_ids: Sequence[int]
) -> list[asyncpg.Record]:
    """Activities that watchers can ask for, of some that changed."""
    return list(await connection.fetch(_CHANGED, activity_ids, TOLD_KINDS))


async def fetch_open_gaps(connection: asyncpg.Connection, limit: int) -> list[asyncpg.Record]:
    """Silences that go on and have become gaps, those that began last first."""
    return list(await connection.fetch(_OPEN_GAPS, limit))


async def fetch_meetings(
    connection: asyncpg.Connection, activity_ids: Sequence[int]
) -> list[list[asyncpg.Record]]:
    """Meetings by every method that found them: those given, with what overlaps them of the pair."""
    groups: list[list[asyncpg.Record]] = []
    for row in await connection.fetch(_SAME_MEETINGS, activity_ids, MEETINGS):
        last = groups[-1] if groups else []
        until = max((one["end_at"] for one in last), default=row["start_at"])
        if last and last[0]["craft_ids"] == row["craft_ids"] and row["start_at"] <= until:
            last.append(row)
        else:
            groups.append([row])
    return groups


async def find_call_before(
    connection: asyncpg.Connection, visit: asyncpg.Record
) -> asyncpg.Record | None:
    """Where a vessel called before."""
    return await connection.fetchrow(
        _VISIT_BEFORE, visit["craft_ids"], visit["start_at"], CALL_CONFIDENCE
    )


async def fetch_identifiers(
    connection: asyncpg.Connection, craft_ids: Iterable[int]
) -> tuple[dict[int, asyncpg.Record], dict[int, set[tuple[str, str]]]]:
    """Craft by id, and their identifiers as field and value."""
    wanted = sorted(set(craft_ids))
    crafts = {row["id"]: row for row in await connection.fetch(_CRAFTS, wanted)}
    found: dict[int, set[tuple[str, str]]] = {craft_id: set() for craft_id in wanted}
    for craft_id, row in crafts.items():
        if (scheme := scheme_of(row["key"])) is not None:
            found[craft_id].add((scheme, row["key"].partition(":")[2]))
    for row in await connection.fetch(_IDENTIFIERS, wanted):
        found[row["craft_id"]].add((row["field"], row["value"]))
    return crafts, found


async def fetch_renamed(
    connection: asyncpg.Connection, seen: Sequence[asyncpg.Record]
) -> list[asyncpg.Record]:
    """Identities that craft first stated with their new positions, where another stood before."""
    return list(
        await connection.fetch(
            _RENAMED, [row["id"] for row in seen], [row["stale_from"] for row in seen]
        )
    )


async def fetch_listed(
    connection: asyncpg.Connection, identifiers: Iterable[str]
) -> list[asyncpg.Record]:
    """Entries of sanctions lists with one of some identifiers."""
    return list(await connection.fetch(_LISTED, sorted(set(identifiers))))


async def fetch_own_zones(
    connection: asyncpg.Connection, zone_ids: Sequence[UUID]
) -> list[asyncpg.Record]:
    """Zones that accounts made: id, account_id, geometry (GeoJSON as text)."""
    return list(await connection.fetch(_OWN_ZONES, zone_ids))
