"""Which kind of file it is, and the reader for it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from app.itineraries.sources.adsb_trace import looks_like_trace, read_adsb_trace
from app.itineraries.sources.ais_csv import looks_like_ais_csv, read_ais_csv
from app.itineraries.sources.ais_nmea import looks_like_nmea, read_nmea
from app.itineraries.sources.batch import Batch
from app.itineraries.sources.file_format import FileFormat
from app.itineraries.sources.opening import UnreadableError, open_source
from app.itineraries.sources.opensky import looks_like_opensky, read_opensky
from app.itineraries.sources.position_table import (
    read_positions_csv,
    read_positions_ndjson,
    read_positions_parquet,
)

_HEAD_BYTES = 65_536
_OUR_COLUMN = re.compile(rb"\bcraft_id\b", re.IGNORECASE)
"""Of plain tables alone, whatever identities of other kinds of files stand beside it."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person says of a file.

    `columns` gives the file's own name of a column by ours; `started_at` the time (UTC, seconds since
    1970) of the first line of NMEA that carries no times; `synthetic` that all of it is made up.
    """

    format: FileFormat | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    started_at: float | None = None
    synthetic: bool = False


def read_batches(
    path: Path,
    options: ReadOptions = ReadOptions(),
    progress: Callable[[int], object] | None = None,
) -> Iterator[Batch]:
    """The batches of a file, by its first bytes or as the kind that was said.

    Raises:
        UnreadableError: no kind that is known, or a file that breaks off.
    """
    for batch in _batches(path, options, progress):
        yield batch.as_synthetic() if options.synthetic else batch


def _batches(
    path: Path, options: ReadOptions, progress: Callable[[int], object] | None
) -> Iterator[Batch]:
    with open_source(path, progress) as stream:
        head = _head(stream)
        kind = options.format or sniff_format(head, bool(options.columns))
        if kind is FileFormat.PARQUET:
            with path.open("rb") as file:
                yield from read_positions_parquet(file, options.columns)
        elif kind in _TABLES:
            yield from _TABLES[kind](stream, options.columns)
        elif kind is FileFormat.NMEA:
            yield from read_nmea(stream, options.started_at)
        else:
            yield from _READERS[kind](stream)


def sniff_format(head: bytes, columns_named: bool = False) -> FileFormat:
    """The kind of a file by its first kilobytes.

    Args:
        columns_named: a person named columns, so a table is a plain one.

    Raises:
        UnreadableError: it is none that is known.
    """
    if head.startswith(b"PAR1"):
        return FileFormat.PARQUET
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if looks_like_nmea(text):
        return FileFormat.NMEA
    if text[:1] in (b"{", b"["):
        if looks_like_opensky(text):
            return FileFormat.OPENSKY
        return FileFormat.TRACE if looks_like_trace(text) else FileFormat.NDJSON
    if b"\x00" in text or not re.search(rb"[,;\t|]", text.split(b"\n", 1)[0]):
        raise UnreadableError(
            "neither AIS, ADS-B nor a table of positions; --format says which, if it is one"
        )
    if not columns_named and not _OUR_COLUMN.search(text.split(b"\n", 1)[0]):
        if looks_like_ais_csv(text):
            return FileFormat.AIS_CSV
        if looks_like_opensky(text):
            return FileFormat.OPENSKY
    return FileFormat.CSV


_TABLES = {FileFormat.CSV: read_positions_csv, FileFormat.NDJSON: read_positions_ndjson}
_READERS = {
    FileFormat.AIS_CSV: read_ais_csv,
    FileFormat.TRACE: read_adsb_trace,
    FileFormat.OPENSKY: read_opensky,
}


def _head(stream: IO[bytes]) -> bytes:
    peek: Callable[[int], bytes] = stream.peek  # type: ignore[attr-defined]
    return peek(_HEAD_BYTES)
