"""The command `vric`."""

import logging
import os
import re
import sys
from typing import Annotated

import asyncpg
import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from app.access.commands import account_app, key_app
from app.billing.commands import billing_app
from app.core.commands import app as db_app
from app.core.errors import CommandError, ConfigurationError, ProblemError
from app.demo import demo_app
from app.events.commands import events_app, outlets_app
from app.forensics.commands import forensics_app
from app.forensics.corpora.commands import delete_corpus, demo_corpus, ingest_posts, publish
from app.forensics.evidence.commands import verify_package
from app.forensics.findings.commands import decide_reply, list_replies, publish_finding
from app.forensics.records.commands import ingest_claims, ingest_takedowns
from app.forensics.semantic.commands import index
from app.itineraries.analyse_commands import routes_app
from app.itineraries.commands import ingest_adsb, ingest_ais, ingest_positions
from app.itineraries.journeys.commands import expire, ingest_legs, picture, redact
from app.itineraries.lists.commands import ingest_registry, ingest_sanctions
from app.reports.commands import ingest_edition
from app.serve import serve_forever
from app.worker import AT_ONCE, work_forever

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="VRIC Monitor: events on what Venezuela, Russia, Iran and China do in the Americas.",
)
ingest_app = typer.Typer(no_args_is_help=True, help="Take data in.")
ingest_app.command("edition")(ingest_edition)
ingest_app.command("adsb")(ingest_adsb)
ingest_app.command("ais")(ingest_ais)
ingest_app.command("claims")(ingest_claims)
ingest_app.command("legs")(ingest_legs)
ingest_app.command("registry")(ingest_registry)
ingest_app.command("sanctions")(ingest_sanctions)
ingest_app.command("positions")(ingest_positions)
ingest_app.command("posts")(ingest_posts)
ingest_app.command("takedowns")(ingest_takedowns)
for name, group in (
    ("db", db_app), ("ingest", ingest_app), ("events", events_app), ("outlets", outlets_app),
    ("account", account_app), ("billing", billing_app), ("key", key_app), ("demo", demo_app),
    ("routes", routes_app),
    ("forensics", forensics_app),
):  # fmt: skip
    app.add_typer(group, name=name)


forensics_app.command("verify")(verify_package)
forensics_app.command("demo-corpus")(demo_corpus)
forensics_app.command("publish")(publish)
forensics_app.command("delete-corpus")(delete_corpus)
forensics_app.command("replies")(list_replies)
forensics_app.command("decide-reply")(decide_reply)
forensics_app.command("publish-finding")(publish_finding)
forensics_app.command("index")(index)
routes_app.command("redact")(redact)
routes_app.command("expire")(expire)
routes_app.command("picture")(picture)


@app.callback()
def root() -> None:
    """Settings come from the environment (VRIC_…); README.md lists them."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="More than one needs Redis.")] = 1,
    demo: Annotated[
        bool | None,
        typer.Option(help="Load the demo edition once; by default with the bundled database."),
    ] = None,
    worker: Annotated[
        bool, typer.Option(help="Do background jobs as well, in a process of their own.")
    ] = True,
) -> None:
    """Serve the API, with the bundled database unless VRIC_DATABASE_URL is set."""
    serve_forever(host, port, workers, demo, worker)


@app.command()
def worker(
    at_once: Annotated[int, typer.Option(min=2, max=64, help="Jobs side by side.")] = AT_ONCE,
) -> None:
    """Do background jobs until stopped; any number of workers on any machines share them."""
    work_forever(at_once)


def main() -> None:
    """Run a command; what goes wrong is told in one line, never as a traceback."""
    # Nor by the logs of libraries, which Python prints where nobody has asked for logs.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app()
    except (CommandError, ConfigurationError) as error:
        _fail(str(error))
    except ProblemError as error:
        _fail(error.detail)
    except ValidationError as error:
        faults = "; ".join(
            _setting_fault(fault["loc"], fault["msg"])
            for fault in error.errors(include_input=False)
        )
        _fail(f"settings: {faults}")
    except SettingsError as error:
        _fail(_unread_setting(error))
    except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        _fail(f"the database or the system refused: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("VRIC_DEBUG"):
            raise
        _fail(f"an unforeseen error ({type(error).__name__}); VRIC_DEBUG=1 shows where")


def _setting_fault(location: tuple[int | str, ...], message: str) -> str:
    variable = f"VRIC_{location[0]}:".upper() if location else ""
    return f"{variable} {message.removeprefix('Value error, ')}".strip()


def _unread_setting(error: SettingsError) -> str:
    field = re.search(r'field "(\w+)"', str(error))
    name = f"VRIC_{field[1]}".upper() if field else "a value"
    return f"settings: {name}: no valid JSON ({error.__cause__})"


def _fail(message: str) -> None:
    sys.stderr.write(f"vric: {message}\n")
    sys.exit(1)
