"""OpenSky's state vectors: CSV and JSON, units, repeats, and files that are none."""

import io
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.itineraries.sources import opensky
from app.itineraries.sources.batch import Batch
from app.itineraries.sources.opensky import looks_like_opensky, read_opensky

HEADER = (
    "time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,alert,spi,squawk,"
    "baroaltitude,geoaltitude,lastposupdate,lastcontact"
)
ROW = (
    "1633608773,0d8123,10.6,-66.9,100.0,90.0,0.0,CV123  ,false,false,false,1000,"
    "304.8,330.1,1633608772.5,1633608773.1"
)
STATE = ["0d8123", "CV123  ", "Venezuela", 1633608770, 1633608772, -66.9, 10.6, 304.8, False, 100.0,
         90.0, 0.0, None, 330.0, "1000", False, 0, 1]  # fmt: skip


def read(content: str | bytes | Any) -> list[Batch]:
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = orjson.dumps(content)
    return list(read_opensky(io.BytesIO(content)))


def assert_is_the_fix(batch: Batch, time_s: float) -> None:
    fixes = batch.positions
    assert fixes.craft_ids == ("icao24:0d8123",)
    assert fixes.time_s.tolist() == [time_s]
    assert (fixes.lat[0], fixes.lon[0]) == (10.6, -66.9)
    assert fixes.speed_kn[0] == pytest.approx(194.384, abs=1e-3)
    assert fixes.altitude_ft[0] == pytest.approx(1000)
    assert (fixes.course_deg[0], fixes.on_ground[0]) == (90, 0)
    assert fixes.callsigns == ("CV123",)
    assert batch.statics[0].callsign == "CV123"


def test_historical_csv_is_read_with_the_time_of_the_position() -> None:
    [batch] = read(f"\ufeff{HEADER}\r\n{ROW}\r\n\r\n")
    assert_is_the_fix(batch, 1633608772.5)
    assert batch.rejects == []


def test_csv_with_the_names_of_the_rest_interface_is_read_too() -> None:
    text = (
        ",".join(opensky.STATE_COLUMNS)
        + "\n"
        + ",".join("" if v is None else str(v) for v in STATE)
    )
    [batch] = read(text)
    assert_is_the_fix(batch, 1633608770)


@pytest.mark.parametrize(
    "document",
    [
        {"time": 1633608773, "states": [STATE]},
        [STATE],
        {"time": 1, "states": [STATE[:17]]},
        {"time": 1, "states": [dict(zip(opensky.STATE_COLUMNS, STATE, strict=True))]},
    ],
)
def test_states_of_the_rest_interface_are_read(document: Any) -> None:
    [batch] = read(document)
    assert_is_the_fix(batch, 1633608770)
    [printed] = read(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    assert_is_the_fix(printed, 1633608770)


def test_answers_line_by_line_are_read_and_broken_ones_rejected() -> None:
    line = orjson.dumps({"time": 1633608773, "states": [STATE, None]})
    [batch] = read(b"\n".join([line, b'{"time": 1, "states": null}', b"{broken", line]))
    assert len(batch.positions) == 2
    assert [reject.line for reject in batch.rejects] == [2, 3, 4]


def test_tracks_of_the_rest_interface_are_read() -> None:
    path = [[1633608770, 10.6, -66.9, 304.8, 90, False], [1633608780, 10.6, -66.8, None, 90, True]]
    [batch] = read({"icao24": "0d8123", "callsign": "CV123 ", "startTime": 1, "path": path})
    assert batch.positions.on_ground.tolist() == [0, 1]
    assert batch.positions.time_s.tolist() == [1633608770, 1633608780]


def test_bad_rows_are_rejects_by_line_and_rows_without_a_place_are_counted() -> None:
    rows = [ROW, ROW.replace("0d8123", "zz"), ROW.replace("10.6", "x"), ROW.replace("10.6", "99"),
            ROW.replace("10.6", ""), "0d8123", ROW.replace("1633608772.5", "4")]  # fmt: skip
    [batch] = read("\n".join([HEADER, *rows]))
    assert len(batch.positions) == 1
    assert [reject.line for reject in batch.rejects] == [3, 4, 5, 7, 8]
    assert batch.unused == {"no position sent": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n1,2",
        b"icao24,lat\n1,2",
        b"{",
        b"[[",
        b"\x00\xff",
        b'{"states": 3}',
        b"[" * 9_999,
    ],
)
def test_what_is_no_opensky_file_gives_nothing_and_no_error(content: bytes) -> None:
    assert sum(len(batch.positions) for batch in read(content)) == 0


def test_long_files_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensky, "ROWS_A_BATCH", 10)
    batches = read("\n".join([HEADER, *[ROW] * 25]))
    assert [len(batch.positions) for batch in batches] == [10, 10, 5]
    assert sum(len(batch.statics) for batch in batches) == 1


def test_a_file_is_known_by_its_head() -> None:
    assert looks_like_opensky(HEADER.encode())
    assert looks_like_opensky(b'{"time":1633608773,"states":[')
    assert not looks_like_opensky(b"craft_id,time,lat,lon\n")
    assert not looks_like_opensky(b'{"icao":"0d8123","timestamp":1,"trace":[]}')


@given(st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    read(content)
    read(HEADER.encode() + b"\n" + content)
