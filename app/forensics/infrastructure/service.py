"""Takes captures in, has them compared, and lets them go: nothing of them is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.core.errors import BodyTooLargeError, InvalidBodyError, RateLimitedError, UnavailableError
from app.core.settings import Settings
from app.forensics.corpora.spool import spooled
from app.forensics.infrastructure.process import run_comparison

MAX_ARCHIVE_BYTES = 64 << 20
AT_ONCE = 2
MAX_WAIT_S = 30.0
_places = asyncio.Semaphore(AT_ONCE)
_comparing: set[int] = set()
"""The accounts whose captures this process compares: one of each, so that nobody waits for many."""


async def compare_captures(
    settings: Settings, account_id: int, chunks: AsyncIterator[bytes], min_score: float
) -> bytes:
    """The answer over a ZIP of captures or a HAR file, as JSON.

    Raises:
        BodyTooLargeError: more than 64 MiB.
        InvalidBodyError: it holds no captures, too many, or such as take too long.
        RateLimitedError: captures of this account are being compared.
        UnavailableError: others are being compared, or the disk does not take it.
    """
    async with _alone(account_id), spooled(settings, _capped(chunks)) as archive:
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
async def _alone(account_id: int) -> AsyncIterator[None]:
    if account_id in _comparing:
        raise RateLimitedError(
            "captures of yours are being compared; wait for the answer",
            headers={"Retry-After": "10"},
        )
    _comparing.add(account_id)
    try:
        yield
    finally:
        _comparing.remove(account_id)


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """A place among the few comparisons at once, so that they leave the machine to other answers."""
    try:
        async with asyncio.timeout(MAX_WAIT_S):
            await _places.acquire()
    except TimeoutError:
        raise UnavailableError(
            "other captures are being compared; try again soon", headers={"Retry-After": "30"}
        ) from None
    try:
        yield
    finally:
        _places.release()
