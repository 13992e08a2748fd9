"""Tables of positions and AIS as CSV: names, times, faults by line, packed files and bombs."""

import gzip
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ingest.rejects import Reject
from app.itineraries.sources.ais_csv import looks_like_ais_csv, read_ais_csv
from app.itineraries.sources.batch import Batch, join_positions
from app.itineraries.sources.file_format import FileFormat
from app.itineraries.sources.formats import ReadOptions, read_batches, sniff_format
from app.itineraries.sources.opening import MIN_CAP_BYTES, UnreadableError, open_source
from app.itineraries.sources.position_table import read_positions_csv, read_positions_ndjson

NOON_S = 1_700_049_600.0
DANISH = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,"
    "Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,"
    "ETA,Data source type,A,B,C,D"
)
DANISH_ROW = (
    "31/12/2015 23:59:59,Class A,219000429,57.1,10.2,Under way using engine,0.0,11.2,45.1,44,9074729,"
    "OWNM2,SYNTHETIC,Tanker,No additional information,12,80,GPS,4.3,AALBORG,01/01/2016 06:00:00,AIS,40,40,6,6"
)
CADASTRE_2024 = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,"
    "Draft,Cargo,TransceiverClass\n"
    "219000429,2015-12-31T23:59:59,57.1,10.2,11.2,45.1,511.0,SYNTHETIC,IMO9074729,OWNM2,80,0,80,12,4.3,80,A\n"
)
CADASTRE_2025 = (
    "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,vessel_type,status,"
    "length,width,draft,cargo,transceiver\n"
    "219000429,2015-12-31 23:59:59,10.2,57.1,11.2,45.1,511,SYNTHETIC,IMO9074729,OWNM2,80,0,80,12,4.3,80,A\n"
)


def csv(text: str, columns: dict[str, str] | None = None) -> Batch:
    return joined(list(read_positions_csv(io.BytesIO(text.encode()), columns)))


def joined(batches: list[Batch]) -> Batch:
    return Batch(
        join_positions([batch.positions for batch in batches]),
        [said for batch in batches for said in batch.statics],
        [reject for batch in batches for reject in batch.rejects],
        sum(batch.lines for batch in batches),
        {reason: count for batch in batches for reason, count in batch.unused.items()},
    )


@pytest.mark.parametrize(
    ("text", "time_s"),
    [
        ("2023-11-15T12:00:00Z", NOON_S),
        ("2023-11-15T12:00:00.250Z", NOON_S + 0.25),
        ("2023-11-15 12:00:00", NOON_S),
        ("2023-11-15T14:00:00+02:00", NOON_S),
        ("2023-11-15T12:00:00.123456789Z", NOON_S + 0.123456),
        ("1700049600", NOON_S),
        ("1700049600.5", NOON_S + 0.5),
        ("1700049600250", NOON_S + 0.25),
    ],
)
def test_times(text: str, time_s: float) -> None:
    alone = csv(f"craft_id,time,lat,lon\na,{text},1,2\n")
    beside_others = csv(f"craft_id,time,lat,lon\na,{text},1,2\nb,never,1,2\nc,1700049600,1,2\n")
    assert alone.positions.time_s.tolist() == [pytest.approx(time_s, abs=1e-6)]
    assert beside_others.positions.time_s[0] == pytest.approx(time_s, abs=1e-6)
    assert beside_others.rejects == [Reject(3, "time is not a date and time")]


def test_faults_are_told_by_line_and_blank_lines_are_none() -> None:
    found = csv(
        "time,craft_id,lat,lon,speed_kn,callsign,on_ground\n"  # 1
        "1700049600,a,1,2,3.5,XY1,true\n"  # 2
        "\n"  # 3
        "1700049600,b,1\n"  # 4
        "1700049600,c,NaN,2,,,\n"  # 5
        "1700049600,d,95,2,,,\n"  # 6
        "0,e,1,2,,,\n"  # 7
        "4070908800,f,1,2,,,\n"  # 8
        "1700049600,,1,2,,,\n"  # 9
        "1700049600,g,1,180,x,,0\n"  # 10
        "1700049600,h,1,inf,,,\n"  # 11
    )
    assert found.rejects == [
        Reject(4, "3 columns, not 7"),
        Reject(5, "lat or lon is not a number"),
        Reject(6, "position out of range"),
        Reject(7, "time outside 1990-2049"),
        Reject(8, "time outside 1990-2049"),
        Reject(9, "craft_id is empty or too long"),
        Reject(11, "lat or lon is not a number"),
    ]
    fixes = found.positions
    assert fixes.craft_ids == ["a", "g"] and fixes.lon.tolist() == [2, -180]
    assert fixes.speed_kn[0] == 3.5 and np.isnan(fixes.speed_kn[1])
    assert fixes.callsigns == ["XY1"] and fixes.callsign.tolist() == [0, -1]
    assert fixes.on_ground.tolist() == [1, 0]


