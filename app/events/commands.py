"""`vric events` and `vric outlets`: corrections by a person."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from app.core.clock import now
from app.core.errors import CommandError, ProblemError
from app.core.runtime import run_with_database
from app.events.vocabulary import OWNERSHIPS, labels
from app.plans import Feature

if TYPE_CHECKING:
    from app.core.db import Database

# What talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

# Shown in the public history: a name is given on purpose only.
EDITOR = "editor"
By = Annotated[str, typer.Option(help="Who corrects, for the public history.")]


def show(event_id: int) -> None:
    """Print an event as JSON, with how each field was coded."""
    from app.events.items import get_event

    async def work(database: "Database") -> bytes:
        try:
            return orjson.dumps(
                await get_event(database, event_id, Feature), option=orjson.OPT_INDENT_2
            )
        except ProblemError as error:
            raise CommandError(error.detail) from None

    typer.echo(run_with_database(work))


def edit(
    event_id: int,
    assignments: Annotated[
        list[str], typer.Option("--set", help="field=value; lists by commas, nothing for null")
    ] = [],  # noqa: B006 - Typer reads the default, nobody changes it
    undo: Annotated[list[str], typer.Option(help="A field to put back.")] = [],  # noqa: B006
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
    by: By = EDITOR,
) -> None:
    """Correct fields of an event. Imports keep corrections."""
    from app.events.corrections import correct_event, parse_assignment

    if not assignments and not undo:
        raise CommandError("nothing to do; give --set field=value or --undo field")
    changes = dict(parse_assignment(text) for text in assignments)

    async def work(database: "Database") -> None:
        await correct_event(database, event_id, changes, by, reason, undo)

    run_with_database(work)
    typer.echo(f"event {event_id}: {', '.join([*changes, *undo])}")


def edit_outlet(
    outlet_id: str,
    ownership: Annotated[str, typer.Option(help=", ".join(OWNERSHIPS))],
    citation: Annotated[str, typer.Option(help="The ground, in a few neutral words.")],
    state: Annotated[str | None, typer.Option(help="The state that owns or controls it.")] = None,
    by: By = EDITOR,
) -> None:
    """Correct who owns an outlet; its events follow, updates of the bundled registry keep it."""
    from app.events.writer import correct_outlet, load_outlets

    if state is not None and state not in labels("country"):
        raise CommandError(f"--state {state!r}: an ISO 3166-1 alpha-2 code")
    if ownership not in OWNERSHIPS:
        raise CommandError(f"{ownership!r}: choose one of {', '.join(OWNERSHIPS)}")

    async def work(database: "Database") -> int:
        async with database.transaction() as connection:
            outlets = await load_outlets(connection)
            if outlet_id not in outlets:
                raise CommandError(f"there is no outlet {outlet_id!r}")
            corrected = replace(
                outlets[outlet_id], ownership=ownership, citation=citation, state=state,
                cited_on=now().date(),
            )  # fmt: skip
            return await correct_outlet(connection, corrected, by)

    typer.echo(f"outlet {outlet_id}: {ownership}; {run_with_database(work)} events updated")
