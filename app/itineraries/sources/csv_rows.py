"""Streams a CSV file as columns of text with the line of each row, in bounded memory."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from app.ingest.rejects import Reject
from app.itineraries.sources.opening import UnreadableError

BLOCK_BYTES = 4 << 20
MAX_HEADER_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows: the columns asked for as text, the line of each, and the lines that are no rows."""

    columns: Mapping[str, pa.Array]
    lines: NDArray[np.int64]
    rejects: list[Reject]


def read_header(stream: IO[bytes]) -> tuple[list[str], str]:
    """The names in the first line, and what separates them (comma, semicolon, tab or bar)."""
    line = stream.readline(MAX_HEADER_BYTES).decode("utf-8-sig", "replace").strip("\r\n")
    separator = max(",;\t|", key=line.count)
    return [name.strip().strip('"').strip() for name in line.split(separator)], separator


def read_rows(
    stream: IO[bytes],
    header: tuple[list[str], str],
    resolve: Callable[[list[str]], Mapping[str, int]],
) -> Iterator[Rows]:
    """The rows after the header.

    Args:
        resolve: gives the place of each wanted column among the names of the header.

    Raises:
        UnreadableError: what follows is no CSV.
    """
    names, separator = header
    places = resolve(names)
    options = _options(len(names), separator, sorted(set(places.values())))
    faulty: deque[tuple[int, str]] = deque()
    row = 0
    for block in _blocks(stream):
        part = _parse(block, options, row + len(faulty), faulty)
        lines, rejects = _numbered(row, part.num_rows, faulty)
        row += part.num_rows + len(rejects)
        columns = {name: part.column(str(place)) for name, place in places.items()}
        yield _without_blank_lines(Rows(columns, lines + 1, rejects))
    if faulty:
        rejects = [Reject(number + 1, reason) for number, reason in faulty]
        yield Rows({}, np.empty(0, dtype=np.int64), rejects)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The rest of a stream in whole lines, as valid UTF-8 with U+FFFD for bytes that are none.

    Arrow would read ahead of us in a thread of its own, which must not call into a Python stream
    when the process ends.
    """
    rest = b""
    while content := stream.read(BLOCK_BYTES):
        whole, newline, content = content.rpartition(b"\n")
        if newline:
            yield _utf8(rest + whole + newline)
            rest = b""
        rest += content
        if len(rest) > BLOCK_BYTES:
            raise UnreadableError(f"no CSV: a line over {BLOCK_BYTES >> 20} MB")
    if rest:
        yield _utf8(rest)


def _utf8(block: bytes) -> bytes:
    try:
        block.decode()
    except UnicodeDecodeError:
        return block.decode(errors="replace").encode()
    return block


def _options(
    width: int, separator: str, wanted: list[int]
) -> tuple[pacsv.ReadOptions, pacsv.ParseOptions, pacsv.ConvertOptions]:
    return (
        pacsv.ReadOptions(
            use_threads=False,
            # A block is read whole, so that the numbers of its rows are known.
            block_size=2 * BLOCK_BYTES + 4,
            column_names=[str(place) for place in range(width)],
        ),
        pacsv.ParseOptions(delimiter=separator, ignore_empty_lines=False),
        pacsv.ConvertOptions(
            strings_can_be_null=False,
            column_types={str(place): pa.string() for place in wanted},
            include_columns=[str(place) for place in wanted],
        ),
    )


def _parse(
    block: bytes,
    options: tuple[pacsv.ReadOptions, pacsv.ParseOptions, pacsv.ConvertOptions],
    before: int,
    faulty: deque[tuple[int, str]],
) -> pa.RecordBatch:
    """The good rows of a block; the others go to `faulty` with their number, `before` added."""

    def skip(row: pacsv.InvalidRow) -> str:
        reason = f"{row.actual_columns} columns, not {row.expected_columns}"
        faulty.append((before + row.number, reason))
        return "skip"

    reading, parsing, converting = options
    parsing.invalid_row_handler = skip
    try:
        table = pacsv.read_csv(pa.py_buffer(block), reading, parsing, converting)
    except pa.ArrowInvalid as error:
        raise UnreadableError(f"no CSV: {error}") from None
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _numbered(
    row: int, count: int, faulty: deque[tuple[int, str]]
) -> tuple[NDArray[np.int64], list[Reject]]:
    """The numbers of `count` rows after row `row`, between which lie lines that are no rows.

    Takes the faults before the last of these rows off the list: the reader runs ahead.
    """
    # So many good rows come before each fault.
    before = [number - row - 1 - place for place, (number, _) in enumerate(faulty)]
    shift = np.searchsorted(np.array(before, dtype=np.int64), np.arange(count), side="right")
    passed = int(shift[-1]) if count else 0
    rejects = []
    for _ in range(passed):
        number, reason = faulty.popleft()
        rejects.append(Reject(number + 1, reason))
    return np.arange(row + 1, row + count + 1) + shift, rejects


def _without_blank_lines(rows: Rows) -> Rows:
    filled = np.zeros(len(rows.lines), dtype=np.bool_)
    for column in rows.columns.values():
        filled |= pc.not_equal(column, "").to_numpy(zero_copy_only=False)
        if filled.all():
            return rows
    kept = pa.array(filled)
    columns = {name: column.filter(kept) for name, column in rows.columns.items()}
    return Rows(columns, rows.lines[filled], rows.rejects)