def test_lines_hold_over_many_blocks() -> None:
    lines = ["a,1700049600,1,2" if n % 7 else "cut,short" for n in range(2, 400_002)]
    found = csv("craft_id,time,lat,lon\n" + "\n".join(lines))
    assert [reject.line for reject in found.rejects] == list(range(7, 400_002, 7))
    assert len(found.positions) + len(found.rejects) == found.lines == 400_000


def test_columns_by_other_names() -> None:
    found = csv(
        "vessel;when;Latitude;LON\n7;1700049600;1,5;2\n", {"craft_id": "vessel", "time": "when"}
    )
    assert found.positions.craft_ids == ["7"] and found.positions.lat.tolist() == [1.5]
    with pytest.raises(UnreadableError, match="no column 'craft_id'; it has vessel, time"):
        csv("vessel,time,lat,lon\n")
    with pytest.raises(UnreadableError, match="no column 'nothing'"):
        csv("vessel,time,lat,lon\n", {"craft_id": "nothing"})
    with pytest.raises(UnreadableError, match="no column 'weight' to fill"):
        csv("craft_id,time,lat,lon\n", {"weight": "lat"})


def test_json_lines() -> None:
    content = (
        b'{"craft_id": "a", "time": "2023-11-15T12:00:00Z", "lat": 1, "lon": 2, "on_ground": true}\n'
        b'\n{"craft_id": "b", "time": 1700049600, "lat": null, "lon": 2}\nno json\n[1]\n'
        b'{"craft_id": 7, "time": 1700049600.5, "lat": 1, "lon": "2", "speed_kn": {"x": 1}}\n'
    )
    found = joined(list(read_positions_ndjson(io.BytesIO(content))))
    assert found.positions.craft_ids == ["a", "7"]
    assert found.positions.time_s.tolist() == [NOON_S, NOON_S + 0.5]
    assert found.rejects == [
        Reject(3, "lat or lon is not a number"),
        Reject(4, "no JSON, or a line over 1 MB"),
        Reject(5, "no JSON object"),
    ]


def test_json_lines_with_numbers_that_are_none() -> None:
    content = (
        b'{"craft_id": "a", "time": 1700049600, "lat": 1, "lon": 2, "speed_kn": NaN,'
        b' "altitude_ft": Infinity}\n'
        b'{"craft_id": "a", "time": 1700049660, "lat": NaN, "lon": 2}\n'
        b'{"craft_id": NaN,\n' + b"[" * 100_000 + b"NaN\n"
    )
    found = joined(list(read_positions_ndjson(io.BytesIO(content))))
    assert found.positions.time_s.tolist() == [NOON_S]
    assert np.isnan([found.positions.speed_kn[0], found.positions.altitude_ft[0]]).all()
    assert found.rejects == [
        Reject(2, "lat or lon is not a number"),
        Reject(3, "no JSON, or a line over 1 MB"),
        Reject(4, "no JSON, or a line over 1 MB"),
    ]


def test_parquet_with_types_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "fixes.parquet"
    columns = {
        "craft_id": pa.array([422_123_456, 422_123_456]).dictionary_encode(),
        "time": pa.array([datetime(2023, 11, 15, 12, tzinfo=UTC)] * 2, pa.timestamp("ms", "UTC")),
        "lat": pa.array([1.0, None], pa.float32()),
        "lon": pa.array([2, 3], pa.int64()),
    }
    pq.write_table(pa.table(columns), path)
    found = joined(list(read_batches(path)))
    assert found.positions.craft_ids == ["422123456"] and found.positions.time_s.tolist() == [
        NOON_S
    ]
    assert found.rejects == [Reject(2, "lat or lon is not a number")]
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableError, match="no Parquet"):
        list(read_batches(path))


@pytest.mark.parametrize("text", [f"{DANISH}\n{DANISH_ROW}\n", CADASTRE_2024, CADASTRE_2025])
def test_the_two_authorities_say_the_same(text: str) -> None:
    assert looks_like_ais_csv(text.encode())
    found = joined(list(read_ais_csv(io.BytesIO(text.encode()))))
    fixes = found.positions
    assert fixes.craft_ids == ["mmsi:219000429"]
    assert (fixes.time_s[0], fixes.lat[0], fixes.lon[0]) == (1_451_606_399, 57.1, 10.2)
    assert (fixes.speed_kn[0], fixes.course_deg[0]) == (11.2, 45.1)
    (said,) = found.statics
    assert (said.name, said.imo, said.callsign, said.ship_type) == (
        "SYNTHETIC",
        "9074729",
        "OWNM2",
        80,
    )
    assert (said.length_m, said.beam_m, said.draught_m) == (80, 12, 4.3)


def test_who_a_vessel_is_may_stand_where_no_position_was_sent() -> None:
    silent = DANISH_ROW.replace("57.1,10.2", "91,0")
    nameless = DANISH_ROW.replace("SYNTHETIC", "").replace("9074729", "Unknown")
    found = joined(list(read_ais_csv(io.BytesIO(f"{DANISH}\n{silent}\n{nameless}\n".encode()))))
    assert len(found.positions) == 1 and found.unused == {"no position sent": 1}
    assert [(said.name, said.imo) for said in found.statics] == [
        ("SYNTHETIC", "9074729"),
        (None, None),
    ]


