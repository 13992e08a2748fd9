"""Reads plain tables of positions: CSV, Parquet and JSON lines."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import IO, Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from app.itineraries.sources.batch import NO_POSITIONS, Batch, Rejected
from app.itineraries.sources.csv_rows import read_header, read_rows
from app.itineraries.sources.opening import UnreadableError
from app.itineraries.sources.table_columns import Rules, to_batch

NEEDED = ("craft_id", "time", "lat", "lon")
OPTIONAL = ("altitude_ft", "speed_kn", "course_deg", "on_ground", "callsign")
ROWS_A_BATCH = 65_536
MAX_LINE_BYTES = 1 << 20
_RULES = Rules()
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
    header = read_header(stream)
    for rows in read_rows(stream, header, lambda names: _places(names, columns or {})):
        if not rows.columns:
            yield Batch(NO_POSITIONS, (), rows.rejects, len(rows.rejects))
            continue
        batch, _ = to_batch(rows.columns, rows.lines, _RULES)
        rejects = sorted((*rows.rejects, *batch.rejects), key=lambda reject: reject.line)
        yield replace(batch, rejects=rejects, lines=batch.lines + len(rows.rejects))


def read_positions_parquet(
    stream: IO[bytes], columns: Mapping[str, str] | None = None
) -> Iterator[Batch]:
    """The fixes of a Parquet file; lines are its rows. The stream must be able to seek."""
    try:
        table = pq.ParquetFile(stream)
        places = _places(table.schema_arrow.names, columns or {})
        names = [table.schema_arrow.names[place] for place in places.values()]
        row = 0
        for part in table.iter_batches(ROWS_A_BATCH, columns=names):
            lines = np.arange(row + 1, row + part.num_rows + 1)
            row += part.num_rows
            given = dict(zip(places, (part.column(name) for name in names), strict=True))
            yield to_batch(given, lines, _RULES)[0]
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError(f"no Parquet that can be read: {error}") from None


def read_positions_ndjson(
    stream: IO[bytes], columns: Mapping[str, str] | None = None
) -> Iterator[Batch]:
    """The fixes of a file of JSON objects, one a line."""
    names = {name: (columns or {}).get(name, name) for name in (*NEEDED, *OPTIONAL)}
    numbered = enumerate(iter(lambda: stream.readline(MAX_LINE_BYTES), b""), start=1)
    while part := list(islice(numbered, ROWS_A_BATCH)):
        yield _json_batch(part, names)


def _places(names: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Where each of our columns stands among the names of a file."""
    unknown = [name for name in columns if name not in (*NEEDED, *OPTIONAL)]
    if unknown:
        raise UnreadableError(
            f"there is no column {unknown[0]!r} to fill; choose of {', '.join((*NEEDED, *OPTIONAL))}"
        )
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        plain = name.lower()
        ours = _OTHER_NAMES.get(plain, plain)
        if ours in (*NEEDED, *OPTIONAL) and ours not in columns:
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


def _json_batch(part: list[tuple[int, bytes]], names: Mapping[str, str]) -> Batch:
    lines: list[int] = []
    values: dict[str, list[str | None]] = {name: [] for name in names}
    rejects = []
    for line, content in part:
        if not content.strip():
            continue
        try:
            record = orjson.loads(content)
        except orjson.JSONDecodeError:
            rejects.append(Rejected(line, "no JSON, or a line over 1 MB"))
            continue
        if not isinstance(record, dict):
            rejects.append(Rejected(line, "no JSON object"))
            continue
        lines.append(line)
        for name, kept in values.items():
            kept.append(_as_text(record.get(names[name])))
    if not lines:
        return Batch(NO_POSITIONS, (), rejects, len(part))
    columns = {name: pa.array(kept, pa.string()) for name, kept in values.items()}
    batch, _ = to_batch(columns, np.array(lines), _RULES)
    rejects = sorted((*rejects, *batch.rejects), key=lambda reject: reject.line)
    return replace(batch, rejects=rejects, lines=len(part))


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value) if isinstance(value, bool | int | float) else ""
