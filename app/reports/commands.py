"""`vric ingest edition`."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from app.core.runtime import run_with_database
from app.ingest.commands import checked_slug, tell
from app.ingest.files import SourceFile

if TYPE_CHECKING:
    from app.core.db import Database
    from app.ingest.runner import Outcome
    from app.reports.editions import CodedEdition

# What reads and codes is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

_errors = Console(stderr=True)


def ingest_edition(
    file: Annotated[Path, typer.Argument(help="The text of an edition.")],
    published_on: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="When it was published.")
    ],
    edition: Annotated[
        str | None, typer.Option(help="The key it is kept under; its date by default.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Read and code, write nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --dry-run: one coded event a line.")
    ] = False,
    allow_removals: Annotated[
        bool, typer.Option(help="Take back more than half of the items that stand.")
    ] = False,
) -> None:
    """Take an edition of the monitor in: its sections, must-reads and items, coded into events.

    The same file twice is a no-op; a changed one updates and never duplicates; corrections stay.
    """
    from app.reports.editions import EditionKey
    from app.reports.importer import MAX_FILE_BYTES, import_edition, read_and_code

    day = published_on.date()
    slug = checked_slug("--edition", edition or day.isoformat())
    source = SourceFile.read(file, MAX_FILE_BYTES)
    with Progress(console=_errors, transient=True, disable=not _errors.is_terminal) as progress:
        task = progress.add_task("coding items", total=None)
        coded = read_and_code(
            source, day, progress=lambda n, total: progress.update(task, completed=n, total=total)
        )
    if dry_run:
        _print_coded(coded, as_json)
        return
    key = EditionKey(slug, title or f"VRIC Monitor, {day:%B %Y}")

    async def work(database: "Database") -> "Outcome":
        return await import_edition(database, source, key, coded, allow_removals)

    tell(f"edition {slug}", run_with_database(work))


def _print_coded(coded: "CodedEdition", as_json: bool) -> None:
    from app.reports.coding.records import to_dry_run_json

    if as_json:
        for event in coded.events:
            typer.echo(orjson.dumps(to_dry_run_json(event)).decode())
    else:
        for event in coded.events:
            actors, countries = ",".join(event.actors), ",".join(event.countries)
            typer.echo(
                f"{event.published_on} {event.category:13} {actors or '-':9} > {countries or '-':9} "
                f"{event.place or '':20} {event.summary[:70]}"
            )
    _print_rejects(coded)
    _errors.print(
        f"{len(coded.events)} items, {len(coded.edition.must_reads)} must-reads, "
        f"{len(coded.edition.sections)} sections; nothing was written"
    )


def _print_rejects(coded: "CodedEdition") -> None:
    for reject in coded.edition.rejects:
        _errors.print(f"line {reject.line}: {reject.reason}", markup=False)
