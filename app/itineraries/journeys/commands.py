"""`vric ingest legs` and what `vric routes` does with journeys."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.ingest.commands import Collection, collection_key, tell
from app.ingest.files import SourceFile

if TYPE_CHECKING:
    from app.core.db import Database
    from app.ingest.runner import Outcome

# What reads files and talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

_errors = Console(stderr=True)
EDITOR = "editor"
By = Annotated[str, typer.Option(help="Who does it, for the history.")]


def ingest_legs(
    file: Annotated[Path, typer.Argument(help="Reported legs: JSON, JSON lines or CSV.")],
    collection: Collection = None,
) -> None:
    """Take reported legs in and join them into itineraries.

    The same file twice is a no-op. A changed file replaces the legs that its collection had; the
    history keeps them.
    """
    from app.itineraries.journeys.importer import MAX_FILE_BYTES, import_legs

    key = collection_key(collection, file)
    source, settings = SourceFile.read(file, MAX_FILE_BYTES), Settings()
    with Progress(console=_errors, transient=True, disable=not _errors.is_terminal) as progress:
        task = progress.add_task("reading legs", total=None)

        async def work(database: "Database") -> "Outcome":
            return await import_legs(
                database, source, key, settings.secrets,
                lambda done: progress.update(task, completed=done), settings.private_names_keep_days,
            )  # fmt: skip

        outcome = run_with_database(work)
    tell(f"legs {key}", outcome)


def redact(
    name: Annotated[str, typer.Argument(help="A person's name, as it is written in journeys.")],
    dry_run: Annotated[bool, typer.Option(help="Only tell where it stands.")] = False,
    by: By = EDITOR,
) -> None:
    """Take a name out of all journeys for good, and keep it out of what is taken in later.

    It goes from texts, titles, ids, exports, links of events, search, and past versions. The
    history says that something was redacted; of the name a keyed hash stays.
    """
    from app.itineraries.journeys.redaction import redact_name

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
    from app.itineraries.journeys.outputs import encode_itinerary
    from app.itineraries.journeys.queries import ItineraryFormat, ItineraryQuery
    from app.itineraries.journeys.service import fetch_tracks, get_itinerary

    if file.suffix not in (".svg", ".png"):
        raise CommandError(f"{file}: give a name that ends in .svg or .png")
    query = ItineraryQuery(as_of=f"{as_of:%Y-%m-%d}" if as_of else None)

    async def work(database: "Database") -> bytes:
        itinerary = await get_itinerary(database, itinerary_id, query)
        tracks = await fetch_tracks(database, itinerary)
        return encode_itinerary(ItineraryFormat(file.suffix[1:]), itinerary, tracks)

    body = run_with_database(work)
    try:
        file.write_bytes(body)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    typer.echo(f"{file}: {len(body):,} bytes")


def expire(by: By = EDITOR) -> None:
    """Take out names of private persons whose journeys ended VRIC_PRIVATE_NAMES_KEEP_DAYS ago."""
    from app.itineraries.journeys.redaction import expire_private_names

    settings = Settings()
    days = settings.private_names_keep_days
    if days is None:
        raise CommandError("VRIC_PRIVATE_NAMES_KEEP_DAYS is not set: such names are kept")
    count = run_with_database(
        lambda database: expire_private_names(database, days, settings.secrets, by)
    )
    typer.echo(f"{count} itineraries redacted")
