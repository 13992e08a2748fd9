"""What watchers are told of craft: once, with evidence, by what positions bring."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.core.db import Database
from app.itineraries.activities.deriver import bundled_world, derive_activities
from app.itineraries.crafts.writer import Said, save_crafts, save_identities
from app.itineraries.lists.writer import replace_list
from app.itineraries.sources.listed import Listed
from tests.alerts.conftest import make
from tests.conftest import MakeKey, serving
from tests.itineraries.store.conftest import Take, take  # noqa: F401 - a fixture
from tests.itineraries.store.tracks import START_S, fixes, together

WORLD = bundled_world()
INSIDE, OUTSIDE = (10.29, -64.75), (10.5, -64.75)  # of La Borracha
HULL = "9074729"


@pytest.fixture
async def premium(
    database: Database, make_account_key: MakeKey
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key of a premium account."""
    async with serving(database.url) as client:
        client.headers["X-API-Key"] = await make_account_key(plan="premium")
        yield client


def track(craft_id: str, places: Sequence[tuple[float, float]], step_s: float = 1_200) -> Any:
    """Fixes at places, twenty minutes apart."""
    times = [START_S + number * step_s for number in range(len(places))]
    return fixes(craft_id, times, [lat for lat, _ in places], [lon for _, lon in places])


async def told(client: httpx.AsyncClient, watchlist: dict[str, Any]) -> list[dict[str, Any]]:
    """The alerts of a watchlist, oldest first."""
    answer = await client.get(f"/v1/alerts?watchlist={watchlist['id']}")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items[::-1]


async def test_entries_of_bundled_and_own_zones(
    premium: httpx.AsyncClient,
    database: Database,
    take: Take,  # noqa: F811
    make_account_key: MakeKey,
) -> None:
    square = [[-64.8, 10.25], [-64.7, 10.25], [-64.7, 10.35], [-64.8, 10.35], [-64.8, 10.25]]
    own = await premium.post(
        "/v1/routes/zones",
        json={"name": "mine", "geometry": {"type": "Polygon", "coordinates": [square]}},
    )
    assert own.status_code == 201, own.text
    bundled = await make(premium, rules=[{"on": "zone_entry", "zones": ["la-borracha"]}])
    mine = await make(premium, rules=[{"on": "zone_entry", "zones": [own.json()["id"]]}])
    other = await make(
        premium, rules=[{"on": "zone_entry", "zones": ["amuay"], "crafts": ["mmsi:775000001"]}]
    )
    stranger = {"X-API-Key": await make_account_key("another@example.org", plan="premium")}
    rules = [{"on": "zone_entry", "zones": [own.json()["id"]]}]
    body = {"name": "of somebody else's zone", "rules": rules}
    strange = await premium.post("/v1/watchlists", json=body, headers=stranger)
    assert strange.status_code == 201
    await take(track("mmsi:775000001", [OUTSIDE, OUTSIDE, INSIDE, INSIDE]))
    await derive_activities(database, WORLD)
    assert (await premium.get("/v1/alerts", headers=stranger)).json()["items"] == []
    for watchlist in (bundled, mine):
        (alert,) = await told(premium, watchlist)
        data = alert["data"]
        assert data["craft"]["key"] == "mmsi:775000001"
        assert data["entered_at"] == "2020-11-01T00:40:00Z"
        assert data["last_outside_at"] == "2020-11-01T00:20:00Z"
        assert (data["method"], data["method_version"]) == ("zone_entry", "1")
    assert await told(premium, other) == []
    # Later fixes inside, and the whole track again, tell nothing new.
    await take(track("mmsi:775000001", [OUTSIDE, OUTSIDE, *[INSIDE] * 8]))
    await derive_activities(database, WORLD)
    assert len(await told(premium, bundled)) == 1


async def test_gaps_are_told_when_they_are_long_enough_and_once(
    premium: httpx.AsyncClient,
    database: Database,
    take: Take,  # noqa: F811
) -> None:
    any_gap = await make(premium, rules=[{"on": "gap"}])
    long_gap = await make(
        premium, rules=[{"on": "gap", "crafts": ["mmsi:775000002"], "min_hours": 20}]
    )
    quiet = track("mmsi:775000002", [(12.0, -64.0), (12.1, -64.0)])

    async def others_until(hours: float) -> None:
        await take(fixes("mmsi:775000003", [START_S + hours * 3600], [20.0], [-60.0]))
        await derive_activities(database, WORLD)

    await take(quiet)
    await others_until(3)
    assert await told(premium, any_gap) == []
    await others_until(10)
    await others_until(11)
    (alert,) = [
        one for one in await told(premium, any_gap)
        if one["data"]["activity"]["craft_id"] == "mmsi:775000002"
    ]  # fmt: skip
    assert alert["data"]["activity"]["end_at"] is None
    assert await told(premium, long_gap) == []
    await take(fixes("mmsi:775000002", [START_S + 30 * 3600], [12.5], [-64.0]))
    await derive_activities(database, WORLD)
    (closed,) = await told(premium, long_gap)
    assert closed["data"]["activity"]["end_at"] == "2020-11-02T06:00:00Z"
    assert closed["data"]["activity"]["method"]


async def test_meetings_and_legs(
    premium: httpx.AsyncClient,
    database: Database,
    take: Take,  # noqa: F811
) -> None:
    meeting = await make(premium, rules=[{"on": "meeting", "crafts": ["mmsi:775000004"]}])
    side_by_side = [(13.2, -63.5)] * 15
    near = [(lat + 0.001, lon) for lat, lon in side_by_side]
    await take(
        together([track("mmsi:775000004", side_by_side, 600), track("mmsi:775000005", near, 600)])
    )
    await derive_activities(database, WORLD)
    (alert,) = await told(premium, meeting)
    assert alert["data"]["activity"]["craft_ids"] == ["mmsi:775000004", "mmsi:775000005"]
    assert alert["data"]["activity"]["seen_min"] > 0


