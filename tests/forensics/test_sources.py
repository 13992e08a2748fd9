"""Users' tables: every kind of file, every row taken or told of."""

import csv
import gzip
import tempfile
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forensics.sources import shares, tables
from app.forensics.sources.regular_csv import IrregularError
from app.forensics.sources.shares import read_shares
from app.forensics.sources.tables import TableError, read_batches
from app.forensics.sources.times import parse_time, parse_times
from app.ingest.rejects import Reject

COLUMNS = {"account": "account_id", "object": "object_id", "content": "content_id", "time": "at"}
HEADER = "account_id,object_id,content_id,at\n"


def _read(path: Path) -> tuple[list[tuple[Any, ...]], list[Reject]]:
    rejects: list[Reject] = []
    read = read_shares(path, COLUMNS, {"text": "text"}, rejects.append)
    columns = [
        pa.chunked_array(one, pa.string()).to_pylist() for one in (read.account, read.object)
    ]
    times = [int(one) for array in read.at_us for one in array]
    return list(zip(*columns, times, strict=True)), rejects


def _written(tmp_path: Path, content: str | bytes, name: str = "f") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


TWO = [("a", "o", 1_500_000), ("b", "ó", 1_577_836_800_000_000)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_what_spreadsheets_save(tmp_path: Path, encoding: str) -> None:
    content = HEADER.replace(",", "\t") + '"a"\t"o"\t1\t1.5\r\nb\tó\t2\t2020-01-01 00:00:00\r\n'
    assert _read(_written(tmp_path, content.encode(encoding))) == (TWO, [])


@pytest.mark.parametrize(
    "time",
    [
        "1577836800000",  # milliseconds
        "Wed Jan 01 00:00:00 +0000 2020",
        "2020-01-01 00:00:00 UTC",
        "Wed, 01 Jan 2020 00:00:00 GMT",
        "01-Jan-2020 12:00AM",
    ],
)
def test_times_of_exports(tmp_path: Path, time: str) -> None:
    content = f'{HEADER}a,o,1,1.5\nb,ó,2,"{time}"\n'
    assert _read(_written(tmp_path, content)) == (TWO, [])


@pytest.mark.parametrize("time", ["2020-01-01", "03/04/2020 10:00", "2020-01-01 00:00:00 CST6CDT"])
def test_times_that_could_be_read_in_several_ways_are_refused(tmp_path: Path, time: str) -> None:
    rows, rejects = _read(_written(tmp_path, f"{HEADER}a,o,1,1.5\nb,ó,2,{time}\n"))
    assert rows == TWO[:1]
    assert [reject.line for reject in rejects] == [3]
    assert time in rejects[0].reason


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "a,o,1,1.5\nb,ó,2,2020-01-01T00:00:00Z\n",
        "\ufeff" + HEADER + '"a",o,1,1.5\r\nb,ó,2,2020-01-01 00:00:00\r\n',
        "at;content_id;other;object_id;account_id\n1.5;1;x;o;a\n2019-12-31T20:00:00-04:00;2;;ó;b",
        '{"account_id":"a","object_id":"o","content_id":1,"at":1.5}\n\n'
        '{"account_id":"b","object_id":"ó","content_id":2,"at":"2020-01-01T00:00:00Z","x":[]}',
    ],
)
def test_kinds_of_text(tmp_path: Path, content: str) -> None:
    assert _read(_written(tmp_path, content)) == (TWO, [])
    assert _read(_written(tmp_path, gzip.compress(content.encode()), "f.gz")) == (TWO, [])


@pytest.mark.parametrize(
    "times",
    [
        pa.array([1.5, 1_577_836_800]),
        pa.array([1_500, 1_577_836_800_000], pa.timestamp("ms", "UTC")),
        pa.array(["1970-01-01T00:00:01.5Z", "2020-01-01T00:00:00Z"]),
    ],
)
def test_parquet(tmp_path: Path, times: pa.Array) -> None:
    table = pa.table(
        {"account_id": ["a", "b"], "object_id": ["o", "ó"], "content_id": [1, 2], "at": times}
    )
    pq.write_table(table, tmp_path / "f")
    assert _read(tmp_path / "f") == (TWO, [])


