"""Reads plain tables of positions: CSV, Parquet and JSON lines."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import IO, Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from app.ingest.parquet import ParquetError, ParquetTable
from app.ingest.rejects import Reject
from app.itineraries.sources.batch import NO_POSITIONS, Batch, IdentityStatement
from app.itineraries.sources.csv_rows import read_header, read_rows
from app.itineraries.sources.opening import UnreadableError
from app.itineraries.sources.table_columns import Rules, different_rows, to_batch

NEEDED = ("craft_id", "time", "lat", "lon")
OPTIONAL = ("altitude_ft", "speed_kn", "course_deg", "on_ground", "callsign")
IDENTITY = ("mmsi", "imo", "name", "flag", "registration", "icao24", "msn", "type", "operator")
"""What of a craft's identity may stand beside its positions."""
ROWS_A_BATCH = 65_536
MAX_LINE_BYTES = 1 << 20
_RULES = Rules()
_OURS = (*NEEDED, *OPTIONAL, *IDENTITY)
_OTHER_NAMES = {"latitude": "lat", "longitude": "lon", "timestamp": "time"}


def read_positions_csv(
    stream: IO[bytes], columns: Mapping[str, str] | None = None
) -> Iterator[Batch]:
    """The fixes of a CSV file with the columns of ROUTES.md in any order.

    Args:
        columns: the file's own name of a column by ours, where it differs.

    Raises:
        UnreadableError: a column that must be there is not, or the file is no CSV.
    """
    header, said = read_header(stream), _Said()
    for rows in read_rows(stream, header, lambda names: _places(names, columns or {})):
        if not rows.columns:
            yield Batch(NO_POSITIONS, (), rows.rejects, len(rows.rejects))
            continue
        batch = _batch(rows.columns, rows.lines, said)
        rejects = sorted((*rows.rejects, *batch.rejects), key=lambda reject: reject.line)
        yield replace(batch, rejects=rejects, lines=batch.lines + len(rows.rejects))


def read_positions_parquet(
    stream: IO[bytes], columns: Mapping[str, str] | None = None
) -> Iterator[Batch]:
    """The fixes of a Parquet file; lines are its rows. The stream must be able to seek."""
    try:
        table = ParquetTable(stream)
        places = _places(table.names, columns or {})
        names = [table.names[place] for place in places.values()]
        row, said = 0, _Said()
        for part in table.batches(names, ROWS_A_BATCH):
            lines = np.arange(row + 1, row + part.num_rows + 1)
            row += part.num_rows
            given = dict(zip(places, (part.column(name) for name in names), strict=True))
            yield _batch(given, lines, said)
    except ParquetError as error:
        raise UnreadableError(str(error)) from None
    except pa.ArrowException as error:
        raise UnreadableError(f"no Parquet that can be read ({error})") from None


def read_positions_ndjson(
    stream: IO[bytes], columns: Mapping[str, str] | None = None
) -> Iterator[Batch]:
    """The fixes of a file of JSON objects, one a line."""
    said = _Said()
    numbered = enumerate(iter(lambda: stream.readline(MAX_LINE_BYTES), b""), start=1)
    while part := list(islice(numbered, ROWS_A_BATCH)):
        yield _json_batch(part, columns or {}, said)


_Said = dict[str, IdentityStatement]


def _batch(columns: Mapping[str, pa.Array], lines: NDArray[np.int64], said: _Said) -> Batch:
    """The fixes, and what is said of craft whenever it changes; `said` is kept up to date."""
    batch, known = to_batch(columns, lines, _RULES)
    told = {name: columns[name] for name in IDENTITY if name in columns}
    statics = []
    for craft_id, time_s, texts in different_rows(told, known):
        given: dict[str, Any] = {
            _FIELDS.get(name, name): text for name, text in texts.items() if text
        }
        statement = IdentityStatement(craft_id, None, **given)
        if given and said.get(craft_id) != statement:
            said[craft_id] = statement
            statics.append(replace(statement, time_s=time_s))
    return replace(batch, statics=statics)


_FIELDS = {"type": "aircraft_type"}


def _places(names: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where each of our columns stands among the names of a file."""
    _check_columns(columns)
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        plain = name.lower()
        ours = _OTHER_NAMES.get(plain, plain)
        if ours in _OURS and ours not in columns:
            found.setdefault(ours, place)
    for ours, theirs in columns.items():
        if theirs not in names:
            raise UnreadableError(
                f"the file has no column {theirs!r}; it has {', '.join(names[:30])}"
            )
        found[ours] = names.index(theirs)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise UnreadableError(
            f"the file has no column {missing[0]!r}; it has {', '.join(names[:30])};"
            f" --column {missing[0]}=NAME names it"
        )
    return found


def _check_columns(columns: Mapping[str, str]) -> None:
    unknown = [name for name in columns if name not in _OURS]
    if unknown:
        raise UnreadableError(
            f"there is no column {unknown[0]!r} to fill; choose of {', '.join(_OURS)}"
        )


def _json_batch(part: list[tuple[int, bytes]], columns: Mapping[str, str], said: _Said) -> Batch:
    _check_columns(columns)
    ours = {theirs: name for name, theirs in columns.items()}
    lines: list[int] = []
    values: dict[str, list[str | None]] = {name: [] for name in _OURS}
    rejects = []
    for line, content in part:
        if not content.strip():
            continue
        try:
            record = _parsed(content)
        except (ValueError, RecursionError):
            rejects.append(Reject(line, "no JSON, or a line over 1 MB"))
            continue
        if not isinstance(record, dict):
            rejects.append(Reject(line, "no JSON object"))
            continue
        lines.append(line)
        named = {_our_name(name, ours, columns): value for name, value in reversed(record.items())}
        for name, kept in values.items():
            kept.append(_as_text(named.get(name)))
    if not lines:
        return Batch(NO_POSITIONS, (), rejects, len(part))
    arrays = {name: pa.array(kept, pa.string()) for name, kept in values.items()}
    batch = _batch(arrays, np.array(lines), said)
    rejects = sorted((*rejects, *batch.rejects), key=lambda reject: reject.line)
    return replace(batch, rejects=rejects, lines=len(part))


def _parsed(content: bytes) -> Any:
    """The value of a line. Python and pandas write NaN and Infinity, which JSON does not have."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        if b"NaN" in content or b"Infinity" in content:
            return json.loads(content)
        raise


def _our_name(theirs: str, ours: Mapping[str, str], columns: Mapping[str, str]) -> str | None:
    """Our name of a file's column; none where a person named another for it."""
    if theirs in ours:
        return ours[theirs]
    plain = theirs.lower()
    name = _OTHER_NAMES.get(plain, plain)
    return None if name in columns else name


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, bool | int | float) else ""
