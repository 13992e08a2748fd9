"""NMEA: every position report against pyais, times from wherever loggers write them, and broken lines."""

import io
import math
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from typing import Any

import numpy as np
import pyais
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyais.encode import encode_dict

from app.ingest.rejects import Reject
from app.itineraries.sources.ais_nmea import NmeaDecoder, looks_like_nmea, read_nmea
from app.itineraries.sources.batch import Batch, IdentityStatement, join_positions

NOON = 1_700_049_600.0
"""2023-11-15T12:00:00Z."""
REPORT = {
    "type": 1, "mmsi": 422_123_456, "lat": 10.25, "lon": -64.6, "speed": 9.5, "course": 90.0, "second": 7,
}  # fmt: skip


def sentences(**fields: Any) -> list[str]:
    return encode_dict(fields, radio_channel="A", talker_id="AI", sentence_type="VDM")


def sentence(**fields: Any) -> str:
    (only,) = sentences(**{**REPORT, **fields})
    return only


def read(*lines: str | bytes, started_at: float | None = NOON) -> Batch:
    content = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
    batches = list(read_nmea(io.BytesIO(content), started_at))
    unused: dict[str, int] = {}
    for batch in batches:
        for reason, count in batch.unused.items():
            unused[reason] = unused.get(reason, 0) + count
    return Batch(
        join_positions([batch.positions for batch in batches]),
        [statement for batch in batches for statement in batch.statics],
        [reject for batch in batches for reject in batch.rejects],
        sum(batch.lines for batch in batches),
        unused,
    )


def nmea(line: str) -> str:
    return f"{line}*{reduce(xor, line[1:].encode()):02X}"


def tagged(line: str, tag: str) -> str:
    return f"\\{tag}*{reduce(xor, tag.encode()):02X}\\{line}"


ANY_BITS = st.integers(0, 2**168 - 1)
LENGTHS = {1: 168, 2: 168, 3: 168, 9: 168, 18: 168, 19: 312, 27: 96}


def armoured(bits: int, length: int) -> str:
    values = [(bits >> (length - 6 * (n + 1))) & 63 for n in range(length // 6)]
    return "".join(chr(value + 48 if value < 40 else value + 56) for value in values)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(LENGTHS)), st.integers(0, 2**312 - 1), st.booleans())
def test_every_bit_is_read_as_pyais_reads_it(number: int, bits: int, near: bool) -> None:
    length = LENGTHS[number]
    bits = (bits & ((1 << length) - 1) & ~(63 << (length - 6))) | (number << (length - 6))
    if near:
        # A random position is mostly out of range: halve it, so that most are none.
        widths = (44, 62) if number == 27 else (61, 89) if number < 10 else (57, 85)
        for place in widths:
            second = length - place - 2
            sign = bits >> (second + 1) & 1
            bits = bits & ~(1 << second) | (sign << second)
    body = f"AIVDM,1,1,,A,{armoured(bits, length)},0"
    checksum = 0
    for character in body.encode():
        checksum ^= character
    line = f"!{body}*{checksum:02X}"
    theirs: Any = pyais.decode(line)
    ours = read(line)
    fixed = abs(theirs.lat) <= 90 and abs(theirs.lon) <= 180
    assert len(ours.positions) == fixed
    if not fixed:
        sent = theirs.lat != 91 and theirs.lon != 181
        assert len(ours.rejects) == sent and bool(ours.unused) != sent
        return
    positions = ours.positions
    assert positions.craft_ids == [f"mmsi:{theirs.mmsi:09d}"]
    assert positions.lat[0] == theirs.lat
    assert positions.lon[0] == (-180 if theirs.lon == 180 else theirs.lon)
    unsent = {27: 63, 9: 1023}.get(number, 102.3)
    assert (
        math.isnan(positions.speed_kn[0])
        if theirs.speed == unsent
        else (positions.speed_kn[0] == theirs.speed)
    )
    assert (
        math.isnan(positions.course_deg[0])
        if theirs.course >= 360
        else (positions.course_deg[0] == theirs.course)
    )
    if number == 9 and theirs.alt != 4095:
        assert positions.altitude_ft[0] == pytest.approx(theirs.alt / 0.3048)
    else:
        assert math.isnan(positions.altitude_ft[0])


