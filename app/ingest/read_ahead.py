"""Reads the next batch of a file in a thread while the database takes one in."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

Batch = TypeVar("Batch")


async def read_ahead(batches: Iterator[Batch]) -> AsyncGenerator[Batch, None]:
    """The batches of a reader, one ahead. Close it (`aclosing`): the thread is waited for then."""
    reading = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while (batch := await reading) is not None:
            reading = asyncio.create_task(asyncio.to_thread(next, batches, None))
            yield batch
    finally:
        await asyncio.wait({reading})
