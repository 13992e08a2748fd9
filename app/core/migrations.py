"""The schema: bringing a database up to date, and telling whether it is."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.db import Database, sqlalchemy_url

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "5s"
T = TypeVar("T")
_PACKAGE = Path(__file__).resolve().parents[1]


def _config() -> Config:
    """The migrations beside the package in a checkout, within it when installed."""
    homes = (_PACKAGE.parent, _PACKAGE / "_migrations")
    home = next(home for home in homes if (home / "alembic.ini").is_file())
    return Config(home / "alembic.ini", stdout=io.StringIO())


def head_revision() -> str | None:
    """The revision this release of the code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def current_revision(url: str) -> str | None:
    """The revision a database is at, `None` when it is empty."""

    def read(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    return await _run(url, read)


async def serving_revision(database: Database) -> str | None:
    """The revision of a database that is in use, through its own connections."""
    found: str | None = await database.fetch_value("SELECT version_num FROM alembic_version")
    return found


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database to `revision`; safe to run from several processes at once."""
    if revision == "head" and await current_revision(url) == head_revision():
        return  # running no migration takes as long as importing all tables
    await _command(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str) -> None:
    """Take a database back to `revision`."""
    await _command(url, lambda config: command.downgrade(config, revision))


async def check(url: str) -> None:
    """Raise `alembic.util.CommandError` when the models and the database differ."""
    await _command(url, command.check)


async def _command(url: str, act: Callable[[Config], object]) -> None:
    def with_connection(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_lock(hashtextextended('vric.migrations', 0))"))
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
        config = _config()
        config.attributes["connection"] = connection
        act(config)

    await _run(url, with_connection)


async def _run(url: str, act: Callable[[Connection], T]) -> T:
    engine = create_async_engine(sqlalchemy_url(url))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(act)
    finally:
        await engine.dispose()
