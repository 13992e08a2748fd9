"""Reads OpenSky's state vectors: historical CSV, and the JSON of its states and tracks calls."""

import csv
import math
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import IO, Any

import orjson

from app.itineraries.sources.batch import Batch, IdentityStatement
from app.itineraries.sources.columns import NAN, Columns
from app.itineraries.tracks.positions import UNKNOWN

ROWS_A_BATCH = 50_000
MAX_LINE_BYTES = 16 << 20
KN_PER_M_S = 3600 / 1852
FT_PER_M = 1 / 0.3048
# The order of a state vector in the REST interface; the names of the historical tables follow.
STATE_COLUMNS = (
    "icao24", "callsign", "origin_country", "time_position", "last_contact", "longitude",
    "latitude", "baro_altitude", "on_ground", "velocity", "true_track", "vertical_rate", "sensors",
    "geo_altitude", "squawk", "spi", "position_source", "category",
)  # fmt: skip
PATH_COLUMNS = (
    "time_position",
    "latitude",
    "longitude",
    "baro_altitude",
    "true_track",
    "on_ground",
)
_OTHER_NAMES = {
    "lastposupdate": "time_position", "lastcontact": "last_contact", "lon": "longitude",
    "lat": "latitude", "baroaltitude": "baro_altitude", "geoaltitude": "geo_altitude",
    "onground": "on_ground", "heading": "true_track", "vertrate": "vertical_rate",
}  # fmt: skip
_NEEDED = ("icao24", "latitude", "longitude")
_NOTHING = ("", "null", "NULL", "None", "NaN", "nan")
_READ = (
    "icao24", "callsign", "time", "time_position", "latitude", "longitude", "baro_altitude",
    "geo_altitude", "on_ground", "velocity", "true_track",
)  # fmt: skip
_FLAGS = {"true": 1, "t": 1, "1": 1, "false": 0, "f": 0, "0": 0}
_ICAO24 = re.compile("[0-9a-f]{6}")

State = dict[str, Any]


def looks_like_opensky(head: bytes) -> bool:
    """Whether the first kilobytes of a file are OpenSky's, CSV or JSON."""
    if head.lstrip()[:1] in (b"{", b"["):
        return b'"states"' in head or (b'"path"' in head and b'"icao24"' in head)
    names = _named(head.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip().split(","))
    return all(name in names for name in _NEEDED) and ("time" in names or "time_position" in names)


def read_opensky(stream: IO[bytes]) -> Iterator[Batch]:
    """The fixes of a file in batches; a row that is no fix is a reject by its line.

    A state is repeated while nothing new is heard: the time of a fix is that of its position where
    the file has it, so that repeats fall on one another. In JSON each line is an answer of its own,
    and lines are counted by the states in it. Metres and m/s become feet and knots.
    """
    lines = _lines(stream)
    first = next(lines, b"").lstrip(b"\xef\xbb\xbf")
    if first.lstrip()[:1] in (b"{", b"["):
        yield from _read_json(first, lines)
    else:
        yield from _read_csv(chain([first], lines))


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(MAX_LINE_BYTES + 1):
        yield line


def _read_csv(lines: Iterator[bytes]) -> Iterator[Batch]:
    columns, seen = Columns(), dict[str, str]()
    rows = csv.reader(line.decode("utf-8", "replace") for line in lines)
    try:
        names = _named(next(rows, []))
        missing = [name for name in _NEEDED if name not in names]
        if missing or not {"time", "time_position"} & set(names):
            columns.reject(1, f"no OpenSky states: no column {(missing or ['time'])[0]}")
        else:
            state = _reader_of(names)
            for row in rows:
                if row:
                    _take(columns, rows.line_num, state(row), seen)
                if columns.lines >= ROWS_A_BATCH:
                    yield columns.batch()
                    columns = Columns()
    except csv.Error as error:
        columns.reject(rows.line_num, f"not CSV: {error}")
    yield columns.batch()


def _read_json(first: bytes, lines: Iterator[bytes]) -> Iterator[Batch]:
    """Each line an answer; an answer printed over many lines is read whole."""
    columns, seen = Columns(), dict[str, str]()
    count = 0
    for content in _answers(first, lines):
        for state in _states(content):
            count += 1
            _take(columns, count, state, seen)
            if columns.lines >= ROWS_A_BATCH:
                yield columns.batch()
                columns = Columns()
        if content is None:
            columns.reject(count + 1, "not JSON, or more than 16 MB of it")
    yield columns.batch()


