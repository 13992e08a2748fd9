"""Positions in the table: what goes in comes out, once, in whatever order it came."""

import gc
import tracemalloc
from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import Database
from app.itineraries.positions.importer import Bounds
from app.itineraries.positions.repository import fetch_track
from app.itineraries.positions.rows import decode, encode
from app.itineraries.positions.writer import forget_before
from app.itineraries.tracks.positions import Positions
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.tracks import START_S, fixes, journey, together

ALL_TIME = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_number = st.one_of(st.just(float("nan")), st.floats(0, 1_000, width=32))
_rows = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 4_000_000_000_000_000), st.floats(-90, 90),
        st.floats(-180, 179.9), _number, _number, _number, st.sampled_from((-1, 0, 1)),
        st.integers(-1, 2),
    )
)  # fmt: skip
CALLSIGNS = ["QFZ9964", "A", "ABCDEFGHIJKL"]


@given(_rows)
def test_rows_come_out_as_they_went_in(rows: list[tuple[float, ...]]) -> None:
    columns = [np.array(column) for column in zip(*rows, strict=True)] or [np.zeros(0)] * 9
    craft, micro, lat, lon, speed, course, altitude, ground, callsign = columns
    given = Positions(
        ["7", "8", "9"], craft.astype(np.int32), micro.astype(np.int64) / 1e6, lat, lon, speed,
        course, altitude, ground.astype(np.int8), CALLSIGNS, callsign.astype(np.int32),
    )  # fmt: skip
    found = decode(encode(given, given.craft.astype(np.int64) + 7))
    assert [found.craft_ids[code] for code in found.craft] == [
        given.craft_ids[code] for code in given.craft
    ]
    for name in ("lat", "lon", "speed_kn", "course_deg", "altitude_ft", "on_ground"):
        np.testing.assert_array_equal(getattr(found, name), getattr(given, name))
    np.testing.assert_allclose(found.time_s, given.time_s, rtol=0, atol=1e-6)
    names, wanted = (*found.callsigns, None), (*CALLSIGNS, None)
    assert [names[code] for code in found.callsign] == [wanted[code] for code in given.callsign]


async def test_a_fix_is_kept_once_whenever_it_comes(database: Database, take: Take) -> None:
    track = journey("mmsi:422000001", [("move", 4), ("silent", 20), ("stay", 3)], 1)
    late, early = track.take(slice(10, None)), track.take(slice(0, 14))
    assert await take(late) == len(late)
    assert await take(early) == 10
    assert await take(track) == 0
    found = await fetch_track(database, 1, *ALL_TIME, 1_000)
    np.testing.assert_allclose(found.time_s, track.time_s, atol=1e-6)
    np.testing.assert_array_equal(found.lat, track.lat)
    craft = await database.fetch_row("SELECT * FROM crafts")
    assert craft is not None
    assert (craft["key"], craft["kind"], craft["position_count"]) == (
        "mmsi:422000001", "vessel", len(track),
    )  # fmt: skip
    assert craft["first_at"].timestamp() == START_S + 1
    assert craft["stale_until"] == craft["last_at"]
    heard = await database.fetch_value("SELECT sum(fixes) FROM craft_presence")
    assert heard == len(track)


async def test_months_have_partitions_and_go_as_a_whole(database: Database, take: Take) -> None:
    month_s = 31 * 86_400.0
    times = [START_S + month * month_s for month in range(4)]
    await take(fixes("a", times, [1, 2, 3, 4], [1, 2, 3, 4]))
    await take(fixes("gone", times[:1], [1], [1]))
    async with database.transaction() as connection:
        gone = await forget_before(connection, date(2021, 1, 15))
    assert gone == ["2020_11", "2020_12"]
    kept = await database.fetch("SELECT key, position_count, first_at FROM crafts ORDER BY key")
    assert [tuple(row)[:2] for row in kept] == [("a", 2), ("gone", 0)]
    assert kept[0]["first_at"].timestamp() == times[2]
    assert kept[1]["first_at"] is None
    assert await database.fetch_value("SELECT count(*) FROM craft_presence") == 2


def test_what_would_be_dropped_is_not_taken_in() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    bounds = Bounds.of(90, at)
    assert bounds.earliest_s == datetime(2026, 8, 1, tzinfo=UTC).timestamp()
    assert bounds.latest_s == datetime(2026, 11, 24, tzinfo=UTC).timestamp()
    assert Bounds.of(None, at).earliest_s == -np.inf


async def test_places_at_the_rims_of_the_earth_are_kept(database: Database, take: Take) -> None:
    track = fixes("p", [START_S + i for i in range(4)], [90, -90, 0, 0], [-180, 0, -180, 179.99])
    other = fixes("q", [START_S], [0], [0])
    assert await take(together([track, other])) == 5
    found = await fetch_track(database, 1, *ALL_TIME, 10)
    np.testing.assert_array_equal(found.lat, [90, -90, 0, 0])


async def test_what_was_written_is_let_go_of(database: Database, take: Take) -> None:
    track = journey("mmsi:422000001", [("stay", 1_000)], 1)
    await take(track)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(20):
            await take(track)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert held < 20 * len(track) * 20  # a fix takes a hundred bytes on the way
