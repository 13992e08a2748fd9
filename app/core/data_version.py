"""Numbers that change with every committed change: of the public data, and apart from it of routes.

What receivers tell of craft changes every second; with one number for all, no answer about events
would be remembered any longer.
"""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

import asyncpg

from app.core.db import Database
from app.core.errors import ProblemError

PUBLIC = "data_version"
ROUTES = "routes_version"
POLL_SECONDS = 1.0
logger = logging.getLogger("vric.data_version")


async def bump(connection: asyncpg.Connection, table: str = PUBLIC) -> int:
    """Announce a change within the writer's transaction.

    Called first in every transaction that changes public data: the row's lock puts such
    transactions in one order, which the change feed relies on.
    """
    sql = (
        f"WITH bumped AS (UPDATE {table} SET version = version + 1, changed_at = now()"
        " RETURNING version)"
        f" SELECT version, pg_notify('vric_{table}', version::text) FROM bumped"
    )
    return int(await connection.fetchval(sql))


async def surpass(url: str, version: int) -> None:
    """Go beyond a version that was in use before the data was replaced, so that no tag returns."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("UPDATE data_version SET version = greatest(version, $1)", version)
        await bump(connection)
    finally:
        await connection.close()


async def find_version(url: str) -> int:
    """The version of a database, 0 when it has no schema yet."""
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT version FROM data_version"))
    except asyncpg.UndefinedTableError:
        return 0
    finally:
        await connection.close()


class DataVersion:
    """A version as this process knows it: told by the database, asked once a second besides.

    It is read from where requests read, and before them, so an answer is never older than its tag.
    """

    def __init__(self, database: Database, table: str = PUBLIC) -> None:
        self._database = database
        self._table = table
        self._told = asyncio.Event()
        self._listener: asyncpg.Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self.current: int | None = None
        self.changed_at = datetime.fromtimestamp(0, UTC)

    async def __aenter__(self) -> "DataVersion":
        await self._listen()
        await self._refresh()
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._listener is not None and not self._listener.is_closed():
            await self._listener.close()

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), POLL_SECONDS)
            self._told.clear()
            await self._listen()
            await self._refresh()

    async def _listen(self) -> None:
        if self._listener is None or self._listener.is_closed():
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                self._listener = await self._database.listen(f"vric_{self._table}", self._on_told)

    def _on_told(self, *_: object) -> None:
        # Until the new number is read, nothing may be answered from memory.
        self.current = None
        self._told.set()

    async def _refresh(self) -> None:
        try:
            row = await self._database.fetch_row(f"SELECT version, changed_at FROM {self._table}")
            if row is not None:
                self.current, self.changed_at = row
        except (ProblemError, asyncpg.PostgresError) as error:
            self.current = None
            logger.warning("the data version could not be read: %s", error)
