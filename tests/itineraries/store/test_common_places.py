"""Craft that jump to one place at about the same time, as activities tell it, whatever came first."""

from typing import Any

import httpx

from app.core.db import Database
from app.itineraries.activities.deriver import derive_activities
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.spoofing import detect_spoofing
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.tracks import START_S, fixes, together

HOUR_S = 3_600.0


def thrown(number: int, lat: float, lon: float, after_h: float = 0.0) -> Positions:
    """A vessel off Venezuela that is told elsewhere for half an hour."""
    times = [START_S + after_h * HOUR_S + 600 * step for step in range(20)]
    away = range(8, 11)
    return fixes(
        f"mmsi:42200000{number}",
        times,
        [lat if step in away else 12.0 + number * 0.1 for step in range(20)],
        [lon if step in away else -64.0 for step in range(20)],
    )


# Three at one place across 180°, one of them half an hour later; one 20 km off, one a day later.
TRACKS = [
    thrown(1, 44.9, 179.99), thrown(2, 44.91, -179.99, 0.5), thrown(3, 44.9, 180.0 - 1e-6),
    thrown(4, 45.1, 179.99), thrown(5, 44.9, 179.99, 24.0),
]  # fmt: skip
TOGETHER = ["mmsi:422000001", "mmsi:422000002", "mmsi:422000003"]


async def _told(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/v1/routes/activities", params={"type": "spoofing"})
    return {
        one["craft_id"]: one["common_place"] and one["common_place"]["craft_ids"]
        for one in answer.json()["items"]
    }


async def test_a_jump_names_who_jumped_there_as_well(
    database: Database, take: Take, premium: httpx.AsyncClient
) -> None:
    await take(together([*TRACKS[:2], *TRACKS[3:]]))
    await derive_activities(database)
    assert set((await _told(premium)).values()) == {None}  # two craft are no common place
    await take(TRACKS[2])
    await derive_activities(database)
    told = await _told(premium)
    assert told == {
        **dict.fromkeys(TOGETHER, TOGETHER), "mmsi:422000004": None, "mmsi:422000005": None,
    }  # fmt: skip
    found = detect_spoofing(together(TRACKS).in_order())
    assert {one.craft_id for one in found if one.check == "common_place"} == set(TOGETHER)
