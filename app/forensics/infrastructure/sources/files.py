"""The files of a folder or a ZIP, read within bounds; nothing is ever written to the disk."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

MAX_FILES = 5_000
MAX_FILE_BYTES = 10 << 20
MAX_HAR_BYTES = 64 << 20
MAX_TOTAL_BYTES = 256 << 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_JUNK = {"__MACOSX", "Thumbs.db", "desktop.ini"}
_MAX_NAME = 400


class CaptureError(Exception):
    """What was supplied cannot be analysed; the message says why."""


@dataclass(frozen=True, slots=True)
class CapturedFile:
    """One file of a capture: its path inside the folder or ZIP, and its bytes."""

    path: PurePosixPath
    data: bytes


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, and why."""

    path: str
    reason: str


Skip = Callable[[Skipped], None]


def read_files(source: Path, skip: Skip) -> Iterator[CapturedFile]:
    """The files of a folder, of a ZIP, or a single file, in the order of their names.

    Raises:
        CaptureError: there is no such thing, it is no ZIP, or it is too much.
    """
    if source.is_dir():
        entries = _of_folder(source, skip)
    elif not source.is_file():
        raise CaptureError(f"{source}: there is no such file or folder")
    elif zipfile.is_zipfile(source):
        entries = _of_zip(source, skip)
    else:
        entries = [(_name_of(source), _opener(source))]
    total = 0
    for path, opened in sorted(entries, key=lambda entry: entry[0]):
        data = _read(path, opened, skip)
        if data is None:
            continue
        total += len(data)
        if total > MAX_TOTAL_BYTES:
            raise CaptureError(f"the captures hold more than {MAX_TOTAL_BYTES >> 20} MiB unpacked")
        yield CapturedFile(path, data)


_Entry = tuple[PurePosixPath, Callable[[], BinaryIO]]


def _name_of(source: Path) -> PurePosixPath:
    """A lone file that holds JSON is a HAR, whatever it is called: uploads have no name."""
    with source.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    return PurePosixPath("capture.har" if start.startswith(b"{") else source.name)


def _of_folder(folder: Path, skip: Skip) -> list[_Entry]:
    entries: list[_Entry] = []
    for path in folder.rglob("*"):
        inside = PurePosixPath(path.relative_to(folder).as_posix())
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) or _is_junk(inside):
            continue
        if not stat.S_ISREG(mode):
            skip(Skipped(str(inside), "no regular file"))
            continue
        entries.append((inside, _opener(path)))
        _check_count(len(entries))
    return entries


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _of_zip(source: Path, skip: Skip) -> list[_Entry]:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise CaptureError(f"the ZIP cannot be read: {error}") from None
    members = [member for member in archive.infolist() if not member.is_dir()]
    _check_count(len(members))
    entries: dict[PurePosixPath, Callable[[], BinaryIO]] = {}
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if _is_junk(path):
            continue
        if reason := _fault_of(member, path) or ("occurs twice" if path in entries else None):
            skip(Skipped(_shown(member.filename), reason))
            continue
        entries[path] = _member_opener(archive, member)
    return list(entries.items())


def _member_opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: archive.open(member)  # type: ignore[return-value]  # IO[bytes], which reads alike


def _fault_of(member: zipfile.ZipInfo, path: PurePosixPath) -> str | None:
    """Why a member is left out. Nothing is unpacked to the disk; a path outside is still no name."""
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        return "its name leads out of the archive"
    if len(member.filename) > _MAX_NAME or not member.filename.isprintable():
        return "its name is no plain text, or too long"
    if member.flag_bits & 0x1:
        return "encrypted"
    if member.compress_type not in _METHODS:
        return "compressed by another method than deflate"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "no regular file"
    return None


def _read(path: PurePosixPath, opened: Callable[[], BinaryIO], skip: Skip) -> bytes | None:
    """The bytes of a file; what a ZIP says of their number is not believed."""
    limit = MAX_HAR_BYTES if path.suffix.lower() == ".har" else MAX_FILE_BYTES
    try:
        with opened() as file:
            data = file.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        skip(Skipped(str(path), f"cannot be read: {_shown(str(error))}"))
        return None
    if len(data) > limit:
        skip(Skipped(str(path), f"larger than {limit >> 20} MiB"))
        return None
    return data


def _check_count(count: int) -> None:
    if count > MAX_FILES:
        raise CaptureError(f"the captures hold more than {MAX_FILES:,} files")


def _is_junk(path: PurePosixPath) -> bool:
    """What systems leave in folders by themselves."""
    return any(part in _JUNK or part.startswith("._") or part == ".DS_Store" for part in path.parts)


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:_MAX_NAME]
