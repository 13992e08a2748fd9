"""Names that are taken out are gone from every surface, and do not come back."""

from typing import Any

import httpx
import pytest

from app.core import migrations
from app.core.db import Database
from app.core.errors import CommandError
from app.demo import load_once
from app.itineraries.journeys.redaction import expire_private_names, redact_name
from tests.itineraries.journeys.conftest import ROUTES, SECRETS, fetch, leg, source, take_in
from tests.problems import assert_problem

NAME = "Juana Pérez"
PERSON = {"kind": "person", "name": NAME}
TABLES = ("itineraries", "itinerary_legs", "itinerary_claims", "itinerary_changes", "event_links",
          "itinerary_redactions", "ingest_runs")  # fmt: skip


def legs() -> list[dict[str, Any]]:
    named = source("El Diario", url="https://example.org/2020/juana-perez-viaja")
    return [
        leg(journey="juana-perez-2020", mover=PERSON, sources=[named],
            title="The trip of JUANA PEREZ", note=f"{NAME} travelled with Juana Perezoso."),
        leg(journey="a-group", mover={"kind": "delegation", "name": "A group",
            "role": "observers", "members": [NAME, "Max Roe"]}),
        leg(journey="other", mover={"kind": "person", "name": "Max Roe"}),
    ]  # fmt: skip


async def dump(database: Database) -> str:
    """Everything that is stored of journeys."""
    rows = [
        await database.fetch_value(f"SELECT string_agg(t::text, ' ') FROM {table} t")
        for table in TABLES
    ]
    return " ".join(str(row) for row in rows).casefold()


async def test_an_objection_takes_a_name_out_for_good(
    database: Database, caller: httpx.AsyncClient
) -> None:
    await take_in(database, legs())
    await take_in(database, [*legs(), leg(journey="more")])  # past versions hold it as well
    assert (await fetch(caller, ROUTES, person="juana perez"))["returned"] == 2
    assert await redact_name(database, "juana PEREZ", SECRETS, "an editor", dry_run=True) == 2
    assert "perez" in await dump(database)
    assert await redact_name(database, "juana PEREZ", SECRETS, "an editor") == 2
    stored = await dump(database)
    assert "juana" not in stored.replace("juana perezoso", "")
    assert "max roe" in stored
    assert (await fetch(caller, ROUTES, person="juana perez"))["returned"] == 0
    assert_problem(await caller.get(f"{ROUTES}/juana-perez-2020"), 404, "not_found")
    redacted = [i for i in (await fetch(caller, ROUTES))["items"] if i["id"].startswith("redacted")]
    path = f"{ROUTES}/{redacted[0]['id']}"
    found = await fetch(caller, path)
    assert found["redacted"] and found["mover"]["name"] == "[redacted]"
    assert "Juana Perezoso" in found["legs"][0]["note"]
    steps = (await fetch(caller, f"{path}/history"))["items"]
    assert steps[-1]["kind"] == "redacted" and steps[-1]["reason"] == "objection"
    for format_ in ("json", "geojson", "gpx", "kml", "csv", "czml", "mfjson", "svg"):
        text = (await caller.get(path, params={"f": format_})).text.casefold()
        assert "perez " not in text and "juana-perez" not in text, format_


async def test_an_event_does_not_tell_who_was_redacted(
    database: Database, caller: httpx.AsyncClient
) -> None:
    await load_once(database, SECRETS)
    [event] = (await fetch(caller, "/v1/events", q="EP-FAB"))["items"]
    trip = leg(journey="a-trip", mover=PERSON, sources=[source("El Diario", event=event["id"])])
    await take_in(database, [trip])
    [linked] = (await fetch(caller, f"{ROUTES}/a-trip"))["events"]
    assert linked["id"] == event["id"]
    await redact_name(database, NAME, SECRETS, "an editor")
    assert (await fetch(caller, f"{ROUTES}/a-trip"))["events"] == []
    assert "a-trip" not in (await caller.get(f"/v1/events/{event['id']}")).text
    again = await take_in(database, [trip, leg(journey="more")])
    assert (again.counts["added"], again.counts["unchanged"]) == (1, 1)
    assert (await fetch(caller, f"{ROUTES}/a-trip"))["events"] == []