def _answers(first: bytes, lines: Iterator[bytes]) -> Iterator[Any]:
    answer = _parsed(first)
    if answer is None:
        whole = [first]
        size = len(first)
        for line in lines:
            whole.append(line)
            size += len(line)
            if size > MAX_LINE_BYTES:
                break
        yield _parsed(b"".join(whole))
        return
    yield answer
    for line in lines:
        if line.strip():
            yield _parsed(line)


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content) if len(content) <= MAX_LINE_BYTES else None
    except orjson.JSONDecodeError:
        return None


def _states(answer: Any) -> Iterator[State]:
    """The states of one answer: of the states call, of the tracks call, or a bare list of rows."""
    if isinstance(answer, dict) and isinstance(answer.get("path"), list):
        about = {"icao24": answer.get("icao24"), "callsign": answer.get("callsign")}
        for row in answer["path"]:
            yield about | _zipped(PATH_COLUMNS, row)
    elif isinstance(answer, dict):
        states = answer.get("states")
        for row in states if isinstance(states, list) else ():
            yield {"time": answer.get("time")} | _zipped(STATE_COLUMNS, row)
    elif isinstance(answer, list):
        for row in answer:
            yield from _states(row) if isinstance(row, dict) else [_zipped(STATE_COLUMNS, row)]


def _zipped(names: Sequence[str], row: Any) -> State:
    if isinstance(row, dict):
        return {_OTHER_NAMES.get(str(name), str(name)): value for name, value in row.items()}
    return dict(zip(names, row, strict=False)) if isinstance(row, list) else {}


def _named(header: Sequence[str]) -> list[str]:
    names = [name.strip().strip('"').lower() for name in header]
    return [_OTHER_NAMES.get(name, name) for name in names]


def _reader_of(names: Sequence[str]) -> Callable[[Sequence[str]], State]:
    wanted = [(name, names.index(name)) for name in _READ if name in names]
    return lambda row: {name: row[i] for name, i in wanted if i < len(row)}


def _take(columns: Columns, number: int, state: State, seen: dict[str, str]) -> None:
    columns.lines += 1
    try:
        craft = str(state["icao24"]).strip().lower()
        if not _ICAO24.fullmatch(craft):
            raise ValueError("no icao24")
        lat, lon = _number(state.get("latitude")), _number(state.get("longitude"))
        if math.isnan(lat) or math.isnan(lon):
            columns.leave("no position sent")
            return
        time_s = _number(state.get("time_position"))
        if math.isnan(time_s):
            time_s = _number(state.get("time"))
        callsign = _text(state.get("callsign"))
        craft_id = f"icao24:{craft}"
        columns.add(
            craft_id,
            time_s,
            lat,
            lon,
            speed_kn=_number(state.get("velocity")) * KN_PER_M_S,
            course_deg=_number(state.get("true_track")),
            altitude_ft=_altitude_m(state) * FT_PER_M,
            on_ground=_flag(state.get("on_ground")),
            callsign=callsign,
        )
    except (ValueError, KeyError) as error:
        columns.reject(number, str(error) if type(error) is ValueError else "no icao24")
        return
    if callsign and seen.get(craft) != callsign:
        seen[craft] = callsign
        columns.statics.append(IdentityStatement(craft_id, time_s, callsign=callsign))


def _altitude_m(state: State) -> float:
    barometric = _number(state.get("baro_altitude"))
    return _number(state.get("geo_altitude")) if math.isnan(barometric) else barometric


def _number(value: object) -> float:
    if isinstance(value, str):
        value = value.strip()
        try:
            return NAN if value in _NOTHING else float(value)
        except ValueError as error:
            raise ValueError(f"not a number: {value[:20]!r}") from error
    return float(value) if isinstance(value, int | float) else NAN


def _flag(value: object) -> int:
    return _FLAGS.get(str(value).strip().lower(), UNKNOWN)


def _text(value: object) -> str:
    text = str(value or "").strip()[:8]
    return "" if text in _NOTHING else text
