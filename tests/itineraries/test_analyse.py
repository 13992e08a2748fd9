"""`vric routes analyse`: kinds, options and names of fields, and files that nobody should feed it."""

import gzip
import json
import math
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from app.cli import app as vric
from app.itineraries.findings import as_record
from tests.command import run_vric
from tests.itineraries.tracks.vessels import T0, Fix, north

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
NAMES = {
    "stop": {"craft_id", "start_at", "end_at", "lat", "lon", "radius_km", "fixes"},
    "gap": {
        "craft_id", "start_at", "end_at", "from_lat", "from_lon", "to_lat", "to_lon", "distance_km",
        "implied_speed_kn",
    },
    "meeting": {
        "craft_ids", "start_at", "end_at", "median_distance_km", "median_speed_kn", "lat", "lon",
        "seen_min", "bridged_min",
    },
    "segment": {"craft_id", "hull", "start_at", "end_at", "fixes"},
    "visit": {"craft_id", "place", "start_at", "end_at", "confidence"},
}  # fmt: skip
runner = CliRunner()


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(T0 + seconds, UTC).isoformat().replace("+00:00", "Z")


def write(path: Path, rows: list[Fix]) -> Path:
    lines = [f"{craft},{moment(seconds)},{lat},{lon}" for craft, seconds, lat, lon in rows]
    path.write_text("\n".join(["craft_id,time,lat,lon", *lines]) + "\n", encoding="utf-8")
    return path


def ask(path: Path, *options: str) -> tuple[list[dict[str, Any]], str]:
    """What was found, and what was told beside it."""
    done = runner.invoke(vric, ["routes", "analyse", str(path), "--json", *options])
    assert done.exit_code == 0, (done.output, done.exception)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def refusal(path: Path, *options: str) -> str:
    done = runner.invoke(vric, ["routes", "analyse", str(path), *options])
    assert done.exit_code != 0
    assert type(done.exception).__name__ in ("CommandError", "SystemExit")
    return str(done.exception) if str(done.exception) != "2" else done.stderr


def voyage() -> list[Fix]:
    """Two tankers lie together far out for three hours; one falls silent, then calls at Puerto La Cruz."""
    rows: list[Fix] = []
    for side in (0, 1):
        rows += [(f"t{side}", 600.0 * n, 13.0 + north(0.1) * side, -64.6333) for n in range(19)]
    rows += [
        ("t0", 10_800 + 40_000.0 + 600 * n, 10.6 - north(1.85) * n, -64.6333) for n in range(22)
    ]
    rows += [("t0", 10_800 + 53_200.0 + 600 * n, 10.25, -64.6333) for n in range(12)]
    rows += [
        ("t0", 10_800 + 60_400.0 + 600 * n, 10.25 + north(1.85) * n, -64.6333) for n in range(12)
    ]
    return rows


def test_everything_about_a_voyage(tmp_path: Path) -> None:
    found, told = ask(write(tmp_path / "voyage.csv", voyage()))
    kinds = [record["kind"] for record in found]
    assert {"stop", "gap", "meeting", "segment", "visit"} <= set(kinds)
    assert "84 positions of 2 craft in 84 lines" in told
    for record in found:
        assert record["method"] == record["kind"] and record["method_version"]
        assert NAMES.get(record["kind"], set()) <= record.keys()
        for name, value in record.items():
            if name.endswith("_at") and value is not None:
                assert MOMENT.fullmatch(value)
    (meeting,) = (record for record in found if record["kind"] == "meeting")
    assert meeting["craft_ids"] == ["t0", "t1"] and meeting["start_at"] == moment(0)
    assert (meeting["seen_min"], meeting["bridged_min"]) == (180, 0)
    (visit,) = (record for record in found if record["kind"] == "visit")
    assert (visit["place"], visit["confidence"]) == ("Puerto La Cruz", 4)
    gaps = {record["craft_id"]: record for record in found if record["kind"] == "gap"}
    assert gaps["t0"]["end_at"] == moment(50_800)
    assert gaps["t1"]["end_at"] is None and gaps["t1"]["to_lat"] is None


@pytest.mark.parametrize("kind", ["stops", "gaps", "meetings", "segments", "visits"])
def test_one_kind_alone(tmp_path: Path, kind: str) -> None:
    found, _ = ask(write(tmp_path / "voyage.csv", voyage()), "--kind", kind)
    assert {record["kind"] for record in found} == {kind.removesuffix("s")}


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "voyage.csv", voyage())
    shuffled = write(tmp_path / "shuffled.csv", voyage()[::-1])
    assert ask(path) == ask(path)
    assert sorted(map(json.dumps, ask(path)[0])) == sorted(map(json.dumps, ask(shuffled)[0]))


