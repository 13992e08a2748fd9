"""Files of legs in the database: what comes, changes and goes, and its history."""

from typing import Any

import httpx
import pytest

from app.core.clock import now
from app.core.db import Database
from app.core.errors import CommandError
from app.ingest.files import SourceFile
from app.itineraries.journeys.importer import import_legs
from tests.itineraries.journeys.conftest import ROUTES, SECRETS, fetch, leg, source, take_in
from tests.problems import assert_problem


def free_leg(day: str, **fields: Any) -> dict[str, Any]:
    """A leg that names no journey."""
    found = leg(arrived=day, **fields)
    del found["journey"]
    return found


async def ids(client: httpx.AsyncClient) -> list[str]:
    page = await fetch(client, ROUTES, sortby="id", limit=1000)
    return [item["id"] for item in page["items"]]


async def test_the_same_file_twice_is_a_no_op(database: Database) -> None:
    first = await take_in(database, [leg()])
    assert first.counts["added"] == 1 and not first.unchanged
    assert (await take_in(database, [leg()])).unchanged


async def test_a_changed_file_changes_the_itinerary_and_leaves_a_history(
    database: Database, caller: httpx.AsyncClient
) -> None:
    await take_in(database, [leg()])
    between = now().isoformat().replace("+00:00", "Z")
    changed = await take_in(database, [leg(arrived="2020-10-28"), leg(to="Havana")])
    assert (changed.counts["added"], changed.counts["withdrawn"]) == (2, 1)
    path = f"{ROUTES}/a-journey"
    assert len((await fetch(caller, path))["legs"]) == 2
    before = await fetch(caller, path, recorded_by=between)
    assert [item["to"]["when"]["claims"][0]["at"] for item in before["legs"]] == ["2020-10-26"]
    steps = (await fetch(caller, f"{path}/history"))["items"]
    assert [(s["kind"], s["added"], s["withdrawn"]) for s in steps] == [
        ("created", 1, 0), ("updated", 2, 1),
    ]  # fmt: skip
    for step in steps:
        await fetch(caller, step["href"])
    assert_problem(await caller.get(path, params={"recorded_by": "2020-01-01"}), 404, "not_found")


async def test_a_late_report_changes_history_but_not_the_day_before_it(
    database: Database, caller: httpx.AsyncClient
) -> None:
    path = f"{ROUTES}/a-journey"
    await take_in(database, [leg(leg=1)])
    known = await fetch(caller, path, as_of="2020-11-01")
    late = leg(leg=1, to={"name": "Havana", "country": "CU"},
               sources=source("AFP", "2020-12-01"))  # fmt: skip
    await take_in(database, [late], "another-file")
    assert (await fetch(caller, path, as_of="2020-11-01"))["legs"] == known["legs"]
    whole = await fetch(caller, path)
    assert [c["kind"] for c in whole["legs"][0]["conflicts"]] == ["place", "dates"][:1]
    assert whole["independent_sources"] == 2


async def test_legs_without_a_journey_are_joined_by_mover_and_time(
    database: Database, caller: httpx.AsyncClient
) -> None:
    craft = {"registration": "EP-XYZ"}
    await take_in(database, [
        free_leg("2020-10-26", craft=craft), free_leg("2020-11-05", craft=craft, to="Havana"),
        free_leg("2021-03-01", craft=craft), free_leg("2020-10-27", mover={
            "kind": "vessel", "name": "Ñandú 北"}),
    ])  # fmt: skip
    first = await ids(caller)
    assert len(first) == 3
    # A later file goes on with the journey that is near in time.
    await take_in(database, [free_leg("2020-11-10", craft=craft, to="La Paz")], "later")
    assert await ids(caller) == first
    near = next(key for key in first if key.startswith("ep-xyz-2020"))
    assert len((await fetch(caller, f"{ROUTES}/{near}"))["legs"]) >= 3


async def test_rejects_by_line_spoil_nothing(database: Database) -> None:
    outcome = await take_in(database, [leg(), leg(arrived="never"), {"x": 1}, leg(to="Havana")])
    assert outcome.counts["legs"] == 2 and outcome.counts["rejected"] == 2
    assert [reject.line for reject in outcome.rejects] == [2, 3]
    kept = await database.fetch_value("SELECT rejects FROM ingest_runs WHERE kind = 'legs'")
    assert "never" not in kept or "arrived" in kept


@pytest.mark.parametrize("content", [b"", b"[]", b'[{"mover": 1}]', b"a,b\n1,2", b"\xff\xfe\x00"])
async def test_a_file_without_a_leg_changes_nothing(database: Database, content: bytes) -> None:
    await take_in(database, [leg()])
    with pytest.raises(CommandError):
        await import_legs(database, SourceFile.of("x", content), "test", SECRETS)
    assert await database.fetch_value("SELECT count(*) FROM itineraries") == 1


async def test_what_is_withdrawn_is_gone_and_its_history_stays(
    database: Database, caller: httpx.AsyncClient
) -> None:
    await take_in(database, [leg(), leg(journey="other")])
    await take_in(database, [leg(journey="other")])
    body = assert_problem(await caller.get(f"{ROUTES}/a-journey"), 410, "gone")
    history = await fetch(caller, str(body["history"]))
    assert [step["kind"] for step in history["items"]] == ["created", "removed"]
    assert_problem(await caller.get(f"{ROUTES}/never-was"), 404, "not_found")
    assert_problem(await caller.get(f"{ROUTES}/Never_Was"), 400, "invalid_parameter")


async def test_airports_are_placed_by_code_and_ports_by_name(
    database: Database, caller: httpx.AsyncClient
) -> None:
    await take_in(database, [
        leg(origin={"code": "OIIE"}, to={"code": "XXXX"}),
        leg(journey="by-sea", mode="sea", to={"name": "Puerto Cabello", "country": "VE"}),
        leg(journey="by-air", mode="air", to={"name": "Puerto Cabello", "country": "VE"}),
    ])  # fmt: skip
    [first, *_] = (await fetch(caller, f"{ROUTES}/a-journey"))["legs"]
    assert first["from"]["place"]["country"] == "IR"
    assert abs(first["from"]["place"]["lat"] - 35.4) < 0.2
    assert first["to"]["place"]["lat"] is None
    ports = [(await fetch(caller, f"{ROUTES}/{key}"))["legs"][0]["to"] for key in
             ("by-sea", "by-air")]  # fmt: skip
    assert abs(ports[0]["place"]["lat"] - 10.48) < 0.1
    assert ports[1]["place"]["lat"] is None


async def test_ten_thousand_legs_over_http(database: Database, caller: httpx.AsyncClient) -> None:
    legs = [leg(leg=n + 1, to=f"Port {n % 50}", arrived=f"20{n % 20 + 10}-01-{n % 28 + 1:02}",
                sources=source(f"o{n % 9}")) for n in range(10_000)]  # fmt: skip
    outcome = await take_in(database, legs)
    assert outcome.counts["added"] == 10_000
    found = await fetch(caller, f"{ROUTES}/a-journey")
    assert len([item for item in found["legs"] if item["sources"]]) == 10_000
    for format_ in ("csv", "geojson", "svg"):
        answer = await caller.get(f"{ROUTES}/a-journey", params={"f": format_})
        assert answer.status_code == 200
    page = await fetch(caller, ROUTES)
    assert len(page["items"][0]["route"]) <= 12
