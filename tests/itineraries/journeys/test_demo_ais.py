"""The synthetic log of AIS that newcomers try the routes with."""

from pathlib import Path

import httpx
import orjson
from pyais import IterMessages

from app.core.db import Database
from app.itineraries.demo_ais import demo_lines
from tests.command import call_vric, run_vric
from tests.itineraries.journeys.conftest import ROUTES, fetch


def test_every_line_says_that_it_is_synthetic() -> None:
    lines = list(demo_lines())
    assert lines == list(demo_lines())
    assert all("s:synthetic,c:" in line.split("*")[0] for line in lines)
    decoded = [message.decode() for message in IterMessages([line.encode() for line in lines])]
    assert len({message.mmsi for message in decoded}) == 2
    names = [message.shipname for message in decoded if message.msg_type == 5]
    assert all(name.startswith("SYNTHETIC") for name in names) and len(names) == 2


def test_there_is_something_to_find_in_it(tmp_path: Path) -> None:
    (tmp_path / "demo.nmea").write_text(call_vric("routes", "demo-ais", cwd=tmp_path).stdout)
    done = call_vric("routes", "analyse", "demo.nmea", "--json", cwd=tmp_path)
    found = [orjson.loads(line) for line in done.stdout.splitlines()]
    kinds = {one["kind"] for one in found}
    assert {"stop", "gap", "visit", "meeting", "near-shore-transfer", "identity"} <= kinds
    assert "spoofing" not in kinds
    assert all(one["synthetic"] is True for one in found)


async def test_it_becomes_an_itinerary(
    database: Database, caller: httpx.AsyncClient, tmp_path: Path
) -> None:
    (tmp_path / "demo.nmea").write_text("\n".join(demo_lines()))
    run_vric("ingest", "ais", "demo.nmea", cwd=tmp_path, VRIC_DATABASE_URL=database.url)
    [item] = (await fetch(caller, ROUTES, craft="422999001"))["items"]
    assert item["route"] == ["Jose Terminal Offshore Berths", "Puerto Cabello"]
    [leg] = (await fetch(caller, f"{ROUTES}/{item['id']}"))["legs"]
    assert [dark["latest"] for dark in leg["dark"]] == ["2020-11-10T06:00:00Z"]
