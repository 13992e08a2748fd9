"""The files of exports: written aside under a name of the attempt, hashed, and put in place whole."""

import hashlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from uuid import UUID, uuid4

from app.core.settings import Settings
from app.exports.schemas import SUFFIXES, ExportFormat

_NAME = re.compile(r"\.?([0-9a-f-]{36})\.")


class FileFaultError(Exception):
    """The file cannot be written; the message says why, without telling where."""

    def __init__(self, error: OSError) -> None:
        reason = os.strerror(error.errno) if error.errno else "the system refused"
        super().__init__(f"the file could not be written: {reason}")


def directory_of(settings: Settings) -> Path:
    """Where the files are."""
    return settings.export_dir or settings.data_dir / "exports"


def path_of(directory: Path, export_id: UUID, format_: ExportFormat) -> Path:
    """Where the whole file of an export is."""
    return directory / f"{export_id}.{SUFFIXES[format_]}"


class PartialFile:
    """A file that is being written; gone at the end unless it was published."""

    def __init__(self, directory: Path, export_id: UUID) -> None:
        self._path = directory / f".{export_id}.{uuid4().hex[:12]}.partial"
        self._hash = hashlib.sha256()
        self.size = 0
        try:
            directory.mkdir(mode=0o750, parents=True, exist_ok=True)
            # What an attempt that was killed has left behind.
            for old in directory.glob(f".{export_id}.*.partial"):
                old.unlink(missing_ok=True)
            self._file = self._path.open("xb")
        except OSError as error:
            raise FileFaultError(error) from error

    def __enter__(self) -> "PartialFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError:  # what the buffer still held; the file goes anyway
            pass
        finally:
            self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> int:
        """Append; as a file object does, for libraries that write into one."""
        view = memoryview(data)
        try:
            self._file.write(view)
        except OSError as error:
            raise FileFaultError(error) from error
        self._hash.update(view)
        self.size += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        """How many bytes were written."""
        return self.size

    def flush(self) -> None:
        """Nothing: `seal` does it once."""

    def close(self) -> None:
        """Nothing: the end of the context does it."""

    @property
    def closed(self) -> bool:
        return self._file.closed

    def seal(self) -> str:
        """Bring all of it to the disk; returns its SHA-256 in hexadecimal digits."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise FileFaultError(error) from error
        return self._hash.hexdigest()

    def publish(self, path: Path) -> None:
        """Put it in place."""
        try:
            self._path.replace(path)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise FileFaultError(error) from error


def remove(directory: Path, export_id: UUID) -> None:
    """Remove an export's file, and what was begun of it."""
    for pattern in (f"{export_id}.*", f".{export_id}.*"):
        for path in directory.glob(pattern):
            path.unlink(missing_ok=True)


def list_files(directory: Path, older_than_s: float) -> Iterator[UUID]:
    """The exports of which there is a file that nobody has written to for a while."""
    if not directory.is_dir():
        return
    before = time.time() - older_than_s
    for entry in os.scandir(directory):
        name = _NAME.match(entry.name)
        if name is not None and entry.stat().st_mtime < before:
            yield UUID(name[1])
