"""A file of AIS becomes voyages in itineraries, beside what is reported of the same hull."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx

from app.core.db import Database
from app.itineraries.pictures.style import DARK_DASHES
from tests.command import run_vric
from tests.itineraries.journeys.conftest import ROUTES, fetch, leg, take_in

IMO, MMSI = "9074729", "620123456"
BEGIN = int(datetime(2020, 8, 1, tzinfo=UTC).timestamp())
HAVANA, AT_SEA, LOST, SEEN, JOSE = (
    (23.14, -82.36),
    (23.6, -82.3),
    (22.0, -75.0),
    (15.0, -66.0),
    (10.1, -64.84),
)
HEADER = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType"
# Lies at Havana, is heard for a day, is silent for 40 hours, and lies at the Jose terminal.
WAY = [(0, HAVANA, 0), (8, HAVANA, 0), (10, AT_SEA, 10), (15, AT_SEA, 10), (20, LOST, 12),
       (60, SEEN, 12), (64, (10.5, -64.9), 12), (66, JOSE, 0), (80, JOSE, 0)]  # fmt: skip


def ais(hours: int = 80, other_at: int | None = None) -> str:
    """MarineCadastre CSV with a fix each half hour, but for the silence, and one of another ship."""
    lines = [HEADER]
    if other_at is not None:
        at = datetime.fromtimestamp(BEGIN + other_at * 3600, UTC)
        lines.append(f"636123456,{at:%Y-%m-%dT%H:%M:%S},12.0,-70.0,9,0,0,OTHER,,,80")
    for (start, here, knots), (end, there, _) in pairwise(WAY):
        steps = 1 if end - start == 40 else 2 * (end - start)
        for step in range(steps):
            share, hour = step / steps, start + (end - start) * step / steps
            if hour > hours:
                continue
            lat, lon = (a + (b - a) * share for a, b in zip(here, there, strict=True))
            at = datetime.fromtimestamp(BEGIN + hour * 3600, UTC)
            lines.append(
                f"{MMSI},{at:%Y-%m-%dT%H:%M:%S},{lat:.5f},{lon:.5f},{knots},0,0,OTOMAN,IMO{IMO},D6AB,80"
            )
    return "\n".join(lines) + "\n"


def ingest(folder: Path, text: str, url: str) -> str:
    (folder / "ais.csv").write_text(text)
    done = run_vric("ingest", "ais", "ais.csv", cwd=folder, VRIC_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_a_file_of_ais_becomes_a_voyage_beside_the_reports(
    database: Database, caller: httpx.AsyncClient, tmp_path: Path
) -> None:
    reported = leg(
        journey="otoman-2020-08", mode="sea", mover={"kind": "vessel", "name": "Otoman"},
        craft={"imo": IMO}, origin="Havana", to={"name": "Amuay", "country": "VE"},
        departed="2020-08-01", arrived="2020-08-03",
        sources=[{"outlet": "Reuters", "published_on": "2020-08-04"}],
    )  # fmt: skip
    await take_in(database, [reported])
    assert "1 itineraries changed" in ingest(tmp_path, ais(), database.url)
    found = await fetch(caller, f"{ROUTES}/otoman-2020-08")
    # The report names another port: both stand side by side.
    [observed] = found["legs"]
    assert observed["status"] == "observed" and observed["independent_sources"] == 2
    assert [conflict["kind"] for conflict in observed["conflicts"]] == ["place"]
    assert [told["at"] for told in observed["conflicts"][0]["claims"]] == ["Jose Terminal", "Amuay"]
    assert observed["mode"] == "sea" and observed["craft"]["imo"] == IMO
    assert observed["from"]["status"] == observed["to"]["status"] == "observed"
    assert (
        observed["from"]["place"]["country"] == "CU" and observed["to"]["place"]["country"] == "VE"
    )
    assert observed["from"]["when"]["earliest"] == "2020-08-01T08:00:00Z"
    [dark] = observed["dark"]
    assert (dark["earliest"], dark["latest"]) == ("2020-08-01T20:00:00Z", "2020-08-03T12:00:00Z")
    assert 1000 < dark["distance_km"] < 1400
    reach = await caller.post("/v1/routes/reachability", json={"activity_id": dark["activity_id"]})
    assert reach.status_code == 200
    # On the day before the report, the positions alone were known.
    before = await fetch(caller, f"{ROUTES}/otoman-2020-08", as_of="2020-08-03")
    assert before["conflict_count"] == 0 and before["independent_sources"] == 1
    picture = (await caller.get(f"{ROUTES}/otoman-2020-08/map.svg")).text
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own bytes
    dashed = [p for p in root.iter("{http://www.w3.org/2000/svg}path")
              if p.get("stroke-dasharray") == DARK_DASHES]  # fmt: skip
    assert len(dashed) == 1
    assert "not re-observed: 01–03 Aug 2020 (1" in "".join(root.itertext())


async def test_more_of_a_voyage_changes_its_leg_and_no_other(
    database: Database, caller: httpx.AsyncClient, tmp_path: Path
) -> None:
    ingest(tmp_path, ais(hours=62), database.url)
    [item] = (await fetch(caller, ROUTES, craft=MMSI))["items"]
    [under_way] = (await fetch(caller, f"{ROUTES}/{item['id']}"))["legs"]
    assert under_way["to"]["place"] is None
    assert "1 itineraries changed" in ingest(tmp_path, ais(), database.url)
    [same] = (await fetch(caller, ROUTES, craft=IMO))["items"]
    assert same["id"] == item["id"]
    [arrived] = (await fetch(caller, f"{ROUTES}/{item['id']}"))["legs"]
    assert arrived["to"]["place"]["country"] == "VE"
    assert "0 itineraries changed" in ingest(tmp_path, ais() + "\n", database.url)
    # By the names that people use, and not the index of ports alone.
    for query in ({"from": "Havana"}, {"from": "La Habana", "to": "Puerto José"}):
        [found] = (await fetch(caller, ROUTES, craft=IMO, **query))["items"]
        assert found["id"] == item["id"]


async def test_a_silence_that_goes_on_is_a_dark_period_without_an_end(
    database: Database, caller: httpx.AsyncClient, tmp_path: Path
) -> None:
    ingest(tmp_path, ais(hours=19, other_at=20), database.url)
    path = f"{ROUTES}/{(await fetch(caller, ROUTES, craft=MMSI))['items'][0]['id']}"
    [leg] = (await fetch(caller, path))["legs"]
    assert leg["dark"] == []
    # Time passes: others are heard, and so it is known that this one is not.
    ingest(tmp_path, ais(hours=19, other_at=27), database.url)
    [leg] = (await fetch(caller, path))["legs"]
    [dark] = leg["dark"]
    assert (dark["earliest"], dark["latest"]) == ("2020-08-01T19:00:00Z", None)
    drawn = {f["id"]: f for f in (await fetch(caller, path, f="geojson"))["features"]}
    name = path.rpartition("/")[2]
    assert drawn[f"{name}.1.dark1"]["geometry"]["type"] == "Point"
    assert "since 01 Aug 2020" in (await caller.get(f"{path}/map.svg")).text
    # It was heard meanwhile, by a receiver whose file comes late: there was no such silence.
    ingest(tmp_path, ais(hours=20, other_at=25), database.url)
    late = [(20.5, 21.9, -75.1), (26, 21.0, -76.0)]
    rows = [f"{MMSI},{datetime.fromtimestamp(BEGIN + hour * 3600, UTC):%Y-%m-%dT%H:%M:%S},"
            f"{lat},{lon},9,0,0,OTOMAN,IMO{IMO},D6AB,80" for hour, lat, lon in late]  # fmt: skip
    ingest(tmp_path, "\n".join([HEADER, *rows]) + "\n", database.url)
    [leg] = (await fetch(caller, path))["legs"]
    assert leg["dark"] == []


async def test_maps_follow_the_positions_of_an_observed_leg(
    database: Database, caller: httpx.AsyncClient, tmp_path: Path
) -> None:
    ingest(tmp_path, ais(), database.url)
    path = f"{ROUTES}/{(await fetch(caller, ROUTES, craft=MMSI))['items'][0]['id']}"
    [leg] = (await fetch(caller, path))["legs"]
    page = await fetch(caller, leg["track"]["href"])
    found = await fetch(caller, path, f="geojson")
    assert not {"properties", "geometry"} & set(found)  # RFC 7946, 7.1
    kinds = {feature["properties"]["kind"]: feature for feature in found["features"]}
    assert set(kinds) == {"leg", "dark", "stop"}
    line = kinds["leg"]["geometry"]
    assert kinds["leg"]["properties"]["line"] == "track"
    assert [part[0] for part in line["coordinates"]] == [
        [place["lon"], place["lat"]]
        for place in (page["items"][0], found_after(page, leg["dark"][0]))
    ]
    lost, seen = (line["coordinates"][0][-1], line["coordinates"][1][0])
    silence = kinds["dark"]["geometry"]["coordinates"]
    assert (silence[0], silence[-1]) == (lost, seen) and len(silence) > 5
    assert kinds["dark"]["properties"]["activity_id"] == leg["dark"][0]["activity_id"]
    # What tells times has every fix.
    moving = (await fetch(caller, path, f="mfjson"))["features"]
    told = [
        len(one["temporalGeometry"]["datetimes"]) for one in moving if "temporalGeometry" in one
    ]
    assert told[0] + told[2] == page["returned"]


def found_after(page: Any, dark: Any) -> Any:
    """The first fix after a silence."""
    return next(fix for fix in page["items"] if fix["at"] >= dark["latest"])
