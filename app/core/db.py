"""The database: a pool of reading connections, sessions that write, and the commits.

Hot reads go through asyncpg itself; SQLModel sessions and COPY write. Commits happen here alone.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import ConfigurationError, UnavailableError

READ_TIMEOUT_MS = 5_000
LONG_READ_TIMEOUT_MS = 20_000
ACQUIRE_TIMEOUT_S = 5.0

READER_SETTINGS = {
    "application_name": "vric",
    "default_transaction_read_only": "on",
    "statement_timeout": str(READ_TIMEOUT_MS),
    "jit": "off",
    # Counting by eleven fields at once fits in it.
    "work_mem": "32MB",
    # The index pages that are asked for are in memory; the default cost is that of a disk.
    "random_page_cost": "1.1",
    # A generic plan for a text search knows nothing of how common the word is: 58 ms against 0.3 ms.
    "plan_cache_mode": "force_custom_plan",
}

Row: TypeAlias = asyncpg.Record


class Database:
    """Connections to one primary and, for reads, optionally a replica of it."""

    def __init__(self, url: str, replica_url: str | None = None, pool_size: int = 8) -> None:
        self.url = url
        self._read_url = replica_url or url
        self._alone = asyncio.Semaphore(1)
        self._pool_size = pool_size
        self._pool: asyncpg.Pool | None = None
        self._primary_pool: asyncpg.Pool | None = None
        self._engine: AsyncEngine | None = None

    async def __aenter__(self) -> "Database":
        try:
            self._pool = await self._open_pool(self._read_url)
            self._primary_pool = (
                self._pool if self._read_url == self.url else await self._open_pool(self.url)
            )
        except (OSError, asyncpg.PostgresError) as error:
            raise ConfigurationError(f"the database does not answer: {error}") from error
        self._engine = create_async_engine(
            # An error that names its parameters would write hashes and tokens into the log.
            sqlalchemy_url(self.url),
            pool_size=5,
            max_overflow=5,
            hide_parameters=True,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._engine is not None:
            await self._engine.dispose()
        for pool in {self._pool, self._primary_pool}:
            if pool is not None:
                await pool.close()

    @asynccontextmanager
    async def reader(self, fresh: bool = False) -> AsyncIterator[asyncpg.Connection]:
        """A connection for reading; `fresh` never sees a replica that lags behind.

        Raises:
            UnavailableError: none is free in time, the server is gone, or the statement ran too long.
        """
        pool = self._primary_pool if fresh else self._pool
        assert pool is not None
        try:
            # A free connection needs no timer.
            timeout = None if pool.get_idle_size() else ACQUIRE_TIMEOUT_S
            async with pool.acquire(timeout=timeout) as connection:
                yield connection
        except asyncpg.QueryCanceledError as error:
            raise UnavailableError(
                "the query took too long; narrow it by date, country or category"
            ) from error
        except (
            OSError,
            TimeoutError,
            asyncpg.PostgresConnectionError,
            asyncpg.CannotConnectNowError,
            asyncpg.TooManyConnectionsError,
            asyncpg.AdminShutdownError,
            asyncpg.InterfaceError,
        ) as error:
            raise UnavailableError("the database is busy or away; try again") from error

    async def fetch(self, sql: str, arguments: Sequence[Any] = ()) -> list[Row]:
        """The rows of one reading statement."""
        async with self.reader() as connection:
            rows: list[Row] = await connection.fetch(sql, *arguments)
            return rows

    async def fetch_all_over(self, sql: str, arguments: Sequence[Any] = ()) -> list[Row]:
        """The rows of a statement that reads whole tables: it may take longer, and goes alone.

        Raises:
            UnavailableError: others who ask such things are still served, or it takes too long.
        """
        try:
            await asyncio.wait_for(self._alone.acquire(), LONG_READ_TIMEOUT_MS / 1000)
        except TimeoutError as error:
            raise UnavailableError("many such counts are asked for; try again") from error
        try:
            settings = {"statement_timeout": str(LONG_READ_TIMEOUT_MS)}
            return await self.fetch_under(settings, sql, arguments)
        finally:
            self._alone.release()

    async def fetch_under(
        self, settings: Mapping[str, str], sql: str, arguments: Sequence[Any] = ()
    ) -> list[Row]:
        """The rows of one reading statement, under settings of the server that hold for it alone."""
        async with self.reader() as connection, connection.transaction(readonly=True):
            for name, value in settings.items():
                await connection.execute("SELECT set_config($1, $2, true)", name, value)
            rows: list[Row] = await connection.fetch(sql, *arguments)
            return rows

    async def fetch_row(
        self, sql: str, arguments: Sequence[Any] = (), *, fresh: bool = False
    ) -> Row | None:
        """The first row of one reading statement."""
        async with self.reader(fresh) as connection:
            return await connection.fetchrow(sql, *arguments)

    async def _open_pool(self, url: str) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=self._pool_size,
            server_settings=READER_SETTINGS,
            # Nothing is ever SET on these connections, so there is nothing to reset.
            reset=_no_reset,
            init=read_json_as_bytes,
        )

    async def fetch_value(self, sql: str, arguments: Sequence[Any] = ()) -> Any:
        """The first column of the first row of one reading statement."""
        async with self.reader() as connection:
            return await connection.fetchval(sql, *arguments)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A unit of work on the primary: committed at the end, rolled back on any error.

        Raises:
            UnavailableError: no connection is free in time, or the server is gone.
        """
        assert self._engine is not None
        try:
            async with (
                AsyncSession(self._engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        except (OSError, PoolTimeoutError) as error:
            raise UnavailableError("the database is busy or away; try again") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise UnavailableError("the database is busy or away; try again") from error
            raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A transaction of one fresh connection to the primary, for COPY and set-based writes."""
        connection = await asyncpg.connect(
            self.url, server_settings={"application_name": "vric-writer"}
        )
        try:
            async with connection.transaction():
                yield connection
        finally:
            await asyncio.shield(connection.close())

    @asynccontextmanager
    async def locked(self, name: str) -> AsyncIterator[None]:
        """Hold a lock on the primary that others of the same name wait for, over many transactions.

        The server lets go of it when this process or its connection ends.
        """
        connection = await asyncpg.connect(
            self.url, server_settings={"application_name": "vric-lock"}
        )
        try:
            await connection.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", name)
            yield
        finally:
            await asyncio.shield(connection.close())

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[asyncpg.Connection]:
        """A fresh reading connection that sees one state of all data, however long it reads."""
        connection = await asyncpg.connect(
            self._read_url,
            server_settings={**READER_SETTINGS, "statement_timeout": "0"},
        )
        try:
            await read_json_as_bytes(connection)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield connection
        finally:
            await asyncio.shield(connection.close())

    async def listen(self, channel: str, callback: "Any") -> asyncpg.Connection:
        """A connection to the primary that calls back on each notification; the caller closes it."""
        connection = await asyncpg.connect(
            self.url, server_settings={"application_name": "vric-listener"}
        )
        await connection.add_listener(channel, callback)
        return connection


async def driver_connection(session: AsyncSession) -> asyncpg.Connection:
    """The driver's connection of a session, within the session's transaction."""
    connection = await session.connection()
    # The adapter begins the transaction with the first statement that goes through it.
    await connection.execute(text("SELECT 1"))
    return (await connection.get_raw_connection()).driver_connection


async def read_json_as_bytes(connection: asyncpg.Connection) -> None:
    # Stored documents are sent as they are: decoding and encoding 100 KB costs 65 us a request.
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=_same, decoder=_same, format="binary"
    )


def _same(value: bytes) -> bytes:
    return value


async def _no_reset(_: asyncpg.Connection) -> None:
    return None


def sqlalchemy_url(url: str) -> str:
    """The same address as SQLAlchemy's asyncpg dialect reads it."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


async def create_database_if_missing(server_url: str, name: str) -> None:
    """Make a UTF-8 database from template0.

    The bundled server takes its locale from the environment of whoever started it first, so the
    database names its own: the builtin C.UTF-8, or before PostgreSQL 17 the one of the C library.
    """
    connection = await asyncpg.connect(server_url)
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return
        provider = (
            "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
            if connection.get_server_version().major >= 17
            else "LOCALE 'C.UTF-8'"
        )
        quoted = '"' + name.replace('"', '""') + '"'
        # Another command that started with this one may have made it meanwhile.
        with suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            await connection.execute(
                f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8' {provider}"
            )
    finally:
        await connection.close()
