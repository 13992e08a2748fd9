"""Gives vectors to the texts that have none yet; what is interrupted goes on where it was."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from app.core.db import Database, Row
from app.forensics.semantic import repository, writer
from app.forensics.semantic.embedders import Embedder, Vectors
from app.forensics.semantic.space import Space

TEXTS_AT_ONCE = 64
Progress = Callable[[int], None]
_Fetch = Callable[[int], Awaitable[list[Row]]]
_Text = tuple[int, str]
_Store = Callable[[Sequence[_Text], Vectors], Awaitable[None]]


async def switch_on(database: Database, embedder: Embedder) -> Space:
    """Make the tables of vectors where they are missing.

    Raises:
        CommandError: the server has no pgvector, or the embedder gives no vectors.
    """
    space = Space.of(embedder, await asyncio.to_thread(embedder.query, "space"))
    async with database.transaction() as connection:
        await writer.prepare(connection, space)
    return space


async def index_events(
    database: Database, embedder: Embedder, space: Space, progress: Progress
) -> int:
    """Give vectors to events; returns how many were given."""

    async def fetch(after: int) -> list[Row]:
        return await repository.fetch_events_without(database, space, after, TEXTS_AT_ONCE)

    async def store(texts: Sequence[_Text], vectors: Vectors) -> None:
        async with database.transaction() as connection:
            await writer.store_events(connection, space, texts, vectors)

    return await _index(embedder, fetch, store, progress)


async def index_posts(
    database: Database, embedder: Embedder, space: Space, corpus_id: int, progress: Progress
) -> int:
    """Give vectors to the posts of a corpus; returns how many were given."""

    async def fetch(after: int) -> list[Row]:
        return await repository.fetch_posts_without(
            database, space, corpus_id, after, TEXTS_AT_ONCE
        )

    async def store(texts: Sequence[_Text], vectors: Vectors) -> None:
        async with database.transaction() as connection:
            await writer.store_posts(connection, space, corpus_id, texts, vectors)

    return await _index(embedder, fetch, store, progress)


async def _index(embedder: Embedder, fetch: _Fetch, store: _Store, progress: Progress) -> int:
    done, after = 0, 0
    while rows := await fetch(after):
        texts = [(row["id"], row["text"]) for row in rows]
        vectors = await asyncio.to_thread(embedder.passages, [text for _, text in texts])
        await store(texts, vectors)
        done, after = done + len(texts), texts[-1][0]
        progress(done)
    return done