def test_what_cannot_be_read_is_told_by_line(tmp_path: Path) -> None:
    rows = [
        "a,o,1,1.5", "a,o,1", ",o,1,2", "a,o,1,yesterday", "a,o,1,", f"a,o,1,{10**30}",
        '"a,o', 'x",o,1,2', "b,ó,2,2020-01-01T00:00:00Z", "\xff,o,1,2", "a,o,1,nan", "a,o,1,2020-01-01",
    ]  # fmt: skip
    content = HEADER.encode() + "\n".join(rows).encode("latin-1").replace(b"\xf3", "ó".encode())
    found, rejects = _read(_written(tmp_path, content))
    assert found == [("a", "o", 1_500_000), ("a,o\nx", "o", 2_000_000), TWO[1]]
    assert [one.line for one in rejects] == [3, 4, 5, 6, 7, 11, 12, 13]
    reasons = " ".join(one.reason for one in rejects)
    for word in ("3 fields", "no account", "'yesterday'", "no time", "years 1 to 9999", "no UTF-8"):
        assert word in reasons


def test_json_lines_that_are_no_shares(tmp_path: Path) -> None:
    good = {"account_id": 1, "object_id": "o", "content_id": "c", "at": 3}
    lines = [
        orjson.dumps(good), b"{", b"[]", b'{"account_id":true,"object_id":"o","content_id":"c","at":3}',
        orjson.dumps({**good, "object_id": ["o"]}), b"[" * 100_000, orjson.dumps({**good, "at": None}),
        orjson.dumps({**good, "object_id": "o" * 5_000}), b'{"account_id":"\xff"}',
    ]  # fmt: skip
    found, rejects = _read(_written(tmp_path, b"\n".join(lines)))
    assert found == [("1", "o", 3_000_000)]
    assert [one.line for one in sorted(rejects, key=lambda one: one.line)] == [*range(2, 10)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        ("a,b\n1,2\n", "no column 'account_id'"),
        ('{"a": 1}', "no column 'account_id'"),
        ("[\n{}]", "one object a line"),
        (b"\0\1\2", "binary"),
        (b"PAR1 is no Parquet", "no Parquet"),
        (gzip.compress(b"account_id" * 1_000, mtime=0)[:-9], "gzip"),
        (b"\x1f\x8b broken", "gzip"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(TableError, match=message):
        _read(_written(tmp_path, content))


def test_no_file_and_no_end_of_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(TableError, match=str(path)):
            _read(path)
    monkeypatch.setattr(tables, "MAX_LINE_BYTES", 1_000_000)
    bomb = gzip.compress((HEADER + "a" * 3_000_000).encode())
    with pytest.raises(TableError, match="longer than 1 MB"):
        _read(_written(tmp_path, bomb))


def _irregular(*_: object) -> None:
    raise IrregularError


_CELL = st.one_of(
    st.sampled_from(["1", "2.5", "2020-01-01T00:00:00Z", ""]), st.text('ab ",é', max_size=4)
)


@given(st.lists(st.lists(_CELL, min_size=4, max_size=4), max_size=8), st.booleans())
def test_the_fast_reader_gives_what_the_careful_one_does(
    rows: list[list[str]], packed: bool
) -> None:
    written = StringIO(newline="")
    csv.writer(written).writerows([HEADER.strip().split(","), *rows])
    content = written.getvalue().encode()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        path = _written(Path(folder), gzip.compress(content) if packed else content)
        fast = _read(path)
        patched.setattr(shares, "read_regular", _irregular)
        assert fast == _read(path)


def test_batches_keep_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BATCH_ROWS", 2)
    path = _written(tmp_path, "x,y\n" + "".join(f"{i},v\n" for i in range(5)))
    batches = list(read_batches(path, {"x": "x"}, {"z": "z"}))
    assert [list(batch.lines) for batch in batches] == [[2, 3], [4, 5], [6]]
    assert all(set(batch.values) == {"x"} for batch in batches)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)))
def test_times_survive_in_either_form(instant: datetime) -> None:
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    text = instant.isoformat()
    assert parse_time(text) == micros
    assert parse_times([text, text]).tolist() == [micros, micros]  # type: ignore[union-attr]
    if abs(micros) < 2**52:
        assert parse_time(micros / 1_000_000) == micros


@given(st.lists(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none())))
def test_many_at_once_agree_with_one_by_one(values: list[Any]) -> None:
    together = parse_times(values)
    if together is not None:
        assert together.tolist() == [parse_time(value) for value in values]
