"""CSV, NDJSON and Parquet, plain or gzip, as batches of rows by column name."""

import codecs
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

from app.ingest.parquet import ParquetError, ParquetTable
from app.ingest.rejects import Reject

BATCH_ROWS = 50_000
BATCH_CHARACTERS = 32_000_000
MAX_LINE_BYTES = 16_000_000
_DELIMITERS = ",;\t|"


class TableError(ValueError):
    """The file cannot be read as a table at all; the message says why."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: their lines in the file, their values by field, and what was left out."""

    lines: Sequence[int]
    values: Mapping[str, Sequence[Any]]
    rejects: list[Reject] = field(default_factory=list)
    raw: Sequence[str] = ()
    """Each row as it stands in a file of text, where that was asked for."""
    columns: frozenset[str] = frozenset()
    """The columns that there are, as far as the file was read."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    required: Mapping[str, str]
    optional: Mapping[str, str]
    raw: bool


def read_batches(
    path: Path,
    required: Mapping[str, str],
    optional: Mapping[str, str] | None = None,
    *,
    raw: bool = False,
    max_characters: int | None = None,
) -> Iterator[Batch]:
    """The rows of a file, about `BATCH_ROWS` at a time, fewer where they are long.

    `required` and `optional` give the column of each field; an optional column that the file does
    not have is left out of `Batch.values`. The kind of file is told by its content.

    Args:
        raw: keep each row of text as it stands.
        max_characters: what a file of text may hold once it is unpacked.

    Raises:
        TableError: no file, no table, a required column is missing, or it holds too much.
    """
    wanted = _Wanted(required, optional or {}, raw)
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start == b"PAR1":
                yield from _read_parquet(path, wanted)
                return
        with _open_text(path, start) as text:
            yield from _read_text(_Lines(text, max_characters), wanted)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise TableError(f"{path}: a damaged gzip file") from None
    except TableError as error:
        raise TableError(f"{path}: {error}") from None
    except OSError as error:
        raise TableError(f"{path}: {error.strerror or error}") from None


@contextmanager
def _open_text(path: Path, start: bytes) -> Iterator[TextIO]:
    # Bytes that are no UTF-8 stay marked, so that one bad row is one reject.
    how: dict[str, Any] = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        how |= {"encoding": "utf-16", "errors": "replace"}
    with (
        gzip.open(path, "rt", **how) if start.startswith(b"\x1f\x8b") else path.open(**how) as text
    ):
        yield text


class _Lines:
    """The lines of a text, none longer than may be held, with what was read since last asked."""

    def __init__(self, text: TextIO, max_characters: int | None) -> None:
        self._text, self._max = text, max_characters
        self._held: list[str] = []
        self.keeps = False
        self.characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE_BYTES)
        if not line:
            raise StopIteration
        if len(line) == MAX_LINE_BYTES:
            raise TableError(f"a line is longer than {MAX_LINE_BYTES // 1_000_000} MB")
        self.characters += len(line)
        if self._max is not None and self.characters > self._max:
            raise TableError(f"more than {self._max:,} characters once it is unpacked")
        if self.keeps:
            self._held.append(line)
        return line

    def taken(self) -> str:
        """The lines since the last time, when it keeps them, as one text without its end."""
        whole = "".join(self._held).rstrip("\r\n")
        self._held.clear()
        return whole


def _read_text(lines: _Lines, wanted: _Wanted) -> Iterator[Batch]:
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise TableError("an empty file")
    if "\0" in first:
        raise TableError("a binary file, or text without UTF-8; CSV, NDJSON or Parquet is needed")
    if first.lstrip().startswith("["):
        raise TableError("a JSON list; one object a line (NDJSON) is needed")
    if first.lstrip().startswith("{"):
        yield from _read_ndjson(first, lines, wanted)
    else:
        yield from _read_csv(first, lines, wanted)


def _read_csv(header: str, lines: _Lines, wanted: _Wanted) -> Iterator[Batch]:
    csv.field_size_limit(MAX_LINE_BYTES)
    delimiter = max(_DELIMITERS, key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
    columns = _found(names, wanted)
    pick = {name: itemgetter(names.index(column)) for name, column in columns.items()}
    lines.keeps = wanted.raw
    for numbers, rows, raw, rejects in _csv_rows(lines, delimiter, len(names)):
        values = {name: list(map(get, rows)) for name, get in pick.items()}
        yield Batch(numbers, values, rejects, raw, frozenset(names))


def _csv_rows(
    lines: _Lines, delimiter: str, width: int
) -> Iterator[tuple[list[int], list[list[str]], list[str], list[Reject]]]:
    """Rows of the right width with their line numbers; a row may span lines, its last one counts."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    numbers: list[int] = []
    rows: list[list[str]] = []
    raw: list[str] = []
    rejects: list[Reject] = []
    begun, ended = lines.characters, 0
    while True:
        try:
            for row in reader:
                ended = reader.line_num
                text = lines.taken() if lines.keeps else ""
                if len(row) == width:
                    numbers.append(reader.line_num + 1)
                    rows.append(row)
                    raw.append(text)
                elif row:
                    reason = f"{len(row)} fields, the header has {width}"
                    rejects.append(Reject(reader.line_num + 1, reason))
                full = len(rows) + len(rejects) >= BATCH_ROWS
                if full or lines.characters - begun > BATCH_CHARACTERS:
                    yield numbers, rows, raw, rejects
                    numbers, rows, raw, rejects = [], [], [], []
                    begun = lines.characters
            yield numbers, rows, raw, rejects
            return
        except csv.Error as error:
            rejects.append(_not_read(ended + 2, reader.line_num + 1, error))
            ended = reader.line_num
            lines.taken()