def test_options_reach_the_methods(tmp_path: Path) -> None:
    path = write(tmp_path / "voyage.csv", voyage())
    assert not ask(path, "--kind", "stops", "--stop-minutes", "600")[0]
    (stop, *_), _ = ask(path, "--kind", "stops", "--stop-km", "0.3", "--max-silence-minutes", "90")
    assert stop["parameters"] == {
        "stop_km": 0.3, "stop_minutes": 60, "max_silence_minutes": 90, "spike_kn": 10,
    }  # fmt: skip
    assert not ask(path, "--kind", "meetings", "--min-minutes", "181")[0]
    assert not ask(path, "--kind", "meetings", "--max-km", "0.05")[0]
    assert not ask(path, "--kind", "meetings", "--max-speed-kn", "0")[0]
    assert ask(path, "--kind", "meetings", "--max-speed-kn", "0", "--no-filter")[0]
    (meeting,), _ = ask(path, "--kind", "meetings", "--grid-minutes", "20", "--merge-hours", "1",
                        "--max-interpolation-minutes", "30")  # fmt: skip
    assert meeting["seen_min"] == 180


def test_each_fix_with_its_hull(tmp_path: Path) -> None:
    rows: list[Fix] = [("a", 600.0 * n, 10.0, -64.0) for n in range(5)]
    rows += [("a", 600.0 * n, 25.0, 56.0) for n in range(5)]
    found, _ = ask(write(tmp_path / "shared.csv", rows), "--kind", "segments", "--points")
    assert [(r["hull"], r["fixes"]) for r in found if r["kind"] == "segment"] == [(1, 5), (2, 5)]
    points = [record for record in found if record["kind"] == "point"]
    assert len(points) == 10
    assert all((point["hull"] == 1) == (point["lon"] == -64) for point in points)
    assert points[0]["time"] == moment(0)


def test_columns_by_other_names_and_a_table_for_people(tmp_path: Path) -> None:
    path = write(tmp_path / "voyage.csv", voyage())
    path.write_text(path.read_text().replace("craft_id", "vessel_id", 1))
    assert "--column craft_id=NAME" in refusal(path)
    assert "give ours=theirs" in refusal(path, "--column", "craft_id")
    done = runner.invoke(
        vric, ["routes", "analyse", str(path), "--kind", "visits", "--column", "craft_id=vessel_id"]
    )
    assert done.exit_code == 0 and "Cruz" in done.stdout and "visit" in done.stdout


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("a", 0.0, 10, -64)],
        [("a", 0.0, 10, -64), ("a", 86_400.0, 10, -64)],
        [("a", 600.0 * n, 0, 179.99 + n / 100) for n in range(20)],
        [("a", 600.0 * n, 90 - abs(10 - n) / 10, 0 if n < 10 else 180) for n in range(20)],
        [("a", 0.0, 90, 0), ("b", 0.0, -90, 179.9999999)],
        [("a", 600.0 * n, (-1) ** n * 80, (-1) ** n * 170) for n in range(20)],
    ],
)
def test_odd_tracks(tmp_path: Path, rows: list[Fix]) -> None:
    rows = [(craft, seconds, lat, (lon + 180) % 360 - 180) for craft, seconds, lat, lon in rows]
    found, _ = ask(write(tmp_path / "odd.csv", rows))
    assert not [record for record in found if record["kind"] == "stop"]


def test_clocks_of_1970_and_2099_and_places_that_are_none(tmp_path: Path) -> None:
    path = write(tmp_path / "wild.csv", voyage())
    with path.open("a") as stream:
        stream.write("t0,1970-01-01T00:00:07Z,10,-64\nt0,2099-01-01T00:00:00Z,10,-64\n")
        stream.write(f"t0,{moment(7)},NaN,-64\nt0,{moment(8)},91,-64\nt0,{moment(9)},10,-181\n")
    plain, _ = ask(write(tmp_path / "voyage.csv", voyage()))
    found, told = ask(path)
    assert found == plain
    assert "5 rejected" in told and "line 86: time outside 1990-2049" in told
    assert "line 89: position out of range" in told


def test_a_hundred_thousand_craft(tmp_path: Path) -> None:
    rows: list[Fix] = [(f"c{n}", float(n % 3600), n % 80, n % 170) for n in range(100_000)]
    found, told = ask(write(tmp_path / "many.csv", rows), "--kind", "segments")
    assert len(found) == 100_000 and "100,000 craft" in told
    assert not ask(tmp_path / "many.csv", "--kind", "stops")[0]


def test_files_that_are_none(tmp_path: Path) -> None:
    bomb, cut, prose = tmp_path / "bomb.gz", tmp_path / "cut.gz", tmp_path / "prose.txt"
    bomb.write_bytes(gzip.compress(b"craft_id,time,lat,lon\n" + b"\n" * 150_000_000))
    cut.write_bytes(gzip.compress(b"craft_id,time,lat,lon\n" * 9_999)[:100])
    prose.write_text("nothing to see here\n")
    assert "unpacks to more than" in refusal(bomb)
    assert "cut off" in refusal(cut)
    assert "--format" in refusal(prose)
    assert "No such file" in refusal(tmp_path / "missing")
    assert "irectory" in refusal(tmp_path)


