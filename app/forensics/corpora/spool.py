"""Where the body of an upload stands while it is taken in: a file, hashed as it comes."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from app.core.errors import UnavailableError
from app.core.settings import Settings

_PREFIX = "upload-"
_FORGOTTEN_S = 86_400.0
_WRITE_BYTES = 1 << 20


class BrokenOffError(Exception):
    """Whoever sent a body left before its end."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A body on the disk."""

    path: Path
    name: str | None
    """Of the file, as its sender has it."""
    sha256: str
    size_bytes: int
    start: bytes
    """Its first four bytes, which tell some formats."""
    is_whole: bool


@asynccontextmanager
async def spooled(
    settings: Settings, chunks: AsyncIterator[bytes], name: str | None = None
) -> AsyncIterator[Spooled]:
    """The body as a file, gone at the end of the block.

    Args:
        chunks: a BrokenOffError ends them where the body broke off.

    Raises:
        UnavailableError: the disk does not take it.
    """
    directory = settings.upload_dir or settings.data_dir / "uploads"
    digest, size = hashlib.sha256(), 0
    try:
        await asyncio.to_thread(_prepare, directory)
        file = NamedTemporaryFile(dir=directory, prefix=_PREFIX)  # noqa: SIM115 - closed below
    except OSError as error:
        raise UnavailableError("the place for uploads is away") from error
    with file:
        pending, start, is_whole = bytearray(), b"", True
        try:
            async for chunk in chunks:
                pending += chunk
                start = start or bytes(pending[:4]) * (len(pending) >= 4)
                if len(pending) >= _WRITE_BYTES:
                    size += len(pending)
                    await _write(file, bytes(pending), digest)
                    pending.clear()
        except BrokenOffError:
            is_whole = False
        size += len(pending)
        await _write(file, bytes(pending), digest)
        yield Spooled(Path(file.name), name, digest.hexdigest(), size, start, is_whole)


async def _write(file, data: bytes, digest) -> None:  # type: ignore[no-untyped-def]
    def work() -> None:
        digest.update(data)
        file.write(data)
        file.flush()

    try:
        await asyncio.to_thread(work)
    except OSError as error:
        raise UnavailableError("the place for uploads is full or away") from error


def _prepare(directory: Path) -> None:
    """Make the folder, and remove what servers that were killed have left there."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in directory.glob(f"{_PREFIX}*"):
        if time.time() - old.stat().st_mtime > _FORGOTTEN_S:
            old.unlink(missing_ok=True)
