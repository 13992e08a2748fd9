"""Streams a CSV file as columns of text with the line of each row, in bounded memory."""

import codecs
import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from app.itineraries.sources.batch import Rejected
from app.itineraries.sources.opening import UnreadableError

BLOCK_BYTES = 4 << 20
MAX_HEADER_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows: the columns asked for as text, the line of each, and the lines that are no rows."""

    columns: Mapping[str, pa.Array]
    lines: NDArray[np.int64]
    rejects: list[Rejected]


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
    faulty: deque[tuple[int, str]] = deque()

    def skip(row: pacsv.InvalidRow) -> str:
        faulty.append((row.number, f"{row.actual_columns} columns, not {row.expected_columns}"))
        return "skip"

    row = 0
    for part in _parts(stream, len(names), separator, sorted(set(places.values())), skip):
        lines, rejects = _numbered(row, part.num_rows, faulty)
        row += part.num_rows + len(rejects)
        columns = {name: part.column(str(place)) for name, place in places.items()}
        yield _without_blank_lines(Rows(columns, lines + 1, rejects))
    if faulty:
        rejects = [Rejected(number + 1, reason) for number, reason in faulty]
        yield Rows({}, np.empty(0, dtype=np.int64), rejects)


def _parts(
    stream: IO[bytes],
    width: int,
    separator: str,
    wanted: list[int],
    skip: Callable[[pacsv.InvalidRow], str],
) -> Iterator[pa.RecordBatch]:
    try:
        yield from pacsv.open_csv(
            io.BufferedReader(_Utf8(stream), BLOCK_BYTES),
            read_options=pacsv.ReadOptions(
                use_threads=False,
                block_size=BLOCK_BYTES,
                column_names=[str(place) for place in range(width)],
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=separator, invalid_row_handler=skip, ignore_empty_lines=False
            ),
            convert_options=pacsv.ConvertOptions(
                strings_can_be_null=False,
                column_types={str(place): pa.string() for place in wanted},
                include_columns=[str(place) for place in wanted],
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV file" not in str(error):
            raise UnreadableError(f"no CSV: {error}") from None


class _Utf8(io.RawIOBase):
    """A stream as valid UTF-8, with U+FFFD for bytes that are none: the reader takes no other."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        while not self._ready and not self._ended:
            content = self._stream.read(len(view))
            self._ended = not content
            self._ready = self._decoder.decode(content, final=self._ended).encode()
        given, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(given)] = given
        return len(given)


def _numbered(
    row: int, count: int, faulty: deque[tuple[int, str]]
) -> tuple[NDArray[np.int64], list[Rejected]]:
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
        rejects.append(Rejected(number + 1, reason))
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