@pytest.mark.parametrize(
    "options",
    [("--grid-minutes", "0"), ("--max-km", "nan"), ("--stop-km", "-1"), ("--merge-hours", "inf"),
     ("--kind", "nothing"), ("--format", "xls"), ("--started-at", "noon")],
)  # fmt: skip
def test_options_that_make_no_sense(tmp_path: Path, options: tuple[str, str]) -> None:
    assert options[0] in refusal(write(tmp_path / "a.csv", voyage()), *options)


def test_nmea_without_times_asks_for_a_start(tmp_path: Path) -> None:
    line = "!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C\n"
    path = tmp_path / "log.nmea"
    path.write_text(line)
    _, told = ask(path)
    assert "0 positions" in told and "--started-at" in told
    found, told = ask(path, "--started-at", "2023-11-14T22:13:20", "--kind", "segments")
    assert found[0]["craft_id"] == "mmsi:366053209"
    assert found[0]["start_at"].startswith("2023-11-14T22:13:")


def test_the_command_as_a_user_runs_it(tmp_path: Path) -> None:
    path = write(tmp_path / "voyage.csv", voyage())
    done = run_vric("routes", "analyse", path, "--kind", "stops", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["kind"] == "stop"
    assert done.stderr == "84 positions of 2 craft in 84 lines\n"
    failed = run_vric("routes", "analyse", tmp_path / "missing", cwd=tmp_path)
    assert failed.returncode == 1
    assert failed.stderr.startswith("vric: ") and failed.stderr.count("\n") == 1


def checks(found: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(one["craft_id"], one["check"], one["verdict"]) for one in found}


def test_a_register_is_checked_by_itself(tmp_path: Path) -> None:
    rows = (
        "imo,mmsi,name,flag,registration,icao24,msn,type\n9074729,422123456,Alfa,IR,,,,\n"
        "9074728,422123457,Beta,PA,,,,\n,,,,EP-FAB,730abc,25171,B742\n,,,,EP-XYZ,0d8abd,25171,B742\n"
    )
    (tmp_path / "fleet.csv").write_text(rows)
    header, *others = (line.split(",") for line in rows.split())
    listed = [dict(zip(header, row, strict=True)) for row in others]
    (tmp_path / "fleet.json").write_text(json.dumps(listed, indent=1))
    for name in ("fleet.csv", "fleet.json"):
        found, _ = ask(tmp_path / name, "--kind", "identity")
        assert {
            ("mmsi:422123456", "imo_check_digit", "consistent"),
            ("mmsi:422123456", "mmsi_flag", "consistent"),
            ("mmsi:422123457", "imo_check_digit", "inconsistent"),
            ("mmsi:422123457", "mmsi_flag", "inconsistent"),
            ("icao24:730abc", "icao24_registration", "consistent"),
            ("icao24:0d8abd", "icao24_registration", "inconsistent"),
            ("icao24:730abc", "airframe_marks", "changed"),
        } <= checks(found)


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet"])
def test_identities_may_stand_beside_positions(tmp_path: Path, suffix: str) -> None:
    rows = [
        {"Vessel": "422123456", "Timestamp": moment(600 * n), "Latitude": 10.0 + 30 * (n % 2),
         "longitude": -64.0, "imo": "9074728", "flag": "PA", "name": "Alfa" if n < 3 else "Beta"}
        for n in range(6)
    ]  # fmt: skip
    path = tmp_path / f"fixes.{suffix}"
    if suffix == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif suffix == "csv":
        lines = [",".join(map(str, row.values())) for row in rows]
        path.write_text("\n".join([",".join(rows[0]), *lines]))
    else:
        path.write_text("\n".join(map(json.dumps, rows)))
    found, told = ask(path, "--kind", "identity", "--column", "craft_id=Vessel")
    assert "6 positions of 1 craft" in told
    assert checks(found) == {
        ("422123456", "imo_check_digit", "inconsistent"),
        ("422123456", "mmsi_flag", "inconsistent"),
        ("422123456", "mmsi_in_two_places", "inconsistent"),
        ("422123456", "statement_changed", "changed"),
    }


def test_flights_are_told_apart_by_either_rule(tmp_path: Path) -> None:
    lines = ["craft_id,time,lat,lon,altitude_ft,speed_kn,on_ground,callsign"]
    for n in range(120):
        callsign = "ONE" if n < 60 else "TWO"
        lines.append(f"icao24:730abc,{moment(60 * n)},{10 + n * 0.1},-60,30000,450,0,{callsign}")
    path = tmp_path / "flight.csv"
    path.write_text("\n".join(lines))
    assert len(ask(path, "--kind", "legs")[0]) == 1
    found, _ = ask(path, "--kind", "legs", "--legs", "opdi")
    assert [leg["callsign"] for leg in found] == ["ONE", "TWO"]
    assert {leg["parameters"]["flights"]["rule"] for leg in found} == {"opdi"}


def test_what_is_not_known_is_null_in_a_record() -> None:
    end = {"code": "", "lat": math.nan, "status": "unknown"}
    record = as_record("leg", "1", {"origin": end, "runway_on": "", "on_at": None}, {})
    assert record["origin"] == {"code": None, "lat": None, "status": "unknown"}
    assert record["runway_on"] is None and record["on_at"] is None
