"""Opens a file of positions with the reader that its first bytes ask for."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from app.itineraries.sources.adsb_trace import looks_like_trace, read_adsb_trace
from app.itineraries.sources.batch import Batch
from app.itineraries.sources.opening import UnreadableError, open_source
from app.itineraries.sources.opensky import looks_like_opensky, read_opensky
from app.itineraries.sources.position_table import (
    read_positions_csv,
    read_positions_ndjson,
    read_positions_parquet,
)

Progress = Callable[[int], object]
_HEAD_BYTES = 65_536


def read_table(path: Path, columns: Mapping[str, str], progress: Progress) -> Iterator[Batch]:
    """The fixes of a plain table: CSV, JSON lines or Parquet.

    Raises:
        UnreadableError: it is none of these, or breaks off.
    """
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            file.seek(0)
            yield from read_positions_parquet(file, columns)
            return
    with open_source(path, progress) as stream:
        read = read_positions_ndjson if _head(stream).startswith(b"{") else read_positions_csv
        yield from read(stream, columns)


def read_adsb(path: Path, progress: Progress) -> Iterator[Batch]:
    """The fixes of a readsb or tar1090 trace, or of OpenSky's states.

    Raises:
        UnreadableError: it is neither, or breaks off.
    """
    with open_source(path, progress) as stream:
        head = _head(stream)
        if looks_like_trace(head):
            yield from read_adsb_trace(stream)
        elif looks_like_opensky(head):
            yield from read_opensky(stream)
        else:
            raise UnreadableError("neither a readsb trace nor OpenSky states")


def _head(stream: IO[bytes]) -> bytes:
    peek: Callable[[int], bytes] = stream.peek  # type: ignore[attr-defined]
    return peek(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
