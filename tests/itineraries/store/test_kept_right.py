"""Activities stay those of the positions kept when months are dropped, tracks fall apart, types change."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from app.core.db import Database
from app.itineraries.activities.deriver import bundled_world, derive_activities
from app.itineraries.crafts.writer import Said, save_crafts, save_identities
from app.itineraries.positions.importer import write_part
from app.itineraries.positions.writer import forget_before
from app.itineraries.sources.batch import IdentityStatement
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.tracks import PLACES, START_S, fixes, journey, together

WORLD = bundled_world()
DECEMBER = date(2020, 12, 1)
DECEMBER_AT = datetime(2020, 12, 1, tzinfo=UTC)


async def _all(database: Database, kind: str) -> list[Any]:
    return list(
        await database.fetch("SELECT * FROM activities WHERE kind = $1 ORDER BY start_at", [kind])
    )


async def _forget(database: Database) -> None:
    async with database.transaction() as connection:
        await forget_before(connection, DECEMBER)


async def test_what_is_dropped_before_it_was_analysed_is_not_waited_for(
    database: Database, take: Take
) -> None:
    track = journey("mmsi:1", [("stay", 4), ("silent", 300), ("stay", 4)], 1)
    await take(track)
    await take(journey("mmsi:2", [("stay", 4)], 2))
    await _forget(database)
    await derive_activities(database, WORLD)
    assert not await database.fetch("SELECT FROM crafts WHERE stale_since IS NOT NULL")
    (stop,) = await _all(database, "stop")
    assert stop["start_at"] > DECEMBER_AT
    # Of what comes later, the new part alone waits.
    await take(fixes("mmsi:1", [track.time_s[-1] + 1200], [track.lat[-1]], [track.lon[-1]]))
    assert await derive_activities(database, WORLD) > 0


async def test_what_reaches_into_the_time_kept_is_told_once(database: Database, take: Take) -> None:
    track = journey("mmsi:1", [("stay", 48), ("silent", 9), ("stay", 700), ("move", 2)], 1)
    track = replace(track, lat=np.round(track.lat, 1), lon=np.round(track.lon, 1))
    end = int(np.searchsorted(track.time_s, DECEMBER_AT.timestamp())) + 30
    assert end < len(track)
    await take(track.take(slice(0, end)))
    await derive_activities(database, WORLD)
    early, across = await _all(database, "stop")
    assert across["start_at"] < DECEMBER_AT < across["end_at"]
    await _forget(database)
    assert [row["id"] for row in await _all(database, "stop")] == [early["id"], across["id"]]
    await take(track.take(slice(end, end + 1)))
    await derive_activities(database, WORLD)
    kept, found = await _all(database, "stop")
    assert kept == early
    assert found["start_at"] >= DECEMBER_AT
    assert found["end_at"] > across["end_at"]


async def test_a_silence_since_a_fix_that_was_dropped_ends(database: Database, take: Take) -> None:
    await take(journey("mmsi:1", [("stay", 4)], 1))
    await derive_activities(database, WORLD)
    await _forget(database)
    await take(fixes("mmsi:1", [DECEMBER_AT.timestamp() + 60], [13], [-64]))
    await derive_activities(database, WORLD)
    (gap,) = await _all(database, "gap")
    assert gap["start_at"] > DECEMBER_AT


async def test_a_fix_that_parts_a_track_changes_both_parts(database: Database, take: Take) -> None:
    """One span reaches over a call at a port; a fix out at sea in between ends it there."""
    lat, lon = PLACES["port"]
    hours = np.arange(0, 12, 0.5) * 3600
    there, far = np.full(12, lat), np.full(12, lat + 5)
    two_hulls = fixes(
        "mmsi:1", (START_S + hours).tolist(), np.column_stack((far, there)).ravel().tolist(),
        [lon] * 24,
    )  # fmt: skip
    later_s = START_S + 5 * 86_400
    later = fixes("mmsi:1", (later_s + hours[:8]).tolist(), [13.0] * 8, [-63.0] * 8)
    await take(together([two_hulls, later]))
    await derive_activities(database, WORLD)
    assert any(row["start_at"].timestamp() >= later_s for row in await _all(database, "segment"))
    await take(fixes("mmsi:1", [START_S + 2.5 * 86_400], [12.5], [-63.5]))
    await derive_activities(database, WORLD)
    incremental = [tuple(row)[1:9] for row in await _all(database, "segment")]
    async with database.transaction() as connection:
        await connection.execute("TRUNCATE activities")
        await connection.execute(
            "UPDATE crafts SET stale_from = first_at, stale_until = last_at, stale_since = now()"
        )
    await derive_activities(database, WORLD)
    assert [tuple(row)[1:9] for row in await _all(database, "segment")] == incremental
    assert not any(row[3].timestamp() >= later_s for row in incremental)


async def test_a_type_that_becomes_known_later_scores_again(database: Database, take: Take) -> None:
    one, other = (journey(f"mmsi:{n}", [("roadstead", 6)], n) for n in (1, 2))
    await take(together([one, other]))
    await derive_activities(database, WORLD)
    (unknown,) = await _all(database, "near-shore-transfer")
    tanker = IdentityStatement("mmsi:1", START_S, ship_type=80)
    async with database.transaction() as connection:
        nothing = replace(one.take(slice(0)), craft_ids=[])
        await write_part(connection, nothing, [tanker], "ais")
    await derive_activities(database, WORLD)
    (known,) = await _all(database, "near-shore-transfer")
    assert known["id"] == unknown["id"]
    assert known["score"] > unknown["score"]
    async with database.transaction() as connection:
        ids = await save_crafts(connection, ["mmsi:1"])
        said = [Said(ids["mmsi:1"], "type", "80", "ais"), Said(ids["mmsi:1"], "type", "70", "list")]
        assert not await save_identities(connection, said)  # what was said last still holds
