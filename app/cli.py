"""The command `vric`: its groups and commands, each imported when it is asked for."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from app.core.jobs import AT_ONCE

GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "db": (
        "Schema, backup and restore of the database.",
        {
            "upgrade": "app.core.commands:upgrade",
            "check": "app.core.commands:check",
            "backup": "app.core.commands:backup",
            "restore": "app.core.commands:restore",
        },
    ),
    "ingest": (
        "Take data in.",
        {
            "edition": "app.reports.commands:ingest_edition",
            "accounts": "app.forensics.registry.commands:ingest_accounts",
            "adsb": "app.itineraries.commands:ingest_adsb",
            "ais": "app.itineraries.commands:ingest_ais",
            "claims": "app.forensics.records.commands:ingest_claims",
            "legs": "app.itineraries.journeys.commands:ingest_legs",
            "registry": "app.itineraries.lists.commands:ingest_registry",
            "sanctions": "app.itineraries.lists.commands:ingest_sanctions",
            "positions": "app.itineraries.commands:ingest_positions",
            "posts": "app.forensics.corpora.commands:ingest_posts",
            "takedowns": "app.forensics.records.commands:ingest_takedowns",
        },
    ),
    "events": (
        "Events: look at one, correct one.",
        {
            "show": "app.events.commands:show",
            "edit": "app.events.commands:edit",
        },
    ),
    "outlets": (
        "The outlet registry.",
        {
            "edit": "app.events.commands:edit_outlet",
        },
    ),
    "account": (
        "Accounts.",
        {
            "create": "app.access.commands:create_account",
            "set-plan": "app.access.commands:set_plan",
            "show": "app.access.commands:show_account",
            "remove-totp": "app.access.commands:remove_totp",
        },
    ),
    "billing": (
        "Payments through Stripe.",
        {
            "reconcile": "app.billing.commands:reconcile_all",
            "events": "app.billing.commands:show_events",
            "show": "app.billing.commands:show_account",
            "unlink": "app.billing.commands:unlink_customer",
            "setup": "app.billing.commands:set_up",
        },
    ),
    "key": (
        "API keys.",
        {
            "create": "app.access.commands:create_key",
            "list": "app.access.commands:list_all_keys",
            "revoke": "app.access.commands:revoke_key",
        },
    ),
    "demo": (
        "The demo data that the package brings.",
        {
            "load": "app.demo:load",
            "remove": "app.demo:remove",
        },
    ),
    "routes": (
        "Travel routes of ships and aircraft.",
        {
            "analyse": "app.itineraries.analyse_commands:analyse_file",
            "redact": "app.itineraries.journeys.commands:redact",
            "expire": "app.itineraries.journeys.commands:expire",
            "picture": "app.itineraries.journeys.commands:picture",
            "demo-ais": "app.itineraries.commands:demo_ais",
        },
    ),
    "forensics": (
        "Digital disinformation forensics.",
        {
            "coordination": "app.forensics.commands:coordination",
            "near-duplicates": "app.forensics.commands:near_duplicates",
            "language": "app.forensics.commands:language",
            "chains": "app.forensics.commands:chains",
            "infrastructure": "app.forensics.infrastructure.commands:infrastructure",
            "lookalikes": "app.forensics.lookalikes.commands:lookalikes",
            "images": "app.forensics.images.commands:compare_files",
            "verify": "app.forensics.evidence.commands:verify_package",
            "demo-corpus": "app.forensics.corpora.commands:demo_corpus",
            "publish": "app.forensics.corpora.commands:publish",
            "delete-corpus": "app.forensics.corpora.commands:delete_corpus",
            "replies": "app.forensics.findings.commands:list_replies",
            "decide-reply": "app.forensics.findings.commands:decide_reply",
            "publish-finding": "app.forensics.findings.commands:publish_finding",
            "retract-finding": "app.forensics.findings.commands:retract_finding",
            "disputes": "app.forensics.registry.commands:list_disputes",
            "decide-dispute": "app.forensics.registry.commands:decide",
            "index": "app.forensics.semantic.commands:index",
        },
    ),
}
"""By group: its help line, and where the function of each command stands."""


class _LazyCommands(Mapping[str, Any]):
    """The commands of a group, each imported when it is asked for."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, name: str) -> Any:
        module, _, function = self._places[name].partition(":")
        alone = typer.Typer(add_completion=False)
        alone.command(name)(getattr(import_module(module), function))
        return typer.main.get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class _Root(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (line, places) in GROUPS.items():
            # A group reads its commands and never adds to them: a mapping is enough.
            commands = cast(dict[str, Any], _LazyCommands(places))
            self.add_command(
                TyperGroup(name=name, help=line, no_args_is_help=True, commands=commands)
            )


app = typer.Typer(
    cls=_Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="VRIC Monitor: events on what Venezuela, Russia, Iran and China do in the Americas.",
)


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
    from app.serve import serve_forever  # noqa: PLC0415

    serve_forever(host, port, workers, demo, worker)


@app.command()
def worker(
    at_once: Annotated[int, typer.Option(min=2, max=64, help="Jobs side by side.")] = AT_ONCE,
) -> None:
    """Do background jobs until stopped; any number of workers on any machines share them."""
    from app.worker import work_forever  # noqa: PLC0415

    work_forever(at_once)


def main() -> None:
    """Run a command; what goes wrong is told in one line, never as a traceback."""
    # Nor by the logs of libraries, which Python prints where nobody has asked for logs.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except MemoryError:  # nothing can be imported then
        sys.stderr.write("vric: there is not enough memory for this\n")
        sys.exit(1)
    except Exception as error:
        from app.core.refusals import refusal_of  # noqa: PLC0415

        message = refusal_of(error)
        if message is None and os.environ.get("VRIC_DEBUG"):
            raise
        unforeseen = f"an unforeseen error ({type(error).__name__}); VRIC_DEBUG=1 shows where"
        sys.stderr.write(f"vric: {message or unforeseen}\n")
        sys.exit(1)
