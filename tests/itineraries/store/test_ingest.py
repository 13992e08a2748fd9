"""`vric ingest ais|adsb|positions` as a user runs them, over good files and bad ones."""

import gzip
import json
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.core.db import Database
from tests.command import VRIC, call_vric, environment, failure_of
from tests.itineraries.store.nmea import report

HEADER = "craft_id,time,lat,lon\n"
BASE = 1_604_188_800


def _rows(craft: str, count: int, first: int = 0) -> str:
    return "".join(
        f"{craft},{BASE + 60 * (first + i)},{10 + (first + i) * 1e-4:.5f},-64\n"
        for i in range(count)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def _stored(database: Database) -> int:
    return int(await database.fetch_value("SELECT count(*) FROM positions"))


async def test_a_table_is_taken_in_once(
    database: Database, database_url: str, folder: Path
) -> None:
    bad = (
        "v2,1970-01-01T00:00:00Z,1,1\nv2,2099-01-01T00:00:00Z,1,1\nv2,x,1,1\n"
        f"v2,{BASE},NaN,1\nv2,{BASE},95,1\n,{BASE},1,1\nv2,{BASE},1\n"
    )
    (folder / "p.csv").write_text(HEADER + _rows("v1", 50) + bad)
    done = call_vric("ingest", "positions", "p.csv", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    assert "50 added, 7 rejected" in done.stdout
    for line in range(52, 59):
        assert f"line {line}: " in done.stderr
    again = call_vric("ingest", "positions", "p.csv", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert "unchanged" in again.stdout
    # Other bytes with the same fixes add what is new of them.
    (folder / "q.csv.gz").write_bytes(gzip.compress((HEADER + _rows("v1", 60)).encode()))
    more = call_vric("ingest", "positions", "q.csv.gz", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert "10 added, 50 known" in more.stdout
    assert await _stored(database) == 60
    runs = await database.fetch("SELECT kind, file_name, counts FROM ingest_runs ORDER BY id")
    assert [row["file_name"] for row in runs] == ["p.csv", "q.csv.gz"]
    assert json.loads(runs[0]["counts"])["rejected"] == 7


async def test_other_names_and_kinds_of_tables(
    database: Database, database_url: str, folder: Path
) -> None:
    (folder / "other.csv").write_text("vessel;when;lat;lon\nA;2020-11-01T00:00:00Z;1;2\n")
    pq.write_table(
        pa.table({"craft_id": ["A"], "time": [BASE + 60.0], "lat": [1.5], "lon": [2.5]}),
        folder / "t.parquet",
    )
    (folder / "l.ndjson").write_text(
        json.dumps({"craft_id": "A", "time": BASE + 120, "lat": 2, "lon": 3}) + "\n"
    )
    done = call_vric(
        "ingest", "positions", "--column", "craft_id=vessel", "--column", "time=when", "other.csv",
        cwd=folder, VRIC_DATABASE_URL=database_url,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    done = call_vric(
        "ingest", "positions", "t.parquet", "l.ndjson",
        cwd=folder, VRIC_DATABASE_URL=database_url,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert await _stored(database) == 3


async def test_what_a_table_says_of_its_craft_is_kept(
    database: Database, database_url: str, folder: Path
) -> None:
    (folder / "p.csv").write_text(
        "craft_id,time,lat,lon,flag,mmsi,msn,icao24\n"
        f"ship,{BASE},10,-64,Panama,352001234,,\nplane,{BASE},10,-64,,,25171,730abc\n"
    )
    done = call_vric("ingest", "positions", "p.csv", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    said = await database.fetch("SELECT field, value FROM craft_identities ORDER BY field")
    assert {(one["field"], one["value"]) for one in said} >= {
        ("flag", "Panama"), ("icao24", "730abc"), ("mmsi", "352001234"), ("msn", "25171"),
    }  # fmt: skip


async def test_what_is_no_file_of_positions_is_told_in_a_line(
    database: Database, database_url: str, folder: Path
) -> None:
    (folder / "noise.bin").write_bytes(bytes(range(256)) * 40)
    (folder / "bomb.csv.gz").write_bytes(gzip.compress(HEADER.encode() + b"0" * 100_000_000))
    (folder / "cut.csv.gz").write_bytes(gzip.compress((HEADER + _rows("v", 9_000)).encode())[:-99])
    (folder / "columns.csv").write_text("a,b\n1,2\n")
    (folder / "empty.csv").write_text("")
    for name, kind in (
        ("noise.bin", "ais"), ("bomb.csv.gz", "positions"), ("cut.csv.gz", "positions"),
        ("columns.csv", "positions"), ("missing.csv", "adsb"), (".", "ais"), ("empty.csv", "adsb"),
    ):  # fmt: skip
        done = call_vric("ingest", kind, name, cwd=folder, VRIC_DATABASE_URL=database_url)
        assert name in failure_of(done)
    runs = await database.fetch_value("SELECT count(*) FROM ingest_runs")
    assert runs == 0


async def test_a_hundred_thousand_craft(
    database: Database, database_url: str, folder: Path
) -> None:
    """Half of them far and wide, half at one place within ten minutes of each other."""
    lines = [f"c{i},{BASE + i % 600},{i % 80},{i % 170}" for i in range(50_000)]
    lines += [f"d{i},{BASE + i % 600},13,-64" for i in range(50_000)]
    (folder / "many.csv").write_text(HEADER + "\n".join(lines) + "\n")
    done = call_vric("ingest", "positions", "many.csv", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    assert await _stored(database) == 100_000
    kinds = await database.fetch("SELECT kind, count(*) FROM activities GROUP BY kind")
    assert [tuple(row) for row in kinds] == [("gap", 100_000)]  # open, one of each
    assert not await database.fetch_value(
        "SELECT count(*) FROM crafts WHERE stale_since IS NOT NULL"
    )


async def test_odd_names(database: Database, database_url: str, folder: Path) -> None:
    odd = ["näme, with \u202e", "a/b?c=d&e%00", "'; DROP TABLE crafts; --"]
    quoted = [f'"{name}",{BASE},1,1' for name in odd]
    (folder / "odd.csv").write_text(HEADER + "\n".join(quoted) + "\n")
    done = call_vric("ingest", "positions", "odd.csv", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    kept = await database.fetch("SELECT key FROM crafts ORDER BY id")
    assert odd[2] in {row["key"] for row in kept}


async def test_a_day_of_silence_makes_no_stop(
    database: Database, database_url: str, folder: Path
) -> None:
    (folder / "two.csv").write_text(f"{HEADER}v,{BASE},10,-64\nv,{BASE + 86_400},10,-64\n")
    done = call_vric("ingest", "positions", "two.csv", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    kinds = await database.fetch("SELECT kind FROM activities WHERE end_at IS NOT NULL")
    assert [row["kind"] for row in kinds] == ["gap"]


async def test_aircraft_and_receivers_files(
    database: Database, database_url: str, folder: Path
) -> None:
    trace = {"icao": "730abc", "r": "EP-FAB", "timestamp": BASE, "trace": []}
    trace["trace"] = [[0, 35, 51, 1200, 200, 90, 0, 0, None, "adsb_icao", None, None, None, None]]
    (folder / "trace.json").write_text(json.dumps(trace))
    (folder / "log.nmea").write_bytes(
        b"\\c:%d*00\\" % BASE + report(422_000_001, 10, -64) + b"!AIVDM,1,1,,A,15M\r\n"
    )
    done = call_vric("ingest", "adsb", "trace.json", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert "1 added" in done.stdout, done.stderr
    done = call_vric("ingest", "ais", "log.nmea", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert "1 added, 1 rejected" in done.stdout, done.stderr
    crafts = await database.fetch("SELECT key, kind FROM crafts ORDER BY key")
    assert [tuple(row) for row in crafts] == [
        ("icao24:730abc", "aircraft"), ("mmsi:422000001", "vessel"),
    ]  # fmt: skip


async def test_kill_9_in_the_middle_leaves_whole_parts(
    database: Database, database_url: str, folder: Path
) -> None:
    rng = np.random.default_rng(1)
    with (folder / "large.csv").open("w") as file:
        file.write(HEADER)
        for craft in range(60):
            file.write(_rows(f"v{craft}", 10_000, int(rng.integers(0, 9))))
    process = subprocess.Popen(
        [VRIC, "ingest", "positions", "large.csv"],
        cwd=folder, env=environment(VRIC_DATABASE_URL=database_url),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while await _stored(database) == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert await _stored(database) == await database.fetch_value(
        "SELECT sum(position_count) FROM crafts"
    )
    assert await database.fetch_value("SELECT count(*) FROM ingest_runs") == 0
    done = call_vric("ingest", "positions", "large.csv", cwd=folder, VRIC_DATABASE_URL=database_url)
    assert done.returncode == 0, done.stderr
    assert await _stored(database) == 600_000
    left = await database.fetch_value("SELECT count(*) FROM crafts WHERE stale_since IS NOT NULL")
    assert left == 0