async def test_lying_close_in_a_zone_with_a_rule_of_its_own_is_a_meeting(
    premium: httpx.AsyncClient,
    database: Database,
    take: Take,  # noqa: F811
) -> None:
    there = await make(premium, rules=[{"on": "meeting", "zones": ["la-borracha"]}])
    elsewhere = await make(premium, rules=[{"on": "meeting", "zones": ["los-monjes"]}])
    tankers = ["mmsi:775000006", "mmsi:775000007"]
    close = [(10.34, -64.76)] * 30
    await take(together([
        track(tankers[0], close, 600), track(tankers[1], [(lat + 9e-4, lon) for lat, lon in close], 600)
    ]))  # fmt: skip
    await derive_activities(database, WORLD)
    # Both rules find it, the one of the open sea and the zone's: it is one meeting.
    (alert,) = await told(premium, there)
    assert (alert["kind"], alert["data"]["activity"]["kind"]) == ("meeting", "meeting")
    (zone_rule,) = alert["data"]["also_found_as"]
    assert (zone_rule["kind"], zone_rule["craft_ids"]) == ("near-shore-transfer", tankers)
    assert await told(premium, elsewhere) == []


async def test_a_meeting_is_told_once_whatever_finds_it_first(
    premium: httpx.AsyncClient,
    database: Database,
    take: Take,  # noqa: F811
) -> None:
    there = await make(premium, rules=[{"on": "meeting"}])

    async def lie(first: int, last: int) -> None:
        """Two tankers side by side from one fix to another, ten minutes apart."""
        times = [START_S + 600 * n for n in range(first, last)]
        for craft, lat in (("mmsi:775000016", 10.34), ("mmsi:775000017", 10.3409)):
            await take(fixes(craft, times, [lat] * len(times), [-64.76] * len(times)))
        await derive_activities(database, WORLD)

    await lie(20, 27)  # an hour: enough for the zone's rule alone
    (first,) = await told(premium, there)
    assert first["data"]["activity"]["kind"] == "near-shore-transfer"
    await lie(
        0, 40
    )  # fixes that came late begin it earlier, and for the other rule it is long enough
    assert await told(premium, there) == [first]
    await lie(40 + 60, 40 + 75)  # ten hours later they meet again
    assert len(await told(premium, there)) == 2


async def test_a_vessel_that_calls_elsewhere_made_a_voyage(
    premium: httpx.AsyncClient,
    database: Database,
    take: Take,  # noqa: F811
) -> None:
    rule = {"on": "leg", "origins": ["VE"], "destinations": ["CU"]}
    there = await make(premium, rules=[rule])
    back = await make(premium, rules=[{**rule, "origins": ["CU"], "destinations": ["VE"]}])
    cabello, havana = (10.48, -68.01), (23.14, -82.35)
    steps = [
        (cabello[0] + (havana[0] - cabello[0]) * n / 60, cabello[1] + (havana[1] - cabello[1]) * n / 60)
        for n in range(1, 60)
    ]  # fmt: skip
    await take(track("mmsi:323000001", [*[cabello] * 6, *steps, *[havana] * 6], 3_500))
    await derive_activities(database, WORLD)
    alerts = await told(premium, there)
    assert len(alerts) == 1
    assert alerts[0]["data"]["origin"]["country"] == "VE"
    assert alerts[0]["data"]["activity"]["country"] == "CU"
    assert await told(premium, back) == []


async def test_new_names_and_listed_craft(
    premium: httpx.AsyncClient,
    database: Database,
    take: Take,  # noqa: F811
) -> None:
    renamed = await make(premium, rules=[{"on": "identity_change", "crafts": [f"imo:{HULL}"]}])
    listed = await make(premium, rules=[{"on": "sanctioned_craft", "zones": ["la-borracha"]}])
    key = "mmsi:422000009"
    begin = datetime.fromtimestamp(START_S, UTC)
    async with database.transaction() as connection:
        ids = await save_crafts(connection, [key])
        names = (("name", "OLD NAME", 0), ("imo", HULL, 0), ("name", "NEW NAME", 30))
        await save_identities(
            connection,
            [
                Said(ids[key], field, value, "ais", at := begin + timedelta(minutes=after), at)
                for field, value, after in names
            ],
        )
        entry = Listed("1", "vessel", "OLD NAME", identifiers=(("imo", HULL),))
        await replace_list(connection, "ofac-sdn", [entry])
    await take(track(key, [OUTSIDE, OUTSIDE, INSIDE]))
    await derive_activities(database, WORLD)
    (change,) = await told(premium, renamed)
    assert (change["data"]["was"], change["data"]["is"]) == ("OLD NAME", "NEW NAME")
    (seen,) = await told(premium, listed)
    assert (seen["data"]["list"], seen["data"]["identifier"]) == ("ofac-sdn", f"imo:{HULL}")
    await take(fixes(key, [START_S + 5 * 3600], [INSIDE[0]], [INSIDE[1]]))
    await derive_activities(database, WORLD)
    assert len(await told(premium, listed)) == 1
    await take(fixes(key, [START_S + 25 * 3600], [INSIDE[0]], [INSIDE[1]]))
    await derive_activities(database, WORLD)
    assert len(await told(premium, listed)) == 2
