"""Runs one comparison in a process of its own, which ends when it takes too long."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

from app.core.errors import InvalidBodyError

DEADLINE_S = 60
MEMORY_BYTES = 3 << 29
REFUSED = 3
"""The exit code of a process that says, instead of answering, why it cannot."""
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


async def run_comparison(path: Path, min_score: float) -> bytes:
    """The answer over the captures at `path`, as JSON.

    Raises:
        InvalidBodyError: there are none, too many, or such as take too long or too much memory.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "app.forensics.infrastructure.child",
        str(path), str(min_score), str(MEMORY_BYTES), str(DEADLINE_S),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **_ONE_THREAD}, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(DEADLINE_S):
            answer, _ = await process.communicate()
    except TimeoutError:
        raise InvalidBodyError.of("body", "the captures take too long; send fewer sites") from None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())
    if process.returncode == REFUSED:
        raise InvalidBodyError.of("body", answer.decode())
    if process.returncode:
        raise InvalidBodyError.of("body", "the captures cannot be compared; send fewer sites")
    return answer
