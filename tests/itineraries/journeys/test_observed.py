"""Flights that were observed stand beside what is reported of the same aircraft."""

import httpx
import orjson

from app.core.db import Database
from app.itineraries.journeys.observed.recording import record_observed_legs
from tests.itineraries.journeys.conftest import ROUTES, SECRETS, fetch, leg, take_in

HAVANA = {"code": "MUHA", "name": "Havana", "lat": 22.99, "lon": -82.41, "status": "observed"}
CARACAS = {"code": "SVMI", "name": "Maiquetia", "lat": 10.6, "lon": -66.99, "status": "inferred"}
UNKNOWN = {"code": None, "name": None, "lat": 0.0, "lon": 0.0, "status": "unknown"}


async def observe(database: Database, start: str, end: str, ends: tuple[object, object]) -> None:
    """Put a derived flight leg of the aircraft 730ab1 into the database."""
    evidence = orjson.dumps(
        {"origin": ends[0], "destination": ends[1], "callsign": "QFZ9964", "fixes": 600}
    )
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO crafts (key, kind) VALUES ('icao24:730ab1', 'aircraft')"
            " ON CONFLICT DO NOTHING"
        )
        for field, value in (("icao24", "730ab1"), ("registration", "EP-XYZ")):
            await connection.execute(
                "INSERT INTO craft_identities (craft_id, field, value, folded, source)"
                " SELECT id, $1, $2, $2, 'adsb' FROM crafts ON CONFLICT DO NOTHING",
                field, value,
            )  # fmt: skip
        await connection.execute(
            "INSERT INTO activities (kind, part, craft_ids, start_at, end_at, method,"
            " method_version, evidence) SELECT 'leg', '', ARRAY[id], $1::text::timestamptz,"
            " $2::text::timestamptz, 'leg', '1', $3 FROM crafts",
            start, end, evidence.decode(),
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO changed_crafts (craft_id) SELECT id FROM crafts ON CONFLICT DO NOTHING"
        )


async def test_an_observed_flight_joins_the_journey_of_its_aircraft(
    database: Database, caller: httpx.AsyncClient
) -> None:
    craft = {"registration": "EP-XYZ"}
    await take_in(database, [leg(leg=1, craft=craft, arrived="2020-10-26"),
                             leg(leg=2, craft=craft, to="La Paz", arrived="2020-10-30")])  # fmt: skip
    await observe(database, "2020-10-26T20:00:00Z", "2020-10-26T23:30:00Z", (HAVANA, CARACAS))
    await observe(database, "2020-10-28T01:00:00Z", "2020-10-28T02:00:00Z", (UNKNOWN, UNKNOWN))
    assert await record_observed_legs(database, SECRETS) == 1
    assert await record_observed_legs(database, SECRETS) == 0
    found = await fetch(caller, f"{ROUTES}/a-journey")
    first = found["legs"][0]
    assert len(found["legs"]) == 2
    assert first["status"] == "observed"
    assert (first["from"]["status"], first["from"]["place"]["code"]) == ("observed", "MUHA")
    assert first["to"]["status"] == "reported"  # the sensors' end is inferred, the report's is told
    assert first["to"]["when"]["earliest"] == "2020-10-26T23:30:00Z"
    assert first["independent_sources"] == 2 and first["conflicts"] == []
    assert (await fetch(caller, ROUTES, craft="730AB1"))["returned"] == 1


async def test_an_aircraft_that_nobody_reports_has_an_itinerary(
    database: Database, caller: httpx.AsyncClient
) -> None:
    await observe(database, "2020-10-26T20:00:00Z", "2020-10-26T23:30:00Z", (HAVANA, UNKNOWN))
    assert await record_observed_legs(database, SECRETS) == 1
    [item] = (await fetch(caller, ROUTES, craft="EP-XYZ", status="observed"))["items"]
    for query in ({"from": "HAV"}, {"from": "José Martí International Airport"}):
        assert item in (await fetch(caller, ROUTES, craft="EP-XYZ", **query))["items"]
    [only] = (await fetch(caller, f"{ROUTES}/{item['id']}"))["legs"]
    assert only["from"]["place"]["country"] == "CU"
    assert only["to"]["place"] is None and only["to"]["status"] == "unknown"