def test_american_oddities() -> None:
    rows = [
        CADASTRE_2024.replace("45.1", course).replace(",80,", f",{kind},")
        for course, kind in (("-109.6", "1024"), ("-49.6", "1005"), ("45.1", "31"))
    ]
    found = joined([batch for text in rows for batch in read_ais_csv(io.BytesIO(text.encode()))])
    assert found.positions.course_deg.tolist()[::2] == [300, 45.1]
    assert np.isnan(found.positions.course_deg[1])
    assert [said.ship_type for said in found.statics] == [80, 90, 31]
    generic = CADASTRE_2024.replace("BaseDateTime", "Timestamp").replace("45.1", "-109.6")
    assert np.isnan(joined(list(read_ais_csv(io.BytesIO(generic.encode())))).positions.course_deg)


def test_danish_oddities() -> None:
    rows = [
        DANISH_ROW,
        DANISH_ROW.replace("Class A", "Base Station"),
        DANISH_ROW.replace("57.1", "91.0"),
        DANISH_ROW.replace("11.2,45.1", "102.3,360.0"),
        DANISH_ROW.replace("31/12/2015", "31/02/2015"),
        DANISH_ROW.replace("219000429", "abc"),
    ]
    found = joined(list(read_ais_csv(io.BytesIO("\n".join([DANISH, *rows]).encode()))))
    assert np.isnan(found.positions.speed_kn).tolist() == [False, True]
    assert np.isnan(found.positions.course_deg).tolist() == [False, True]
    assert found.unused == {"no position sent": 1, "no craft": 1}
    assert found.rejects == [Reject(6, "time is not a date and time"), Reject(7, "no MMSI")]
    assert len(found.statics) == 1 and found.lines == 6


def test_packed_files(tmp_path: Path) -> None:
    plain = CADASTRE_2025.encode()
    (tmp_path / "a.csv").write_bytes(plain)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(plain))
    (tmp_path / "a.csv.zst").write_bytes(pa.compress(plain, "zstd", asbytes=True))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", plain)
    for path in tmp_path.iterdir():
        assert joined(list(read_batches(path))).positions.craft_ids == ["mmsi:219000429"], path


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_bombs_are_not_unpacked(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"bomb.{kind}"
    content = b"craft_id,time,lat,lon\n" + b"a,1700049600,1,2\n" * 8_000_000
    if kind == "gz":
        path.write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", content)
    read = 0

    def unpack() -> None:
        nonlocal read
        with open_source(path) as stream:
            while chunk := stream.read(1 << 20):
                read += len(chunk)

    with pytest.raises(UnreadableError, match="unpacks to more than"):
        unpack()
    assert read <= max(MIN_CAP_BYTES, 200 * path.stat().st_size)


def test_broken_archives(tmp_path: Path) -> None:
    whole = gzip.compress(CADASTRE_2025.encode() * 100)
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "a")
        archive.writestr("b.csv", "b")
    (tmp_path / "cut.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "not.gz").write_bytes(b"\x1f\x8bnothing of the kind")
    (tmp_path / "not.zip").write_bytes(b"PK\x03\x04nothing of the kind")
    (tmp_path / "not.zst").write_bytes(b"\x28\xb5\x2f\xfdnothing of the kind")
    for path in (*tmp_path.iterdir(), tmp_path / "missing", tmp_path):
        with pytest.raises(UnreadableError):
            list(read_batches(path))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"craft_id,time,lat,lon\n", FileFormat.CSV),
        (b"\xef\xbb\xbfvessel\tt\tlat\tlon\n", FileFormat.CSV),
        (b'{"craft_id": "a"}\n', FileFormat.NDJSON),
        (b'{"icao": "730abc", "timestamp": 1.0, "trace": []}', FileFormat.TRACE),
        (b'{"time": 1, "states": []}', FileFormat.OPENSKY),
        (b"time,icao24,lat,lon,velocity,heading\n", FileFormat.OPENSKY),
        (DANISH.encode(), FileFormat.AIS_CSV),
        (CADASTRE_2024.encode(), FileFormat.AIS_CSV),
        (b"PAR1", FileFormat.PARQUET),
    ],
)
def test_kinds_are_told_by_their_first_bytes(head: bytes, kind: FileFormat) -> None:
    assert sniff_format(head) is kind


@pytest.mark.parametrize("head", [b"", b"\x7fELF\x00\x00", b"some words\nand more\n"])
def test_what_is_no_table_is_told(head: bytes) -> None:
    with pytest.raises(UnreadableError, match="--format"):
        sniff_format(head)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8), st.sampled_from(list(FileFormat)))
def test_no_bytes_bring_a_reader_down(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], kind: FileFormat
) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    starts = {FileFormat.CSV: b"craft_id,time,lat,lon", FileFormat.AIS_CSV: DANISH.encode()}
    path.write_bytes(b"\n".join([starts.get(kind, b""), *lines]))
    try:
        found = list(read_batches(path, ReadOptions(kind)))
    except UnreadableError:
        return
    assert all(np.isfinite(batch.positions.lat).all() for batch in found)
