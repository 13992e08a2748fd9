"""Gives vectors to the texts that have none yet; what is interrupted goes on where it was."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager

import asyncpg

from app.core.db import Database, Row
from app.forensics.semantic import repository, writer
from app.forensics.semantic.embedders import Embedder, Vectors
from app.forensics.semantic.space import Space

TEXTS_AT_ONCE = 64
Progress = Callable[[int], None]
Transaction = Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]
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


class Indexer:
    """Gives the vectors of one space to events and posts."""

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        space: Space,
        *,
        transaction: Transaction | None = None,
        progress: Progress | None = None,
    ) -> None:
        """
        Args:
            transaction: what writes; by default transactions of the database.
            progress: called with how many texts are done.
        """
        self._database, self._embedder, self._space = database, embedder, space
        self._transaction = transaction or database.transaction
        self._progress = progress

    async def events(self, after: int = 0, most: int | None = None) -> tuple[int, int | None]:
        """Give vectors to events after an id: how many got one, and where to go on, if at all."""

        async def fetch(after: int) -> list[Row]:
            return await repository.fetch_events_without(
                self._database, self._space, after, TEXTS_AT_ONCE
            )

        async def store(texts: Sequence[_Text], vectors: Vectors) -> None:
            async with self._transaction() as connection:
                await writer.store_events(connection, self._space, texts, vectors)

        return await self._index(fetch, store, after, most)

    async def posts(
        self, corpus_id: int, after: int = 0, most: int | None = None
    ) -> tuple[int, int | None]:
        """The same for the posts of a corpus."""

        async def fetch(after: int) -> list[Row]:
            return await repository.fetch_posts_without(
                self._database, self._space, corpus_id, after, TEXTS_AT_ONCE
            )

        async def store(texts: Sequence[_Text], vectors: Vectors) -> None:
            async with self._transaction() as connection:
                await writer.store_posts(connection, self._space, corpus_id, texts, vectors)

        return await self._index(fetch, store, after, most)

    async def _index(
        self, fetch: _Fetch, store: _Store, after: int, most: int | None
    ) -> tuple[int, int | None]:
        done = 0
        while rows := await fetch(after):
            texts = [(row["id"], row["text"]) for row in rows]
            vectors = await asyncio.to_thread(self._embedder.passages, [text for _, text in texts])
            await store(texts, vectors)
            done, after = done + len(texts), texts[-1][0]
            if self._progress is not None:
                self._progress(done)
            if most is not None and done >= most:
                return done, after
        return done, None
