"""Trace files of readsb and tar1090: their rows, oddities, and files that are none."""

import io
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.itineraries.sources import adsb_trace
from app.itineraries.sources.adsb_trace import looks_like_trace, read_adsb_trace
from app.itineraries.sources.batch import Batch

START = 1_738_703_622.5


def read(document: Any) -> list[Batch]:
    content = document if isinstance(document, bytes) else orjson.dumps(document)
    return list(read_adsb_trace(io.BytesIO(content)))


def trace(*rows: Any, **about: Any) -> dict[str, Any]:
    return {"icao": "0D8123", "timestamp": START, "trace": list(rows), **about}


def test_a_row_becomes_a_fix() -> None:
    detail = {"flight": "VCV3531 ", "squawk": "4637"}
    [batch] = read(
        trace(
            [0.0, 10.5, -67.0, "ground", 12.5, 90.0, 1, None, None, "adsb_icao", None, None],
            [8.5, 10.6, -67.1, 1200, 155.5, 91.5, 0, 64, detail, "adsb_icao", 1350, 64, 150, 0.0],
            [9.5, 10.7, 180, None, None, None, 0, None, None, "mlat", 2000, None, None, None],
            r="YV3531",
            t="B743",
            desc="BOEING 747-300",
            ownOp="EMTRASUR",
        )
    )
    fixes = batch.positions
    assert fixes.craft_ids == ("icao24:0d8123",)
    assert fixes.time_s.tolist() == [START, START + 8.5, START + 9.5]
    assert fixes.on_ground.tolist() == [1, 0, -1]
    assert np.isnan(fixes.altitude_ft[0])
    assert fixes.altitude_ft[1:].tolist() == [1200, 2000]  # the geometric one where no other is
    assert fixes.lon.tolist() == [-67.0, -67.1, -180]
    assert fixes.callsigns == ("VCV3531",)
    assert fixes.callsign.tolist() == [-1, 0, 0]
    about, said = batch.statics
    assert (about.registration, about.aircraft_type, about.operator) == (
        "YV3531",
        "B743",
        "EMTRASUR",
    )
    assert (said.callsign, said.time_s) == ("VCV3531", START + 8.5)


def test_rows_of_the_short_old_form_are_read() -> None:
    [batch] = read(trace([0, 1, 2, 3000, 100, 90, 0, 0], [5, 1, 2, 3000, 100, 90, 0, 0, None]))
    assert len(batch.positions) == 2


def test_bad_rows_are_rejects_by_number_and_the_others_stay() -> None:
    [batch] = read(
        trace(
            [],
            None,
            [0, 91, 0, 1, 1, 1],
            ["x", 1, 1, 1, 1, 1],
            [1, 1, 1, 1, 1, 1],
            [-1.7e9, 1, 1, 1, 1, 1],
            [2e9, 1, 1, 1, 1, 1],
            [2, 1, None, 1, 1, 1],
            {"a": 1},
        )
    )
    assert len(batch.positions) == 1
    assert [reject.line for reject in batch.rejects] == [1, 2, 3, 4, 6, 7, 8, 9]
    assert {reject.reason for reject in batch.rejects} == {
        "no such row",
        "position out of range",
        "time outside 1990-2049",
    }
    assert batch.lines == 9


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff\xfe", b"[" * 100_000,
     b'{"icao": 5, "timestamp": 1.7e9, "trace": []}',
     b'{"icao": "abc", "timestamp": "x", "trace": []}',
     b'{"icao": "abc", "timestamp": true, "trace": {}}'],
)  # fmt: skip
def test_what_is_no_trace_is_one_reject(content: bytes) -> None:
    [batch] = read(content)
    assert len(batch.positions) == 0
    assert [reject.line for reject in batch.rejects] == [1]


def test_a_trace_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adsb_trace, "MAX_TRACE_BYTES", 100)
    [batch] = read(trace(*[[i, 1, 1, 1, 1, 1] for i in range(50)]))
    assert "more than" in batch.rejects[0].reason


def test_long_traces_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adsb_trace, "ROWS_A_BATCH", 10)
    rows = [[i, 1, 1, 100, 1, 1, 0, 0, {"flight": "A1"}] for i in range(25)]
    batches = read(trace(*rows))
    assert [len(batch.positions) for batch in batches] == [10, 10, 5]
    assert all(batch.positions.callsigns == ("A1",) for batch in batches)
    assert sum(len(batch.statics) for batch in batches) == 2


def test_a_trace_is_known_by_its_head() -> None:
    assert looks_like_trace(orjson.dumps(trace([0, 1, 1, 1, 1, 1])))
    assert not looks_like_trace(b'{"time": 1, "states": [["icao"]]}')
    assert not looks_like_trace(b"icao24,time,lat,lon")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=20,
)  # fmt: skip


@given(st.lists(JSON, max_size=5))
def test_nothing_in_a_row_raises(rows: list[Any]) -> None:
    [batch] = read(trace(*rows))
    assert len(batch.positions) + len(batch.rejects) == len(rows)