def _not_read(first: int, last: int, error: csv.Error) -> Reject:
    """Of a row that ends nowhere, the line where it begins and all that it took with it."""
    if last <= first:
        return Reject(last, str(error))
    return Reject(
        first, f"a quote that is not closed; nothing was read up to line {last} ({error})"
    )


def _read_ndjson(first: str, lines: _Lines, wanted: _Wanted) -> Iterator[Batch]:
    numbered = enumerate(_chain(first, lines), start=1)
    columns = {**wanted.required, **wanted.optional}
    seen: set[str] = set()
    while chunk := _some(numbered, lines):
        kept, records, rejects = _json_objects(chunk)
        seen.update(*records)
        missing = [name for name in wanted.required.values() if name not in seen]
        if records and missing:
            raise TableError(_missing(missing, sorted(seen)))
        values = {
            name: [record.get(column) for record in records]
            for name, column in columns.items()
            if column in seen
        }
        raw = [line.rstrip("\r\n") for _, line in kept] if wanted.raw else ()
        numbers = [number for number, _ in kept]
        yield Batch(numbers, values, rejects, raw, frozenset(seen))


def _some(numbered: Iterator[tuple[int, str]], lines: _Lines) -> list[tuple[int, str]]:
    begun, chunk = lines.characters, []
    for one in islice(numbered, BATCH_ROWS):
        chunk.append(one)
        if lines.characters - begun > BATCH_CHARACTERS:
            break
    return chunk


def _json_objects(
    lines: list[tuple[int, str]],
) -> tuple[list[tuple[int, str]], list[dict[str, Any]], list[Reject]]:
    kept, records, rejects = [], [], []
    for number, line in lines:
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
            rejects.append(Reject(number, f"no JSON: {error}"))
            continue
        if isinstance(record, dict):
            kept.append((number, line))
            records.append(record)
        else:
            rejects.append(Reject(number, "no JSON object"))
    return kept, records, rejects


def _read_parquet(path: Path, wanted: _Wanted) -> Iterator[Batch]:
    try:
        table = ParquetTable(path)
        columns = _found(table.names, wanted)
        row = 1
        for batch in table.batches(list(columns.values()), BATCH_ROWS):
            values = {name: _plain(batch.column(column)) for name, column in columns.items()}
            yield Batch(range(row, row + len(batch)), values, columns=frozenset(table.names))
            row += len(batch)
    except ParquetError as error:
        raise TableError(str(error)) from None
    except (pa.ArrowException, UnicodeDecodeError, OverflowError) as error:
        raise TableError(f"no Parquet that can be read ({str(error)[:200]})") from None


def _plain(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        micros = pc.cast(pc.cast(column, pa.timestamp("us"), safe=False), pa.int64())
        column = pc.divide(pc.cast(micros, pa.float64()), 1_000_000)
    values: list[Any] = column.to_pylist()
    return values


def _found(names: Sequence[str], wanted: _Wanted) -> dict[str, str]:
    if missing := [column for column in wanted.required.values() if column not in names]:
        raise TableError(_missing(missing, names))
    there = {name: at for name, at in wanted.optional.items() if at in names}
    return {**wanted.required, **there}


def _missing(missing: Sequence[str], names: Sequence[str]) -> str:
    wanted = ", ".join(map(repr, missing))
    there = ", ".join(repr(name[:40]) for name in names[:20])
    return f"no column {wanted}; there are {there}; options name the columns"


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