@pytest.mark.parametrize(
    ("before", "after", "time_s"),
    [
        ("\\s:rx,c:1700000000*00\\", "", 1_700_000_000),
        ("\\g:1-1-7,s:rx,c:1700000000123*00\\", "", 1_700_000_000.123),
        ("2023-11-14T22:13:20Z ", "", 1_700_000_000),
        ("2023-11-14 22:13:20.5,", "", 1_700_000_000.5),
        ("2023-11-14T23:13:20+01:00 ", "", 1_700_000_000),
        ("[2023-11-14 22:13:20] ", "", 1_700_000_000),
        ("1700000000 ", "", 1_700_000_000),
        ("1700000000123,", "", 1_700_000_000.123),
        ("", ",r003669945,1700000000", 1_700_000_000),
        ("", ",1700000000", 1_700_000_000),
        ("", "\t2023-11-14 22:13:20", 1_700_000_000),
    ],
)
def test_times_from_wherever_loggers_write_them(before: str, after: str, time_s: float) -> None:
    found = read(before + sentence() + after, started_at=None)
    assert found.positions.time_s.tolist() == [time_s]
    assert not found.rejects


def test_a_gatehouse_line_times_the_sentence_after_it() -> None:
    found = read("$PGHP,1,2023,11,14,22,13,20,250,338,2,,1,09*17", sentence(), started_at=None)
    assert found.positions.time_s.tolist() == [1_700_000_000.25]


def test_a_sentence_without_a_time_has_the_last_one() -> None:
    found = read("\\c:1700000000*00\\" + sentence(), sentence(lat=11), "x", started_at=None)
    assert found.positions.time_s.tolist() == [1_700_000_000] * 2


def test_base_stations_and_seconds_time_a_file_without_times() -> None:
    station = sentences(
        type=4, mmsi=2_320_717, year=2023, month=11, day=15, hour=12, minute=0, second=50
    )
    before = [sentence(second=second) for second in (10, 60, 30, 44)]
    after = [sentence(second=second) for second in (52, 58, 3, 60)]
    found = read(*before, *station, *after, started_at=None)
    assert (found.positions.time_s - NOON).tolist() == [10, 30, 30, 44, 52, 58, 63, 63]


def station(at_s: float, mmsi: int = 2_320_717) -> str:
    at = datetime.fromtimestamp(at_s, UTC)
    (only,) = sentences(
        type=4, mmsi=mmsi, year=at.year, month=at.month, day=at.day, hour=at.hour, minute=at.minute,
        second=at.second,
    )  # fmt: skip
    return only


def test_a_base_station_with_a_wrong_clock_is_not_believed() -> None:
    clocks = [0, 2, -86_400, 4, 86_400, 6, -20, 8]
    lines = [
        line for clock in clocks for line in (station(NOON + clock), sentence(second=clock % 60))
    ]
    found = read(*lines, started_at=None)
    assert np.abs(found.positions.time_s - NOON).max() < 60
    later = read(
        *(station(NOON + hours * 3600) + "\n" + sentence(second=60) for hours in (0, 9, 9, 5, 5))
    )
    assert ((later.positions.time_s - NOON) / 3600).tolist() == [0, 9, 9, 5, 5]


GPS = "GPRMC,120000.00,A,1015.0,N,06436.0,W,0.0,,151123,,,A"


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (nmea("$" + GPS), True),
        (nmea("$GPZDA,120000,15,11,2023,00,00"), True),
        ("[x] " + nmea("$" + GPS), True),
        (nmea("$" + GPS.replace(",A,", ",V,")), False),
        (nmea("$GPZDA,,,,,,"), False),
        (nmea("$GPZDA,120000,31,02,2023,00,00"), False),
        ("$" + GPS + "*00", False),
        ("$" + GPS, False),
    ],
)
def test_a_gps_receiver_times_what_comes_after_it(line: str, known: bool) -> None:
    found = read(line, sentence(second=30), started_at=None)
    assert found.positions.time_s.tolist() == [NOON] * known
    assert found.unused == {"no AIS sentence": 1}
    assert len(found.rejects) == (not known)


def test_seconds_count_on_from_a_given_start() -> None:
    found = read(*(sentence(second=second) for second in (5, 30, 59, 2, 40, 10)))
    assert (found.positions.time_s - NOON).tolist() == [5, 30, 59, 62, 100, 130]


