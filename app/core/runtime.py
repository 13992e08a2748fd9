"""What a process needs before it can work: a database to talk to."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from app.core.embedded import EmbeddedServer
from app.core.errors import CommandError

if TYPE_CHECKING:
    from app.core.db import Database
    from app.core.settings import Settings

# Commands import this for what they do, and must not wait for it to show their help.
# ruff: noqa: PLC0415

EMBEDDED_DATABASE = "vric"
T = TypeVar("T")


@contextmanager
def database_url(settings: "Settings") -> Iterator[str]:
    """The address of the database: the one set, or that of the bundled server while it is held."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    from app.core.db import create_database_if_missing

    server = EmbeddedServer.start(settings.data_dir)
    try:
        asyncio.run(create_database_if_missing(server.url("postgres"), EMBEDDED_DATABASE))
        yield server.url(EMBEDDED_DATABASE)
    finally:
        server.stop()


def run_with_database(work: Callable[["Database"], Awaitable[T]]) -> T:
    """Run a command's work on the database, whose schema must be this release's.

    The bundled database is brought up to date by itself; another one only by `vric db upgrade`.

    Raises:
        CommandError: the schema is another.
    """
    from app.core import migrations
    from app.core.db import Database
    from app.core.settings import Settings

    settings = Settings()

    async def run(url: str) -> T:
        if settings.database_url is None:
            await migrations.upgrade(url)
        elif await migrations.current_revision(url) != migrations.head_revision():
            raise CommandError("the database has another schema; run `vric db upgrade` first")
        async with Database(url, pool_size=2) as database:
            return await work(database)

    with database_url(settings) as url:
        return asyncio.run(run(url))
