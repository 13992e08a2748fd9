"""Opens a file as the bytes inside it: plain, gz, zst or a zip of one file, never more than a bound."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
# Logs of positions pack to a tenth or a twentieth; what unpacks to far more is a bomb.
MAX_RATIO = 200
MIN_CAP_BYTES = 64 << 20
_BUFFER_BYTES = 1 << 20


class UnreadableError(ValueError):
    """A file that cannot be read on; the message tells a person why."""


@contextmanager
def open_source(path: Path, progress: Callable[[int], object] | None = None) -> Iterator[IO[bytes]]:
    """The unpacked bytes of a file.

    Args:
        progress: called with how many bytes of the file itself have been read so far.

    Raises:
        UnreadableError: no such file, a broken or nested archive, or one that unpacks to more than
            `MAX_RATIO` times its size; while reading as well as at once.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            inner, packed = _unpacked(file)
            cap = max(size * MAX_RATIO, MIN_CAP_BYTES) if packed else None
            bounded = _Bounded(inner, cap, file.tell, progress)
            yield cast(IO[bytes], io.BufferedReader(bounded, _BUFFER_BYTES))
    except OSError as error:
        raise UnreadableError(error.strerror or "cannot be read") from None


def _unpacked(file: IO[bytes]) -> tuple[IO[bytes], bool]:
    magic = file.read(4)
    file.seek(0)
    if magic.startswith(GZIP):
        return cast(IO[bytes], gzip.GzipFile(fileobj=file)), True
    if magic == ZSTD:
        return cast(IO[bytes], pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")), True
    if magic == ZIP:
        return _only_member(file), True
    return file, False


def _only_member(file: IO[bytes]) -> IO[bytes]:
    try:
        archive = zipfile.ZipFile(file)
        members = [
            item for item in archive.infolist()
            if not item.is_dir() and not item.filename.startswith("__MACOSX/")
        ]  # fmt: skip
        if len(members) != 1:
            raise UnreadableError(f"the zip holds {len(members)} files; unpack it first")
        return archive.open(members[0])
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise UnreadableError(f"the zip is broken or locked: {error}") from None


class _Bounded(io.RawIOBase):
    """Bytes of a packed stream, up to a cap, with its faults told in words."""

    def __init__(
        self,
        inner: IO[bytes],
        cap: int | None,
        position: Callable[[], int],
        progress: Callable[[int], object] | None,
    ) -> None:
        self._inner, self._cap, self._read = inner, cap, 0
        self._position, self._progress = position, progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        try:
            content = self._inner.read(len(view))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, OSError) as error:
            raise UnreadableError(f"the packed file is cut off or broken: {error}") from None
        self._read += len(content)
        if self._cap is not None and self._read > self._cap:
            raise UnreadableError(f"it unpacks to more than {MAX_RATIO} times its size")
        if self._progress is not None:
            self._progress(self._position())
        view[: len(content)] = content
        return len(content)
