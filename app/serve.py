"""Starting the service: database, schema, demo data, web server."""

import asyncio
import gc
import os
import signal
import sys
import threading
from contextlib import ExitStack

import typer
import uvicorn
from fastapi import FastAPI

from app.core import migrations
from app.core.connections import BoundedProtocol
from app.core.db import Database
from app.core.errors import ConfigurationError
from app.core.jobs.process import ChildProcess
from app.core.logging import configure_logging
from app.core.runtime import database_url
from app.core.settings import Settings
from app.demo import load_once
from app.main import create_app
from app.plans import with_overrides
from app.worker import URL_VARIABLE


def serve_forever(host: str, port: int, workers: int, demo: bool | None, with_worker: bool) -> None:
    """Serve until stopped.

    Raises:
        ConfigurationError: the settings do not allow it.
    """
    settings = Settings()
    bundled = settings.database_url is None
    if workers > 1 and settings.redis_url is None:
        raise ConfigurationError(
            "several workers would each count the limits for themselves; set VRIC_REDIS_URL"
        )
    try:
        with_overrides(settings.plan_overrides)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    configure_logging(settings.log_level)
    if threading.current_thread() is threading.main_thread():
        # The server raises the signal again at its end: the worker and the database end with it.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as stack:
        url = stack.enter_context(database_url(settings))
        asyncio.run(_prepare(url, bundled, bundled if demo is None else demo))
        os.environ[URL_VARIABLE] = url
        if "public_url" not in settings.model_fields_set:
            os.environ["VRIC_PUBLIC_URL"] = _own_address(host, port)
        if with_worker:
            stack.enter_context(ChildProcess("app.worker", {URL_VARIABLE: url}))
        _greet(host, port)
        uvicorn.run(
            "app.serve:app_from_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            # The client's address is read by app.access, which knows whom to trust.
            proxy_headers=False,
            timeout_graceful_shutdown=10,
        )


def app_from_environment() -> FastAPI:
    """The application of one worker."""
    settings = Settings()
    configure_logging(settings.log_level)
    app = create_app(settings, os.environ[URL_VARIABLE])
    # What the imports left is never garbage: walking it took a quarter of each request's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    return app


async def _prepare(url: str, bundled: bool, demo: bool) -> None:
    if bundled:
        await migrations.upgrade(url)
    elif await migrations.current_revision(url) != migrations.head_revision():
        raise ConfigurationError("the database has another schema; run `vric db upgrade` first")
    if demo:
        async with Database(url, pool_size=1) as database:
            await load_once(database, Settings().secrets)


def _own_address(host: str, port: int) -> str:
    """Where a browser of this machine reaches the service, for links in mails."""
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _greet(host: str, port: int) -> None:
    base = f"http://{host}:{port}"
    for line in (
        f"VRIC Monitor API on {base}",
        f"  a page to start from   {base}/",
        f"  the documentation      {base}/docs",
        f"  Iran in Venezuela      {base}/v1/events?actor=IR&country=VE",
        f"  words in any language  {base}/v1/events?q=petroleros+OR+tanker",
        f"  who acts together      {base}/v1/events/correlations?period=month",
        f"  the edition            {base}/v1/reports/demo-2020-11",
        "Stop with Ctrl-C.",
    ):
        typer.echo(line)
