"""What `vric ingest ais|adsb|positions` does with files: each with its bar, then what depends on them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from app.core.db import Database
from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.ingest.files import LargeFile
from app.ingest.runner import Outcome
from app.itineraries.activities.deriver import derive_activities
from app.itineraries.journeys.observed.recording import record_observed_legs
from app.itineraries.positions.importer import (
    COUNTED,
    READER_VERSION,
    Bounds,
    import_positions,
)
from app.itineraries.sources.formats import ReadOptions, read_batches
from app.itineraries.sources.opening import UnreadableError

MAX_SHOWN_REJECTS = 20
SOURCES = {"ais": "ais", "adsb": "adsb", "positions": "file"}
"""By kind of import: the source that its positions are kept with."""
_errors = Console(stderr=True)


def take_in(files: Sequence[Path], kind: str, options: ReadOptions) -> None:
    """Take files of positions in one after another, then derive what depends on them.

    Raises:
        CommandError: a file cannot be read to its end; what came before stays.
    """
    settings = Settings()
    bounds = Bounds.of(settings.positions_keep_days)

    async def work(database: Database) -> None:
        for path in files:
            await _take_in_one(database, path, kind, options, bounds)
        with _bar(TextColumn("{task.completed:,} craft")) as bar:
            task = bar.add_task("activities", total=None)
            changed = await derive_activities(
                database, progress=lambda done: bar.update(task, completed=done)
            )
        joined = await record_observed_legs(database, settings.secrets)
        typer.echo(f"{changed:,} activities and {joined:,} itineraries changed")

    run_with_database(work)


async def _take_in_one(
    database: Database, path: Path, kind: str, options: ReadOptions, bounds: Bounds
) -> None:
    file = await asyncio.to_thread(LargeFile.hashed, path)
    shown = TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.fields[lines]:,} lines")
    with _bar(*shown) as bar:
        task = bar.add_task(path.name, total=file.size_bytes, lines=0)
        batches = read_batches(path, options, lambda done: bar.update(task, completed=done))
        # The same bytes read in another way are another import.
        version = f"{READER_VERSION};{options.format};{options.columns};{options.started_at}"
        version += ";synthetic" * options.synthetic
        try:
            outcome = await import_positions(
                database, file, kind, batches, SOURCES[kind], bounds, version,
                lambda lines: bar.update(task, lines=lines),
            )  # fmt: skip
        except UnreadableError as error:
            raise CommandError(
                f"{path}: {error}; what came before it was taken in, and nothing of it is taken"
                " twice when the whole file is"
            ) from None
    _report(path, outcome)


def _bar(*columns: ProgressColumn) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *columns,
        console=_errors,
        transient=True,
        disable=not _errors.is_terminal,
    )


def _report(path: Path, outcome: Outcome) -> None:
    for reject in outcome.rejects[:MAX_SHOWN_REJECTS]:
        _errors.print(f"line {reject.line}: {reject.reason}", markup=False)
    more = outcome.counts["rejected"] - MAX_SHOWN_REJECTS
    if more > 0 and not outcome.unchanged:
        _errors.print(f"… and {more:,} more lines that were rejected", markup=False)
    numbers = ", ".join(
        f"{outcome.counts[name]:,} {name.replace('_', ' ')}"
        for name in COUNTED
        if outcome.counts.get(name)
    )
    state = "unchanged since it was taken in" if outcome.unchanged else "taken in"
    typer.echo(f"{path.name} {state}: {numbers or 'nothing in it'}")