def test_what_was_not_sent_is_nothing() -> None:
    unsent = {"speed": 102.3, "course": 360, "heading": 511}
    (speed,), (course,) = (
        getattr(read(sentence(**unsent)).positions, name) for name in ("speed_kn", "course_deg")
    )
    assert np.isnan(speed) and np.isnan(course)
    far = {**REPORT, "type": 27, "speed": 63, "course": 511}
    assert np.isnan(read(*sentences(**far)).positions.speed_kn[0])
    for place in ({"lat": 91}, {"lon": 181}):
        found = read(sentence(**place))
        assert (
            not len(found.positions)
            and found.unused == {"no position sent": 1}
            and not found.rejects
        )


STATIC: dict[str, Any] = {
    "type": 5, "mmsi": 422_123_456, "imo": 9_074_729, "callsign": "EPAB1", "shipname": "SYNTHETIC STAR",
    "ship_type": 80, "to_bow": 200, "to_stern": 50, "to_port": 20, "to_starboard": 22, "draught": 15.5,
    "destination": "JOSE",
}  # fmt: skip
SAID = IdentityStatement(
    "mmsi:422123456", NOON, name="SYNTHETIC STAR", callsign="EPAB1", imo="9074729", ship_type=80,
    length_m=250, beam_m=42, draught_m=15.5, destination="JOSE",
)  # fmt: skip


def test_statements_come_in_parts_and_only_when_they_change() -> None:
    first, second = sentences(**STATIC)
    found = read(first, sentence(second=0), second, first, second)
    assert found.statics == [SAID]
    assert not found.rejects
    found = read(first, second, *sentences(**{**STATIC, "destination": "AMUAY"}))
    assert [said.destination for said in found.statics] == ["JOSE", "AMUAY"]


def test_statements_of_class_b() -> None:
    part_a = {"type": 24, "partno": 0, "mmsi": 775_000_001, "shipname": "LITTLE ONE"}
    part_b = {"type": 24, "partno": 1, "mmsi": 775_000_001, "callsign": "YV1", "ship_type": 30}
    extended = {**REPORT, "type": 19, "shipname": "MIDDLE ONE", "ship_type": 37}
    found = read(*sentences(**part_a), *sentences(**part_b), *sentences(**extended))
    assert [said.name for said in found.statics] == ["LITTLE ONE", None, "MIDDLE ONE"]
    assert [said.callsign for said in found.statics] == [None, "YV1", None]
    assert len(found.positions) == 1


def test_parts_in_a_tag_block_group_have_the_time_of_the_first() -> None:
    first, second = sentences(**STATIC)
    found = read(
        tagged(first, "g:1-2-99,s:rx,c:1700000000"), tagged(second, "g:2-2-99"), started_at=None
    )
    assert [said.time_s for said in found.statics] == [1_700_000_000]


def test_parts_across_calls_and_parts_that_never_come() -> None:
    first, second = (line.encode() + b"\n" for line in sentences(**STATIC))
    decoder = NmeaDecoder()
    assert not decoder.decode(first, NOON).statics
    assert decoder.decode(second, NOON + 1).statics == [SAID]
    assert not decoder.decode(second, NOON).rejects
    others = decoder.decode((sentence() + "\n").encode() * 11, NOON)
    assert others.rejects == [Reject(3, "part of a message without the rest")]
    assert not decoder.decode(first, NOON).statics
    assert decoder.finish() == [Reject(15, "part of a message without the rest")]


def test_parts_that_a_network_brought_out_of_order() -> None:
    jose = sentences(**STATIC)
    amuay = encode_dict({**STATIC, "destination": "AMUAY"}, sentence_type="VDM", seq_id=1)
    found = read(jose[1], amuay[1], amuay[0], jose[0])
    assert [said.destination for said in found.statics] == ["AMUAY", "JOSE"]
    assert not found.rejects
    far = read(jose[1], *[sentence()] * 11, jose[0], jose[1])
    assert [said.destination for said in far.statics] == ["JOSE"]
    assert far.rejects == [Reject(1, "part of a message without the rest")]


