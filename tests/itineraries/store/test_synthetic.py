"""What is made up says so wherever it goes: craft, tracks, activities, silences, itineraries, pictures."""

from pathlib import Path
from typing import Any

import httpx

from app.core.db import Database
from app.itineraries.activities.deriver import bundled_world, derive_activities
from app.itineraries.demo_ais import demo_lines
from app.itineraries.positions.importer import write_part
from tests.command import call_vric, failure_of
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.nmea import report
from tests.itineraries.store.tracks import journey, together

ROUTES = "/v1/routes"
ONE = journey("mmsi:422000001", [("move", 3), ("spot", 6), ("silent", 7), ("stay", 3)], 1)
OTHER = journey("mmsi:422000002", [("move", 3), ("spot", 6), ("silent", 8), ("move", 3)], 400)


async def _get(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json() if "json" in answer.headers["content-type"] else answer.text


async def _marks(client: httpx.AsyncClient) -> dict[str, bool]:
    found = (await _get(client, f"{ROUTES}/crafts"))["items"]
    return {craft["key"]: craft["synthetic"] for craft in found}


async def test_the_demo_log_is_marked_in_every_record(
    database: Database, premium: httpx.AsyncClient, tmp_path: Path
) -> None:
    real = b"\\c:1604880000*5B\\" + report(422_000_009, 10.2, -64.9)
    (tmp_path / "demo.nmea").write_bytes(real + "\n".join(demo_lines()).encode())
    done = call_vric("ingest", "ais", "demo.nmea", cwd=tmp_path, VRIC_DATABASE_URL=database.url)
    assert done.returncode == 0, done.stderr
    key = "mmsi:422999001"
    assert await _marks(premium) == {key: True, "mmsi:775999002": True, "mmsi:422000009": False}
    craft = f"{ROUTES}/crafts/{key}"
    for path in (craft, f"{craft}/identity"):
        assert (await _get(premium, path))["synthetic"] is True
    assert (await _get(premium, f"{craft}/track"))["meta"]["synthetic"] is True
    for f in ("geojson", "mfjson"):
        [line] = (await _get(premium, f"{craft}/track", f=f))["features"]
        assert line["properties"]["synthetic"] is True
    assert (await _get(premium, f"{craft}/track", f="czml"))[1]["properties"]["synthetic"] is True
    assert '"synthetic": true' in await _get(premium, f"{craft}/track", f="gpx")
    kml = '<Data name="synthetic"><value>true</value></Data>'
    assert kml in await _get(premium, f"{craft}/track", f="kml")
    header, *rows = (await _get(premium, f"{craft}/track", f="csv")).splitlines()
    column = header.split(",").index("synthetic")
    assert {row.split(",")[column] for row in rows} == {"True"}
    feature = await _get(premium, f"/v1/ogc/collections/crafts/items/{key}")
    assert feature["properties"]["synthetic"] is True
    activities = (await _get(premium, f"{ROUTES}/activities", craft=f"{key},mmsi:775999002"))[
        "items"
    ]
    assert {one["kind"] for one in activities} >= {"gap", "meeting", "stop", "visit"}
    assert all(one["synthetic"] is True for one in activities)
    gap = next(one["id"] for one in activities if one["kind"] == "gap")
    reach = await premium.post(f"{ROUTES}/reachability", json={"activity_id": gap})
    assert reach.json()["synthetic"] is True
    [item] = (await _get(premium, f"{ROUTES}/itineraries", craft="422999001"))["items"]
    assert item["synthetic"] is True
    itinerary = f"{ROUTES}/itineraries/{item['id']}"
    assert (await _get(premium, itinerary))["synthetic"] is True
    drawn = (await _get(premium, itinerary, f="geojson"))["features"]
    assert all(feature["properties"]["synthetic"] is True for feature in drawn)
    header, *rows = (await _get(premium, itinerary, f="csv")).splitlines()
    assert all(row.endswith(",True") for row in rows)
    for f in ("gpx", "kml", "czml", "mfjson"):
        assert "synthetic" in (await premium.get(itinerary, params={"f": f})).text
    assert "SYNTHETIC: made up" in (await premium.get(f"{itinerary}/map.svg")).text


async def test_a_file_that_turns_out_to_be_made_up_marks_what_stands(
    database: Database, premium: httpx.AsyncClient, tmp_path: Path
) -> None:
    rows = [f"{craft},2020-11-01T{hour:02}:00:00Z,10,-64" for craft in "vw" for hour in range(6)]
    (tmp_path / "fixes.csv").write_text("\n".join(["craft_id,time,lat,lon", *rows]))
    where = {"cwd": tmp_path, "VRIC_DATABASE_URL": database.url}
    assert "12 added" in call_vric("ingest", "positions", "fixes.csv", **where).stdout
    assert not any((await _marks(premium)).values())
    done = call_vric("ingest", "positions", "fixes.csv", "--synthetic", **where)
    assert "12 known" in done.stdout, done.stderr
    assert await _marks(premium) == {"v": True, "w": True}
    assert (
        "unchanged" in call_vric("ingest", "positions", "fixes.csv", "--synthetic", **where).stdout
    )
    # What is taken in of them later does not make them real.
    (tmp_path / "more.csv").write_text("craft_id,time,lat,lon\nv,2020-11-02T00:00:00Z,10,-64\n")
    call_vric("ingest", "positions", "more.csv", **where)
    assert await _marks(premium) == {"v": True, "w": True}


async def test_a_meeting_with_what_is_made_up_is_marked_and_the_rest_is_not(
    database: Database, premium: httpx.AsyncClient, take: Take
) -> None:
    async def marked() -> dict[str, set[bool]]:
        await derive_activities(database, bundled_world())
        found: dict[str, set[bool]] = {}
        for one in (await _get(premium, f"{ROUTES}/activities"))["items"]:
            about = one.get("craft_id") or one["kind"]
            found.setdefault(about, set()).add(one["synthetic"])
        return found

    await take(together([ONE, OTHER]))
    assert await marked() == {"mmsi:422000001": {False}, "mmsi:422000002": {False},
                              "meeting": {False}}  # fmt: skip
    async with database.transaction() as connection:
        await write_part(connection, ONE.in_order(), (), "ais", frozenset(ONE.craft_ids))
    assert await marked() == {"mmsi:422000001": {True}, "mmsi:422000002": {False},
                              "meeting": {True}}  # fmt: skip


def test_receivers_are_not_made_up_by_option(tmp_path: Path) -> None:
    done = call_vric("ingest", "ais", "--listen", "127.0.0.1:0", "--synthetic", cwd=tmp_path)
    assert "s:synthetic" in failure_of(done)