async def test_names_redacted_before_events_were_unlinked_are_unlinked_by_a_migration(
    database: Database, caller: httpx.AsyncClient
) -> None:
    await load_once(database, SECRETS)
    [own] = (await fetch(caller, "/v1/events", q="EP-FAB"))["items"]
    [other] = (await fetch(caller, "/v1/events", q="Lineage"))["items"]
    legs = [
        leg(journey="a-trip", leg=1, mover=PERSON, sources=[source("El Diario", event=own["id"])]),
        leg(
            journey="a-trip",
            leg=2,
            sources=[source("Infobae", other["published_on"], event="Lineage")],
        ),
    ]
    await take_in(database, legs)
    await redact_name(database, NAME, SECRETS, "an editor")
    right = await database.fetch("SELECT digest, content::text FROM itinerary_claims ORDER BY id")
    await _redact_as_before(database, own["id"])
    await migrations.downgrade(database.url, "e2c94a7d6b18")
    await migrations.upgrade(database.url)
    claims = await database.fetch("SELECT digest, content::text FROM itinerary_claims ORDER BY id")
    assert claims == right
    assert [one["id"] for one in (await fetch(caller, f"{ROUTES}/a-trip"))["events"]] == [
        other["id"]
    ]
    assert "a-trip" not in (await caller.get(f"/v1/events/{own['id']}")).text


async def _redact_as_before(database: Database, event_id: int) -> None:
    """Let a redacted leg name an event, as it did once."""
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE itinerary_claims SET digest = '', content = replace(content::text,"
            " '\"outlet\":\"El Diario\"', '\"event\":' || $1::text || ',\"outlet\":\"El Diario\"'"
            ")::json WHERE strpos(content::text, '[redacted]') > 0", str(event_id),
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO event_links (event_id, feature, target_id, title)"
            " VALUES ($1, 'routes', 'itineraries/a-trip', 'a title')", event_id,
        )  # fmt: skip


async def test_a_redacted_name_does_not_come_back(database: Database) -> None:
    await take_in(database, legs())
    await redact_name(database, NAME, SECRETS, "an editor")
    before = await dump(database)
    again = await take_in(database, [*legs(), leg(journey="more")])
    assert again.counts["withdrawn"] == 0 and again.counts["added"] == 1
    await take_in(database, [leg(mover=PERSON, journey="elsewhere")], "another-file")
    assert "perez" not in (await dump(database)).replace("perezoso", "")
    assert before.count("max roe") <= (await dump(database)).count("max roe")
    assert await redact_name(database, NAME, SECRETS, "an editor") == 0


async def test_two_redacted_movers_stay_two(database: Database) -> None:
    def trip(name: str, to: str) -> dict[str, Any]:
        found = leg(mover={"kind": "person", "name": name}, to=to)
        del found["journey"]
        return found

    await take_in(database, [trip("Ana Uno", "Lima"), trip("Eva Dos", "Quito")])
    for name in ("Ana Uno", "Eva Dos"):
        assert await redact_name(database, name, SECRETS, "an editor") == 1
    assert await database.fetch_value("SELECT count(*) FROM itineraries") == 2


async def test_names_of_private_persons_go_when_their_time_is_over(database: Database) -> None:
    minister = leg(journey="official", mover={**PERSON, "name": "A. Minister", "role": "minister"})
    await take_in(database, [*legs(), minister])
    assert await expire_private_names(database, 100_000, SECRETS, "retention") == 0
    assert await expire_private_names(database, 30, SECRETS, "retention") == 2
    stored = await dump(database)
    assert "a. minister" in stored
    # The delegation holds an office: its members stay.
    assert stored.count("juana") and "juana-perez-2020" not in stored
    assert await expire_private_names(database, 30, SECRETS, "retention") == 0
    again = await take_in(database, [*legs(), minister, leg(journey="x")], keep_days=30)
    assert (again.counts["withdrawn"], again.counts["added"]) == (0, 1)
    fresh = leg(mover={"kind": "person", "name": "Someone Else"}, journey="old-trip")
    await take_in(database, [fresh], "late-file", keep_days=30)
    assert "someone" not in await dump(database)


@pytest.mark.parametrize("name", ["", "...", "a b c d e f g h i"])
async def test_what_is_no_name(database: Database, name: str) -> None:
    with pytest.raises(CommandError):
        await redact_name(database, name, SECRETS, "an editor")