def test_a_receiver_times_what_carries_no_time() -> None:
    line = (sentence() + "\n").encode()
    decoder = NmeaDecoder()
    stamped = b"\\c:1700000000*00\\" + line
    found = decoder.decode(stamped + line, NOON)
    assert found.positions.time_s.tolist() == [1_700_000_000, NOON]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (sentence()[:30], "a cut-off or malformed AIS sentence"),
        (sentence()[:-2], "a cut-off or malformed AIS sentence"),
        (sentence()[:-2] + "00", "the checksum is wrong"),
        ("!AIVDM,1,1,,A,,0*26", "an empty payload"),
        ("!AIVDM,1,1,,A,1,0*17", "message type 1 is too short"),
        ("time,craft_id,lat,lon", "no NMEA sentence"),
        ("1700000000,a,10,-64", "no NMEA sentence"),
        (b"\xff\xfe\x00garbage", "no NMEA sentence"),
        ("\\c:1*00\\" + "x" * 300 + "VDM", "a cut-off or malformed AIS sentence"),
    ],
)
def test_a_broken_line_is_told_and_the_others_are_read(line: str | bytes, reason: str) -> None:
    found = read(sentence(), line, sentence(lat=11))
    assert found.rejects == [Reject(2, reason)]
    assert found.positions.lat.tolist() == [10.25, 11]
    assert found.lines == 3


def test_other_lines_are_counted_and_not_faults() -> None:
    station = sentences(type=4, mmsi=2_320_717, year=2023)
    found = read(
        "# a comment on !AIVDM",
        "",
        "2023-11-14 22:13:20 $GPGGA,1*00",
        *station,
        *sentences(type=21, mmsi=992_000_001),
    )
    assert not found.rejects and not len(found.positions)
    assert found.unused == {"no AIS sentence": 3, "message type 4": 1, "message type 21": 1}


def test_wild_clocks_are_told() -> None:
    lines = [
        tagged(sentence(), f"c:{seconds}")
        for seconds in (1_000_000_000, 4_070_908_800, 100_000_000)
    ]
    found = read(*lines, started_at=None)
    assert found.positions.time_s.tolist() == [1_000_000_000]
    assert found.rejects == [Reject(line, "time outside 1990-2049") for line in (2, 3)]


def test_a_line_without_an_end_takes_no_memory() -> None:
    found = list(read_nmea(io.BytesIO(b"!AIVDM," + b"x" * 5_000_000)))
    assert sum(len(batch.rejects) for batch in found) < 10


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=90), max_size=10))
def test_no_bytes_bring_it_down(lines: list[bytes]) -> None:
    content = (b"\n").join([*lines, sentence().encode()])
    found = list(read_nmea(io.BytesIO(content), NOON))
    assert sum(len(batch.positions) for batch in found) >= 1 or b"!" in b"".join(lines) + b"\\"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_file_loses_what_is_damaged_only(data: st.DataObject) -> None:
    good = [sentence(lat=n, second=n) for n in range(10)]
    lines = [line.encode() for line in [*good, *sentences(**STATIC)]]
    row = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[row]) - 1))
    lines[row] = lines[row][:place] + data.draw(st.binary(max_size=3)) + lines[row][place + 1 :]
    found = read(*lines)
    lost = len(good) - len(found.positions)
    assert lost <= 1 and (row < 10 or not lost)


def test_what_looks_like_nmea() -> None:
    ship = "$GPGGA,1,2*00\n2023-11-14 22:13:20 $GPRMC,1,2*00\n" * 300 + sentence()
    assert looks_like_nmea(ship.encode())
    assert not looks_like_nmea(b"$GPGGA,1,2*00\n")
    assert looks_like_nmea(f"# log\n{sentence()}\n".encode())
    assert looks_like_nmea(tagged(sentence(), "c:1700000000").encode())
    assert not looks_like_nmea(b"craft_id,time,lat,lon\na,1,2,3\n")
    assert not looks_like_nmea(b"")


def test_the_same_as_pyais_over_a_mixed_file() -> None:
    random = np.random.default_rng(11)
    lines = []
    for _ in range(500):
        fields = {
            "mmsi": int(random.integers(200_000_000, 776_000_000)),
            "lat": random.uniform(-90, 90), "lon": random.uniform(-180, 180),
            "speed": random.uniform(0, 60), "course": random.uniform(0, 359),
        }  # fmt: skip
        lines += sentences(type=int(random.choice([1, 2, 3, 18, 19, 27])), **fields)
    theirs = [message.decode() for message in pyais.IterMessages([line.encode() for line in lines])]
    ours = read(*lines).positions
    expected = [(f"mmsi:{m.mmsi:09d}", m.lat, m.lon, m.speed) for m in theirs]  # type: ignore[union-attr]
    crafts = [ours.craft_ids[craft] for craft in ours.craft]
    assert list(zip(crafts, ours.lat, ours.lon, ours.speed_kn, strict=True)) == expected
