"""Reads one aircraft's trace file as readsb and tar1090 write them (README-json.md of readsb)."""

from collections.abc import Iterator
from typing import IO, Any

import orjson

from app.itineraries.sources.batch import Batch, IdentityStatement
from app.itineraries.sources.columns import NAN, Columns
from app.itineraries.tracks.positions import UNKNOWN

MAX_TRACE_BYTES = 16 << 20
"""A day of one aircraft, a fix each second, takes 9 MB; parsed, lists take twenty times their text."""
ROWS_A_BATCH = 50_000


def looks_like_trace(head: bytes) -> bool:
    """Whether the first kilobytes of a file are those of a trace."""
    return head.lstrip()[:1] == b"{" and b'"icao"' in head and b'"states"' not in head


def read_adsb_trace(stream: IO[bytes]) -> Iterator[Batch]:
    """The fixes of one trace file in batches; a row that is no fix is a reject by its number.

    Callsigns hold from the row that sends them on. The registration, type and operator that the
    file names come as one statement, each callsign as another.
    """
    columns = Columns()
    trace = _trace(stream, columns)
    if trace is None:
        yield columns.batch()
        return
    craft_id = f"icao24:{trace['icao'].strip().lower()}"
    start_s = float(trace["timestamp"])
    columns.statics.append(_about(craft_id, start_s, trace))
    callsign = ""
    for number, row in enumerate(trace["trace"], start=1):
        columns.lines += 1
        try:
            said = _callsign(row)
            if said and said != callsign:
                callsign = said
                columns.statics.append(
                    IdentityStatement(craft_id, start_s + row[0], callsign=callsign)
                )
            _add(columns, craft_id, start_s, row, callsign)
        except (ValueError, TypeError, IndexError, KeyError) as error:
            columns.reject(number, _reason(error))
        if columns.lines >= ROWS_A_BATCH:
            yield columns.batch()
            columns = Columns()
    yield columns.batch()


def _trace(stream: IO[bytes], columns: Columns) -> dict[str, Any] | None:
    """The file's one object, or None with the reason among the rejects."""
    content = stream.read(MAX_TRACE_BYTES + 1)
    if len(content) > MAX_TRACE_BYTES:
        columns.reject(1, f"a trace of more than {MAX_TRACE_BYTES >> 20} MB")
        return None
    try:
        trace = orjson.loads(content)
    except orjson.JSONDecodeError:
        columns.reject(1, "not JSON")
        return None
    if (
        isinstance(trace, dict)
        and isinstance(trace.get("icao"), str)
        and isinstance(trace.get("timestamp"), int | float)
        and isinstance(trace.get("trace"), list)
    ):
        return trace
    columns.reject(1, "no trace: icao, timestamp and trace are needed")
    return None


def _add(columns: Columns, craft_id: str, start_s: float, row: list[Any], callsign: str) -> None:
    """One row: seconds after the start, lat, lon, altitude or "ground", speed, track, flags, …"""
    on_ground = row[3] == "ground"
    altitude = row[3]
    if altitude is None and len(row) > 10:
        altitude = row[10]  # the geometric one is better than none
    columns.add(
        craft_id,
        start_s + row[0],
        float(row[1]),
        float(row[2]),
        speed_kn=_number(row[4]),
        course_deg=_number(row[5]),
        altitude_ft=NAN if on_ground else _number(altitude),
        on_ground=1 if on_ground else (UNKNOWN if row[3] is None else 0),
        callsign=callsign,
    )


def _callsign(row: list[Any]) -> str:
    detail = row[8] if len(row) > 8 else None
    return str(detail.get("flight") or "").strip()[:8] if isinstance(detail, dict) else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else NAN


def _about(craft_id: str, start_s: float, trace: dict[str, Any]) -> IdentityStatement:
    return IdentityStatement(
        craft_id,
        start_s,
        registration=_text(trace.get("r")),
        aircraft_type=_text(trace.get("t")),
        operator=_text(trace.get("ownOp")),
    )


def _text(value: object) -> str | None:
    return value.strip()[:200] or None if isinstance(value, str) else None


def _reason(error: Exception) -> str:
    return (
        str(error) if type(error) is ValueError and "convert" not in str(error) else "no such row"
    )
