"""`vric ingest legs` and what `vric routes` does with journeys."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from app.core.db import Database
from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome
from app.itineraries.journeys.importer import MAX_FILE_BYTES, import_legs
from app.itineraries.journeys.outputs import encode_itinerary
from app.itineraries.journeys.queries import ItineraryFormat, ItineraryQuery
from app.itineraries.journeys.redaction import expire_private_names, redact_name
from app.itineraries.journeys.service import get_itinerary

_errors = Console(stderr=True)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
MAX_PRINTED_REJECTS = 50
EDITOR = "editor"
By = Annotated[str, typer.Option(help="Who does it, for the history.")]


def ingest_legs(
    file: Annotated[Path, typer.Argument(help="Reported legs: JSON, JSON lines or CSV.")],
    collection: Annotated[
        str | None,
        typer.Option(help="The set these legs belong to; by default the file's name."),
    ] = None,
) -> None:
    """Take reported legs in and join them into itineraries.

    The same file twice is a no-op. A changed file replaces the legs that its collection had; the
    history keeps them.
    """
    key = collection or re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:100] or "legs"
    if not _SLUG.fullmatch(key):
        raise CommandError(f"--collection {key!r}: lower-case letters, digits and dashes")
    source, settings = SourceFile.read(file, MAX_FILE_BYTES), Settings()
    with Progress(console=_errors, transient=True, disable=not _errors.is_terminal) as progress:
        task = progress.add_task("reading legs", total=None)

        async def work(database: Database) -> Outcome:
            return await import_legs(
                database, source, key, settings.secrets,
                lambda done: progress.update(task, completed=done), settings.private_names_keep_days,
            )  # fmt: skip

        outcome = run_with_database(work)
    report(f"legs {key}", outcome)


def redact(
    name: Annotated[str, typer.Argument(help="A person's name, as it is written in journeys.")],
    dry_run: Annotated[bool, typer.Option(help="Only tell where it stands.")] = False,
    by: By = EDITOR,
) -> None:
    """Take a name out of all journeys for good, and keep it out of what is taken in later.

    It goes from texts, titles, ids, exports, links of events, search, and past versions. The
    history says that something was redacted; of the name a keyed hash stays.
    """
    secrets = Settings().secrets
    count = run_with_database(lambda database: redact_name(database, name, secrets, by, dry_run))
    typer.echo(f"{count} itineraries {'would change' if dry_run else 'redacted'}")


def picture(
    itinerary_id: Annotated[str, typer.Argument(help="An itinerary's id.")],
    file: Annotated[Path, typer.Argument(help="Where to write it: a name in .svg or .png.")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As it was known on a day.")
    ] = None,
) -> None:
    """Draw an itinerary: legs by status, dark periods dashed, sources listed."""
    if file.suffix not in (".svg", ".png"):
        raise CommandError(f"{file}: give a name that ends in .svg or .png")
    query = ItineraryQuery(as_of=f"{as_of:%Y-%m-%d}" if as_of else None)
    itinerary = run_with_database(lambda database: get_itinerary(database, itinerary_id, query))
    body = encode_itinerary(ItineraryFormat(file.suffix[1:]), itinerary)
    try:
        file.write_bytes(body)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    typer.echo(f"{file}: {len(body):,} bytes")


def expire(by: By = EDITOR) -> None:
    """Take out names of private persons whose journeys ended VRIC_PRIVATE_NAMES_KEEP_DAYS ago."""
    settings = Settings()
    days = settings.private_names_keep_days
    if days is None:
        raise CommandError("VRIC_PRIVATE_NAMES_KEEP_DAYS is not set: such names are kept")
    count = run_with_database(
        lambda database: expire_private_names(database, days, settings.secrets, by)
    )
    typer.echo(f"{count} itineraries redacted")


def report(what: str, outcome: Outcome) -> None:
    """Tell what an import did, and why lines were left out."""
    for reject in outcome.rejects[:MAX_PRINTED_REJECTS]:
        _errors.print(f"line {reject.line}: {reject.reason}", markup=False, highlight=False)
    if len(outcome.rejects) > MAX_PRINTED_REJECTS:
        _errors.print(f"and {len(outcome.rejects) - MAX_PRINTED_REJECTS} more lines")
    numbers = ", ".join(f"{n} {name.replace('_', '-')}" for name, n in outcome.counts.items())
    state = "unchanged since the last import" if outcome.unchanged else "imported"
    typer.echo(f"{what} {state}: {numbers}")
