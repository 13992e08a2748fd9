"""Takes captures in, has them compared, and lets them go: nothing of them is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.core.errors import BodyTooLargeError, InvalidBodyError, UnavailableError
from app.core.settings import Settings
from app.forensics.corpora.spool import spooled
from app.forensics.infrastructure.process import run_comparison

MAX_ARCHIVE_BYTES = 64 << 20
MAX_WAIT_S = 20.0
_one_at_a_time = asyncio.Semaphore(1)


async def compare_captures(
    settings: Settings, chunks: AsyncIterator[bytes], min_score: float
) -> bytes:
    """The answer over a ZIP of captures or a HAR file, as JSON.

    Raises:
        BodyTooLargeError: more than 64 MiB.
        InvalidBodyError: it holds no captures, too many, or such as take too long.
        UnavailableError: others are being compared, or the disk does not take it.
    """
    async with spooled(settings, _capped(chunks)) as archive:
        if archive.size_bytes == 0:
            raise InvalidBodyError.of("body", "a ZIP of captures is needed")
        async with _turn():
            return await run_comparison(archive.path, min_score)


async def _capped(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > MAX_ARCHIVE_BYTES:
            raise BodyTooLargeError(f"captures may have at most {MAX_ARCHIVE_BYTES >> 20} MiB")
        yield chunk


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """One comparison at a time, so that they leave the machine to the other answers."""
    try:
        async with asyncio.timeout(MAX_WAIT_S):
            await _one_at_a_time.acquire()
    except TimeoutError:
        raise UnavailableError(
            "other captures are being compared; try again soon", headers={"Retry-After": "30"}
        ) from None
    try:
        yield
    finally:
        _one_at_a_time.release()
