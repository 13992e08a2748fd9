"""However positions come, their activities are those of all positions analysed at once."""

import asyncio
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.itineraries.activities.analysis import World
from app.itineraries.activities.deriver import bundled_world, derive_activities
from app.itineraries.activities.queries import ActivitiesQuery
from app.itineraries.activities.repository.pages import fetch_activities
from app.itineraries.tracks.positions import Positions
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.tracks import START_S, fixes, flight, journey, telling, together

_acts = st.lists(
    st.tuples(st.sampled_from(("stay", "move", "port", "spot", "silent")), st.integers(1, 12)),
    min_size=1,
    max_size=6,
)
_craft = st.tuples(st.sampled_from(("vessel", "telling", "aircraft")), _acts)
WORLD = bundled_world()


def _track(kind: str, acts: list[tuple[str, int]], number: int) -> Positions:
    if kind == "aircraft":
        return flight(f"icao24:0d800{number}", acts, number)
    track = journey(f"mmsi:42200000{number}", acts, number)
    return telling(track) if kind == "telling" else track


async def _activities(database: Database) -> list[Any]:
    rows = await database.fetch(
        "SELECT kind, part, (SELECT array_agg(key ORDER BY key) FROM crafts"
        " WHERE id = ANY(craft_ids)) AS crafts, start_at, end_at, lat, lon, place, score, evidence"
        " FROM activities ORDER BY 1, 3, 4, 2"
    )
    return [(*tuple(row)[:-1], orjson.loads(row["evidence"])) for row in rows]


async def _empty(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "TRUNCATE crafts, craft_identities, positions, craft_presence, activities, craft_crowds"
        )


_some = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(st.lists(_craft, min_size=1, max_size=3), st.randoms(use_true_random=False))
@_some
async def test_the_order_of_arrival_changes_nothing(
    database: Database, take: Take, plans: list[Any], chance: Any
) -> None:
    everything = together([_track(*plan, number) for number, plan in enumerate(plans)])
    await _arrive_in_any_order(database, take, everything, WORLD, chance)


_gathering = st.lists(
    st.tuples(st.sampled_from(("spot", "spot", "roadstead", "move")), st.integers(3, 6)),
    min_size=1,
    max_size=3,
)


@given(st.lists(_gathering, min_size=3, max_size=5), st.randoms(use_true_random=False))
@_some
async def test_crowds_that_come_and_go_leave_no_trace(
    database: Database, take: Take, plans: list[Any], chance: Any
) -> None:
    """Who makes a place a crowd, or leaves it, changes what others did there."""
    world = replace(WORLD, max_crowd=2)
    everything = together([journey(f"mmsi:42200000{n}", acts, n) for n, acts in enumerate(plans)])
    await _arrive_in_any_order(database, take, everything, world, chance)


async def _arrive_in_any_order(
    database: Database, take: Take, everything: Positions, world: World, chance: Any
) -> None:
    await _empty(database)
    await take(everything)
    await derive_activities(database, world)
    at_once = await _activities(database)

    await _empty(database)
    # Neighbours in time mostly stay together, as they do in files and on the air.
    blocks = np.array_split(np.arange(len(everything)), chance.randint(1, 8))
    if chance.random() < 0.5:
        rows = list(range(len(everything)))
        chance.shuffle(rows)
        blocks = np.array_split(np.array(rows), 3)
    chance.shuffle(blocks)
    for block in blocks:
        await take(everything.take(block))
        if chance.random() < 0.7:
            await derive_activities(database, world)
    await derive_activities(database, world)
    assert await _activities(database) == at_once


async def test_activities_are_what_they_should_be(database: Database, take: Take) -> None:
    one = journey("mmsi:422000001", [("move", 3), ("spot", 6), ("move", 3), ("silent", 4)], 1)
    other = journey("mmsi:422000002", [("move", 3), ("spot", 6), ("silent", 4), ("port", 3)], 400)
    await take(together([one, other]))
    changed = await derive_activities(database, WORLD)
    assert changed == len(await fetch_activities(database, ActivitiesQuery(), [], 100, None))
    found = await _activities(database)
    kinds = [row[0] for row in found]
    assert kinds.count("meeting") == 1
    assert kinds.count("gap") == 4  # a silence of 12 hours, and that since the last fix, of each
    assert kinds.count("stop") == 3
    assert kinds.count("visit") == 1
    (meeting,) = (row for row in found if row[0] == "meeting")
    assert meeting[2] == ["mmsi:422000001", "mmsi:422000002"]
    assert abs(meeting[5] - 13.2) < 0.01


async def test_flights_are_told_and_wait_for_nobody(database: Database, take: Take) -> None:
    """A leg is made of what came in parts, and a meeting with nobody of what flies."""
    track = flight("icao24:0d8001", [("stay", 2), ("move", 1), ("stay", 2), ("move", 1)], 0)
    for part in np.array_split(np.arange(len(track)), 3):
        await take(track.take(part))
        await derive_activities(database, WORLD)
    legs = [row for row in await _activities(database) if row[0] == "leg"]
    assert [row[-1]["origin"]["code"] for row in legs] == ["SVMI", "MUHA"]


