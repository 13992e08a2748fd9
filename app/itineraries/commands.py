"""`vric ingest ais|adsb|positions` and `vric routes demo-ais`: positions from files and receivers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from app.core.errors import CommandError
from app.ingest.commands import read_column
from app.itineraries.sources.file_format import FileFormat

# What reads files and talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

Files = Annotated[list[Path], typer.Argument(help="Files, each plain, gz, zst or a zip of one.")]
Format = Annotated[
    FileFormat | None, typer.Option("--format", help="What it is; by default its bytes tell.")
]
Synthetic = Annotated[
    bool, typer.Option("--synthetic", help="All of it is made up, and is marked so from here on.")
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
    synthetic: Synthetic = False,
) -> None:
    """Take AIS in: NMEA, Danish and MarineCadastre CSV; or whatever receivers send from now on.

    Of what receivers send, only lines that are committed are acknowledged, here and in /metrics.
    """
    if (listen is None) == (not files):
        raise CommandError("give files, or --listen HOST:PORT")
    if listen is not None:
        if synthetic:
            raise CommandError("--synthetic is for files; made-up lines say s:synthetic themselves")
        from app.itineraries.receiving.command import listen as listen_to

        listen_to(listen)
        return
    start = None if started_at is None else started_at.replace(tzinfo=UTC).timestamp()
    _take_in(files or [], "ais", file_format, synthetic, started_at=start)


def ingest_adsb(files: Files, file_format: Format = None, synthetic: Synthetic = False) -> None:
    """Take positions of aircraft in: readsb and tar1090 traces, OpenSky states as CSV or JSON."""
    _take_in(files, "adsb", file_format, synthetic)


def ingest_positions(
    files: Files,
    column: Annotated[list[str], typer.Option(help="ours=theirs, such as craft_id=vessel_id")] = [],  # noqa: B006 - Typer reads the default, nobody changes it
    file_format: Format = None,
    synthetic: Synthetic = False,
) -> None:
    """Take plain positions in: CSV, Parquet or JSON lines with craft_id, time, lat, lon.

    The same file twice is a no-op, the same fix twice is one fix.
    """
    columns = dict(read_column(text) for text in column)
    _take_in(files, "positions", file_format, synthetic, columns)


def demo_ais() -> None:
    """Print a small synthetic log of AIS: two tankers meet off La Borracha, both fall silent."""
    from app.itineraries.demo_ais import demo_lines

    for line in demo_lines():
        typer.echo(line)


def _take_in(
    files: list[Path],
    kind: str,
    file_format: FileFormat | None,
    synthetic: bool,
    columns: Mapping[str, str] = MappingProxyType({}),
    started_at: float | None = None,
) -> None:
    from app.itineraries.sources.formats import ReadOptions
    from app.itineraries.taking_in import take_in

    take_in(files, kind, ReadOptions(file_format, columns, started_at, synthetic))
