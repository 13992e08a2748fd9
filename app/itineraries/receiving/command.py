"""`vric ingest ais --listen`: a listener as a process, until it is stopped."""

import asyncio
import signal
import sys
from collections.abc import Callable

import typer

from app.core.db import Database
from app.core.embedded import EmbeddedServer
from app.core.errors import CommandError
from app.core.logging import configure_logging
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.itineraries.receiving.listener import Acknowledged, Listener

_TELL_EVERY_S = 1.0


def listen(address: str) -> None:
    """Take in what receivers send to HOST:PORT by UDP or TCP, until the process is told to end.

    Raises:
        CommandError: no such address, or the database is away at the end.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65_535:
        raise CommandError(f"--listen {address!r}: give HOST:PORT, such as 127.0.0.1:10110")
    settings = Settings()
    configure_logging(settings.log_level)

    async def work(database: Database) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        listener = Listener(database, address, settings.positions_keep_days, _revival(settings))
        telling = asyncio.create_task(_tell(listener.acknowledged))
        try:
            await listener.run(host.strip("[]"), int(port), stop, _greet)
        except TimeoutError:
            left = listener.acknowledged.pending
            raise CommandError(f"the database is away: {left} lines were not committed") from None
        finally:
            telling.cancel()
            _show(listener.acknowledged)

    run_with_database(work)


def _greet(port: int) -> None:
    typer.echo(f"listening on port {port}, UDP and TCP; stop with Ctrl-C")
    sys.stdout.flush()


def _revival(settings: Settings) -> Callable[[], None]:
    """What brings the database back: the bundled server is started, another one is waited for."""
    if settings.database_url is not None:
        return lambda: None
    return lambda: EmbeddedServer.start(settings.data_dir).ensure_running()


async def _tell(acknowledged: Acknowledged) -> None:
    """Tell on the terminal what is acknowledged, once a second while there is something new."""
    told = 0
    while True:
        await asyncio.sleep(_TELL_EVERY_S)
        if acknowledged.lines != told:
            told = acknowledged.lines
            _show(acknowledged)


def _show(acknowledged: Acknowledged) -> None:
    typer.echo(
        f"{acknowledged.lines:,} lines acknowledged, {acknowledged.positions:,} new positions,"
        f" {acknowledged.rejects:,} rejected, {acknowledged.pending:,} pending"
    )
    sys.stdout.flush()
