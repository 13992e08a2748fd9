"""Whom craft met is the same in however many slices of time and batches of craft it is sought."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import Database
from app.itineraries.activities import company, deriver
from app.itineraries.activities.company import Window, slices
from app.itineraries.activities.repository.stale import fetch_company
from app.itineraries.activities.spans import Scope
from app.itineraries.positions.writer import PERIOD_S
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.tracks import START_S, fixes, journey, together

_windows = st.lists(
    st.builds(
        lambda first, more, fixes: Window(1, first, first + more, fixes),
        st.integers(70_000, 70_040), st.integers(0, 9), st.integers(1, 3_000_000),
    ),
    min_size=1,
)  # fmt: skip


def destination(lat: float, lon: float, bearing: float, km: float) -> tuple[float, float]:
    """Where one gets to from a place, so far in a direction."""
    phi, theta, arc = math.radians(lat), math.radians(bearing), km / 6371
    to_phi = math.asin(
        math.sin(phi) * math.cos(arc) + math.cos(phi) * math.sin(arc) * math.cos(theta)
    )
    east = math.atan2(
        math.sin(theta) * math.sin(arc) * math.cos(phi),
        math.cos(arc) - math.sin(phi) * math.sin(to_phi),
    )
    return math.degrees(to_phi), (lon + math.degrees(east) + 180) % 360 - 180


@given(_windows)
def test_slices_are_the_whole_time_of_windows(windows: list[Window]) -> None:
    found = list(slices(windows))
    assert found[0][0] == min(window.start_s for window in windows)
    assert found[-1][1] == max(window.until_s for window in windows)
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    assert all(start < end for start, end in found)


def test_a_light_time_is_one_slice_and_a_heavy_one_many() -> None:
    assert len(list(slices([Window(n, 70_000, 70_003, 50) for n in range(20)]))) == 1
    assert len(list(slices([Window(n, 70_000, 70_000, 90) for n in range(50_000)]))) > 5
    assert not list(slices([]))


async def test_who_is_within_reach_is_company_wherever_it_is(
    database: Database, take: Take
) -> None:
    """Also beside the poles and across 180 degrees, where a cell is narrow or the last."""
    tracks, number = [], 0
    for lat in (0, 24.9, -62.7, 71.3, 84.99, -88.6, 89.6, 89.95):
        for lon in (-64.01, 179.999):
            for bearing in range(0, 360, 45):
                there = destination(lat, lon, bearing, 50.9)
                for name, place in (("a", (lat, lon)), ("b", there)):
                    time_s = START_S + number * 10 * PERIOD_S
                    tracks.append(fixes(f"mmsi:{name}{number}", [time_s], [place[0]], [place[1]]))
                number += 1
    await take(together(tracks))
    async with database.transaction() as connection:
        rows = await connection.fetch("SELECT id, first_at FROM crafts WHERE key LIKE 'mmsi:a%'")
        at = {row["id"]: row["first_at"].timestamp() for row in rows}
        scopes = [Scope(craft_id, time_s, time_s) for craft_id, time_s in at.items()]
        found = await fetch_company(connection, scopes)
    assert len({window.craft_id for window in found}) == 2 * number


async def test_too_many_contacts_are_sought_in_smaller_batches(
    database: Database, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(together([journey(f"mmsi:{n}", [("spot", 6)], n) for n in range(4)]))
    await deriver.derive_activities(database)
    at_once = await _meetings(database)
    assert len(at_once) == 6
    async with database.transaction() as connection:
        await connection.execute("TRUNCATE activities")
        await connection.execute(
            "UPDATE crafts SET stale_from = first_at, stale_until = last_at, stale_since = now()"
        )
    monkeypatch.setattr(company, "_MOST_CONTACTS", 200)
    monkeypatch.setattr(company, "_AT_ONCE", 50)
    await deriver.derive_activities(database)
    assert await _meetings(database) == at_once


async def _meetings(database: Database) -> list[Any]:
    rows = await database.fetch(
        "SELECT craft_ids, start_at, end_at, evidence FROM activities WHERE kind = 'meeting'"
        " ORDER BY craft_ids"
    )
    return [tuple(row) for row in rows]
