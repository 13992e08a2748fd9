"""`vric ingest ais|adsb|positions`: positions from files and receivers."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

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
from app.itineraries.positions.files import read_adsb, read_table
from app.itineraries.positions.importer import COUNTED, Bounds, import_positions
from app.itineraries.sources.batch import Batch
from app.itineraries.sources.opening import UnreadableError

MAX_SHOWN_REJECTS = 20
_errors = Console(stderr=True)
Read = Callable[[Path, Callable[[int], object]], Iterator[Batch]]
Files = Annotated[list[Path], typer.Argument(help="Files, each plain, gz, zst or a zip of one.")]


def ingest_positions(
    files: Files,
    column: Annotated[list[str], typer.Option(help="ours=theirs, such as craft_id=vessel_id")] = [],  # noqa: B006 - Typer reads the default, nobody changes it
) -> None:
    """Take plain positions in: CSV, Parquet or JSON lines with craft_id, time, lat, lon.

    The same file twice is a no-op, the same fix twice is one fix.
    """
    columns = dict(_column(text) for text in column)
    version = ",".join(f"{ours}={theirs}" for ours, theirs in sorted(columns.items()))
    _ingest(files, "positions", "file", lambda path, tell: read_table(path, columns, tell), version)


def ingest_adsb(files: Files) -> None:
    """Take positions of aircraft in: readsb and tar1090 traces, OpenSky states as CSV or JSON."""
    _ingest(files, "adsb", "adsb", read_adsb)


def _column(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise CommandError(f"--column {text!r}: give ours=theirs, such as craft_id=vessel_id")
    return ours, theirs


def _ingest(files: list[Path], kind: str, source: str, read: Read, version: str = "") -> None:
    bounds = Bounds.of(Settings().positions_keep_days)

    async def work(database: Database) -> None:
        for path in files:
            await _ingest_one(database, path, kind, source, read, version, bounds)
        with _bar(TextColumn("{task.completed:,} craft")) as bar:
            task = bar.add_task("activities", total=None)
            changed = await derive_activities(
                database, progress=lambda done: bar.update(task, completed=done)
            )
        typer.echo(f"{changed:,} activities changed")

    run_with_database(work)


async def _ingest_one(
    database: Database,
    path: Path,
    kind: str,
    source: str,
    read: Read,
    version: str,
    bounds: Bounds,
) -> None:
    file = await asyncio.to_thread(LargeFile.hashed, path)
    shown = TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.fields[lines]:,} lines")
    with _bar(*shown) as bar:
        task = bar.add_task(path.name, total=file.size_bytes, lines=0)
        batches = read(path, lambda done: bar.update(task, completed=done))
        try:
            outcome = await import_positions(
                database, file, kind, batches, source, bounds, version,
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