async def test_what_stays_keeps_its_id_and_what_goes_is_gone(
    database: Database, take: Take
) -> None:
    track = journey("mmsi:422000001", [("move", 2), ("silent", 3), ("stay", 4)], 1)
    await take(track)
    await derive_activities(database, WORLD)
    sql = (
        "SELECT id, kind, start_at FROM activities"
        " WHERE kind = 'stop' OR kind = 'gap' AND end_at IS NOT NULL ORDER BY kind"
    )
    before = await database.fetch(sql)
    assert [row["kind"] for row in before] == ["gap", "stop"]
    # A fix within the silence makes two short ones of it, which are no gaps.
    middle = track.time_s[6] + 4.5 * 3600
    await take(fixes("mmsi:422000001", [middle], [13], [-64]))
    assert await derive_activities(database, WORLD) > 0
    after = await database.fetch(sql)
    assert [tuple(row) for row in after if row["kind"] == "stop"] == [tuple(before[1])]
    assert before[0]["id"] not in {row["id"] for row in after}
    assert await derive_activities(database, WORLD) == 0


async def test_only_what_is_touched_is_analysed_again(database: Database, take: Take) -> None:
    far = journey("mmsi:422000001", [("stay", 3), ("silent", 12), ("stay", 3)], 1)
    await take(far)
    await derive_activities(database, WORLD)
    async with database.transaction() as connection:
        # A mark on the first span: whatever is analysed again is written anew.
        await connection.execute("UPDATE activities SET place = 'marked' WHERE kind = 'stop'")
    await take(fixes("mmsi:422000001", [far.time_s[-1] + 1200], [far.lat[-1]], [far.lon[-1]]))
    await derive_activities(database, WORLD)
    rows = await database.fetch(
        "SELECT place, end_at FROM activities WHERE kind = 'stop' ORDER BY start_at"
    )
    assert [row["place"] for row in rows] == ["marked", None]
    assert rows[1]["end_at"].timestamp() > START_S


async def test_a_crowd_ends_meetings_and_begins_them_again(database: Database, take: Take) -> None:
    world = replace(WORLD, max_crowd=2)

    async def met() -> list[Any]:
        await derive_activities(database, world)
        return [row for row in await _activities(database) if row[0] == "meeting"]

    first, second, third = (journey(f"mmsi:42200000{n}", [("spot", 6)], n) for n in range(3))
    await take(together([first, second]))
    before = await met()
    assert len(before) == 1
    # A third craft lies there in between, as far as two fixes of it tell.
    await take(third.take(np.array([8, 10])))
    assert len(await met()) == 1
    assert await met() != before
    # But it did not: it was off at once, and back at last.
    away = third.take(np.array([8, 10]))
    await take(replace(away, time_s=away.time_s + np.array([1, -1]), lat=away.lat + 0.1))
    assert await met() == before


async def test_what_later_turns_out_to_fly_is_no_part_of_a_crowd(
    database: Database, take: Take
) -> None:
    world = replace(WORLD, max_crowd=2)
    tracks = [journey(name, [("spot", 6)], n) for n, name in enumerate(("mmsi:1", "mmsi:2", "x"))]
    await take(together(tracks))
    await derive_activities(database, world)
    assert await database.fetch_value("SELECT count(DISTINCT craft_id) FROM craft_crowds") == 3
    late = tracks[2].take(slice(-1, None))
    await take(replace(late, time_s=late.time_s + 60, altitude_ft=np.array([9_000.0])))
    await derive_activities(database, world)
    assert [row[0] for row in await _activities(database)].count("meeting") == 1
    assert not await database.fetch("SELECT FROM craft_crowds")


async def test_a_craft_is_looked_at_where_it_was_touched_alone(
    database: Database, take: Take
) -> None:
    """Two craft touched at different times tell no half meetings of each other's time."""
    lying = [("spot", 30), ("silent", 20), ("stay", 3)]
    one = journey("mmsi:1", lying, 1)
    other = journey("mmsi:2", [*lying[:2], ("port", 3)], 2)
    passing = journey("mmsi:3", [("move", 40)], 3)
    near = passing.time_s > START_S + 26 * 3600
    passing = replace(passing, lat=np.where(near, 13.3, passing.lat + 3), lon=passing.lon + 0.2)
    await take(together([one, other, passing.take(~near)]))
    await derive_activities(database, WORLD)
    before = [row for row in await _activities(database) if row[0] == "meeting"]
    assert len(before) == 1
    later = fixes("mmsi:1", [one.time_s[-1] + 1200], [one.lat[-1]], [one.lon[-1]])
    await take(together([passing.take(near), later]))
    await derive_activities(database, WORLD)
    assert [row for row in await _activities(database) if row[0] == "meeting"] == before


async def test_who_writes_is_not_waited_for(database: Database, take: Take) -> None:
    await take(journey("mmsi:422000001", [("stay", 4)], 1))
    async with database.transaction() as writer:
        await writer.execute("SELECT FROM crafts FOR UPDATE")
        deriving = asyncio.create_task(derive_activities(database, WORLD))
        while not await _activities(database):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)
        assert not deriving.done()  # what is written may be of this craft
    assert await deriving > 0
    assert not await database.fetch("SELECT FROM crafts WHERE stale_since IS NOT NULL")
