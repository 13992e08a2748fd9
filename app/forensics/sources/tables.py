"""CSV, NDJSON and Parquet, plain or gzip, as batches of rows by column name."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, TextIO

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCH_ROWS = 50_000
MAX_LINE_BYTES = 16_000_000
_DELIMITERS = ",;\t|"


class TableError(ValueError):
    """The file cannot be read as a table at all; the message says why."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is left out, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: their lines in the file, their values by field, and what was left out."""

    lines: Sequence[int]
    values: Mapping[str, Sequence[Any]]
    rejects: list[Rejected] = field(default_factory=list)


def read_batches(
    path: Path, required: Mapping[str, str], optional: Mapping[str, str] | None = None
) -> Iterator[Batch]:
    """The rows of a file, about `BATCH_ROWS` at a time.

    `required` and `optional` give the column of each field; an optional column that the file does
    not have is left out of `Batch.values`. The kind of file is told by its content.

    Raises:
        TableError: no file, no table, or a required column is missing.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start == b"PAR1":
                yield from _read_parquet(path, required, optional or {})
                return
        with _open_text(path, gzipped=start.startswith(b"\x1f\x8b")) as lines:
            yield from _read_text(lines, required, optional or {})
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise TableError(f"{path}: a damaged gzip file") from None
    except TableError as error:
        raise TableError(f"{path}: {error}") from None
    except OSError as error:
        raise TableError(f"{path}: {error.strerror or error}") from None


@contextmanager
def _open_text(path: Path, *, gzipped: bool) -> Iterator[TextIO]:
    # Bytes that are no UTF-8 stay marked, so that one bad row is one reject.
    how: dict[str, Any] = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}
    with gzip.open(path, "rt", **how) if gzipped else path.open(**how) as text:
        yield text


def _bounded(lines: TextIO) -> Iterator[str]:
    while line := lines.readline(MAX_LINE_BYTES):
        if len(line) == MAX_LINE_BYTES:
            raise TableError(f"a line is longer than {MAX_LINE_BYTES // 1_000_000} MB")
        yield line


def _read_text(
    text: TextIO, required: Mapping[str, str], optional: Mapping[str, str]
) -> Iterator[Batch]:
    lines = _bounded(text)
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise TableError("an empty file")
    if "\0" in first:
        raise TableError("a binary file; CSV, NDJSON or Parquet is needed")
    if first.lstrip().startswith("["):
        raise TableError("a JSON list; one object a line (NDJSON) is needed")
    if first.lstrip().startswith("{"):
        yield from _read_ndjson(first, lines, required, optional)
    else:
        yield from _read_csv(first, lines, required, optional)


def _read_csv(
    header: str, lines: Iterator[str], required: Mapping[str, str], optional: Mapping[str, str]
) -> Iterator[Batch]:
    csv.field_size_limit(MAX_LINE_BYTES)
    delimiter = max(_DELIMITERS, key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
    columns = _found(names, required, optional)
    pick = {name: itemgetter(names.index(column)) for name, column in columns.items()}
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    for numbers, rows, rejects in _csv_rows(reader, len(names)):
        values = {name: list(map(get, rows)) for name, get in pick.items()}
        yield Batch(numbers, values, rejects)


def _csv_rows(
    reader: Any, width: int
) -> Iterator[tuple[list[int], list[list[str]], list[Rejected]]]:
    """Rows of the right width with their line numbers; a row may span lines, its last one counts."""
    numbers: list[int] = []
    rows: list[list[str]] = []
    rejects: list[Rejected] = []
    while True:
        try:
            for row in reader:
                if len(row) == width:
                    numbers.append(reader.line_num + 1)
                    rows.append(row)
                elif row:
                    reason = f"{len(row)} fields, the header has {width}"
                    rejects.append(Rejected(reader.line_num + 1, reason))
                if len(rows) + len(rejects) >= BATCH_ROWS:
                    yield numbers, rows, rejects
                    numbers, rows, rejects = [], [], []
            yield numbers, rows, rejects
            return
        except csv.Error as error:
            rejects.append(Rejected(reader.line_num + 1, str(error)))


def _read_ndjson(
    first: str, lines: Iterator[str], required: Mapping[str, str], optional: Mapping[str, str]
) -> Iterator[Batch]:
    numbered = enumerate(_chain(first, lines), start=1)
    columns = {**required, **optional}
    seen: set[str] = set()
    while chunk := list(islice(numbered, BATCH_ROWS)):
        numbers, records, rejects = _json_objects(chunk)
        seen.update(*records)
        if records and (missing := [name for name in required.values() if name not in seen]):
            raise TableError(_missing(missing, sorted(seen)))
        values = {
            name: [record.get(column) for record in records]
            for name, column in columns.items()
            if column in seen
        }
        yield Batch(numbers, values, rejects)


def _json_objects(
    lines: list[tuple[int, str]],
) -> tuple[list[int], list[dict[str, Any]], list[Rejected]]:
    numbers, records, rejects = [], [], []
    for number, line in lines:
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
            rejects.append(Rejected(number, f"no JSON: {error}"))
            continue
        if isinstance(record, dict):
            numbers.append(number)
            records.append(record)
        else:
            rejects.append(Rejected(number, "no JSON object"))
    return numbers, records, rejects


def _read_parquet(
    path: Path, required: Mapping[str, str], optional: Mapping[str, str]
) -> Iterator[Batch]:
    try:
        file = pq.ParquetFile(path)
        columns = _found(file.schema_arrow.names, required, optional)
        row = 1
        for batch in file.iter_batches(BATCH_ROWS, columns=list(set(columns.values()))):
            values = {name: _plain(batch.column(column)) for name, column in columns.items()}
            yield Batch(range(row, row + len(batch)), values)
            row += len(batch)
    except pa.ArrowException as error:
        raise TableError(f"no Parquet file that can be read ({str(error)[:200]})") from None


def _plain(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        micros = pc.cast(pc.cast(column, pa.timestamp("us"), safe=False), pa.int64())
        column = pc.divide(pc.cast(micros, pa.float64()), 1_000_000)
    values: list[Any] = column.to_pylist()
    return values


def _found(
    names: Sequence[str], required: Mapping[str, str], optional: Mapping[str, str]
) -> dict[str, str]:
    if missing := [column for column in required.values() if column not in names]:
        raise TableError(_missing(missing, names))
    return {**required, **{name: at for name, at in optional.items() if at in names}}


def _missing(missing: Sequence[str], names: Sequence[str]) -> str:
    wanted = ", ".join(map(repr, missing))
    there = ", ".join(repr(name[:40]) for name in names[:20])
    return f"no column {wanted}; there are {there}; options name the columns"


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
