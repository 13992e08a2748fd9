"""How the documents of events become the bytes of a file."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from app.events.formats import Closing, Encoding, Format, encoding_of
from app.exports.files import PartialFile
from app.exports.schemas import ExportFormat

_EPOCH = datetime.fromtimestamp(0, UTC)  # only feeds tell when the data changed


class Encoder(Protocol):
    """Writes one file, chunk by chunk."""

    def write(self, documents: list[bytes]) -> None:
        """Append events."""

    def close(self, meta: Mapping[str, Any]) -> None:
        """Write what stands after them."""


class TextEncoder:
    """The formats of the list, byte for byte."""

    def __init__(self, format_: ExportFormat, file: PartialFile) -> None:
        self._encoding: Encoding = encoding_of(Format(format_), _EPOCH)
        self._file = file
        self._rows = 0
        file.write(self._encoding.opening)

    def write(self, documents: list[bytes]) -> None:
        if self._rows:
            self._file.write(self._encoding.separator)
        self._file.write(self._encoding.chunk(documents))
        self._rows += len(documents)

    def close(self, meta: Mapping[str, Any]) -> None:
        self._file.write(self._encoding.close(Closing([], self._rows, meta)))


def make_encoder(format_: ExportFormat, file: PartialFile) -> Encoder:
    """The encoder of a format; that of GeoParquet loads a heavy library, so only workers do this."""
    if format_ is ExportFormat.GEOPARQUET:
        from app.exports.geoparquet import GeoParquetEncoder  # noqa: PLC0415

        return GeoParquetEncoder(file)
    return TextEncoder(format_, file)
