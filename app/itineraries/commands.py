"""`vric ingest ais|adsb|positions`: positions from files and receivers."""

import asyncio
from datetime import UTC, datetime
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
from app.itineraries.journeys.observed.recording import record_observed_legs
from app.itineraries.positions.importer import (
    COUNTED,
    READER_VERSION,
    Bounds,
    import_positions,
)
from app.itineraries.receiving.command import listen as listen_to
from app.itineraries.sources.file_format import FileFormat
from app.itineraries.sources.formats import ReadOptions, read_batches
from app.itineraries.sources.opening import UnreadableError

MAX_SHOWN_REJECTS = 20
_errors = Console(stderr=True)
Files = Annotated[list[Path], typer.Argument(help="Files, each plain, gz, zst or a zip of one.")]
Format = Annotated[
    FileFormat | None, typer.Option("--format", help="What it is; by default its bytes tell.")
]


def ingest_ais(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files, each plain, gz, zst or a zip of one.")
    ] = None,
    listen: Annotated[
        str | None, typer.Option(help="HOST:PORT to take in what receivers send, by UDP and TCP.")
    ] = None,
    file_format: Format = None,
    started_at: Annotated[
        datetime | None,
        typer.Option(
            help="UTC time of the first line of NMEA that carries no times.",
            formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        ),
    ] = None,
) -> None:
    """Take AIS in: NMEA, Danish and MarineCadastre CSV; or whatever receivers send from now on.

    Of what receivers send, only lines that are committed are acknowledged, here and in /metrics.
    """
    if (listen is None) == (not files):
        raise CommandError("give files, or --listen HOST:PORT")
    if listen is not None:
        listen_to(listen)
        return
    start = None if started_at is None else started_at.replace(tzinfo=UTC).timestamp()
    _ingest(files or [], "ais", "ais", ReadOptions(file_format, {}, start))


def ingest_adsb(files: Files, file_format: Format = None) -> None:
    """Take positions of aircraft in: readsb and tar1090 traces, OpenSky states as CSV or JSON."""
    _ingest(files, "adsb", "adsb", ReadOptions(file_format))


def ingest_positions(
    files: Files,
    column: Annotated[list[str], typer.Option(help="ours=theirs, such as craft_id=vessel_id")] = [],  # noqa: B006 - Typer reads the default, nobody changes it
    file_format: Format = None,
) -> None:
    """Take plain positions in: CSV, Parquet or JSON lines with craft_id, time, lat, lon.

    The same file twice is a no-op, the same fix twice is one fix.
    """
    _ingest(
        files, "positions", "file", ReadOptions(file_format, dict(_column(text) for text in column))
    )


def _column(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise CommandError(f"--column {text!r}: give ours=theirs, such as craft_id=vessel_id")
    return ours, theirs


def _ingest(files: list[Path], kind: str, source: str, options: ReadOptions) -> None:
    settings = Settings()
    bounds = Bounds.of(settings.positions_keep_days)

    async def work(database: Database) -> None:
        for path in files:
            await _ingest_one(database, path, kind, source, options, bounds)
        with _bar(TextColumn("{task.completed:,} craft")) as bar:
            task = bar.add_task("activities", total=None)
            changed = await derive_activities(
                database, progress=lambda done: bar.update(task, completed=done)
            )
        joined = await record_observed_legs(database, settings.secrets)
        typer.echo(f"{changed:,} activities and {joined:,} itineraries changed")

    run_with_database(work)


async def _ingest_one(
    database: Database,
    path: Path,
    kind: str,
    source: str,
    options: ReadOptions,
    bounds: Bounds,
) -> None:
    file = await asyncio.to_thread(LargeFile.hashed, path)
    shown = TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.fields[lines]:,} lines")
    with _bar(*shown) as bar:
        task = bar.add_task(path.name, total=file.size_bytes, lines=0)
        batches = read_batches(path, options, lambda done: bar.update(task, completed=done))
        # The same bytes read in another way are another import.
        version = f"{READER_VERSION};{options.format};{options.columns};{options.started_at}"
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
