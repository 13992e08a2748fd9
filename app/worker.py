"""The command `vric worker`: a process that does background jobs until it is told to stop."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence

from app.accounts.jobs import RESET
from app.alerts.delivery import FORGET, POST
from app.alerts.saved_searches import ANSWER
from app.billing.jobs import RECONCILE
from app.core import migrations
from app.core.db import Database
from app.core.errors import ConfigurationError
from app.core.jobs import AT_ONCE
from app.core.jobs.housekeeping import PRUNE
from app.core.jobs.kinds import Kind
from app.core.jobs.worker import Worker
from app.core.logging import configure_logging
from app.core.mail_queue import SEND
from app.core.runtime import database_url
from app.core.settings import Settings
from app.exports.jobs import KINDS as EXPORTS
from app.forensics.jobs import KINDS as FORENSICS
from app.itineraries.jobs import KINDS as ROUTES

URL_VARIABLE = "VRIC_RUNTIME_DATABASE_URL"
KINDS: Sequence[Kind] = (
    SEND,
    RESET,
    PRUNE,
    RECONCILE,
    POST,
    ANSWER,
    FORGET,
    *EXPORTS,
    *FORENSICS,
    *ROUTES,
)
logger = logging.getLogger("vric.jobs")


def work_forever(at_once: int) -> None:
    """Do jobs until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: the database has another schema.
    """
    settings = Settings()
    configure_logging(settings.log_level)
    with database_url(settings) as url:
        asyncio.run(_prepare(url, bundled=settings.database_url is None))
        asyncio.run(work(url, settings, at_once, asyncio.Event()))


async def work(
    url: str, settings: Settings, at_once: int, stop: asyncio.Event, kinds: Sequence[Kind] = KINDS
) -> None:
    """Do jobs until `stop` is set or the process is told to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Database(url, pool_size=2) as database:
        logger.info("worker %d begins", os.getpid())
        await Worker(database, settings, kinds, at_once).run(stop)
    logger.info("worker %d ends", os.getpid())


async def _prepare(url: str, bundled: bool) -> None:
    if bundled:
        await migrations.upgrade(url)
    elif await migrations.current_revision(url) != migrations.head_revision():
        raise ConfigurationError("the database has another schema; run `vric db upgrade` first")


def main() -> None:
    """The worker of a server: works on the server's database until the server's end closes stdin."""
    settings = Settings()
    configure_logging(settings.log_level)

    async def run() -> None:
        stop = asyncio.Event()

        def on_input() -> None:
            if not os.read(sys.stdin.fileno(), 1):
                asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
                stop.set()

        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), on_input)
        await work(os.environ[URL_VARIABLE], settings, AT_ONCE, stop)

    asyncio.run(run())


if __name__ == "__main__":
    main()
