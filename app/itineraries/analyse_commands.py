"""`vric routes analyse`: the whole analysis of a file on this machine, without a database."""

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.ingest.commands import read_column
from app.itineraries.analysis_kind import Kind, LegRule
from app.itineraries.sources.file_format import FileFormat


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise typer.BadParameter("a number is needed")
    return value


def analyse_file(
    file: Annotated[Path, typer.Argument(help="Positions; plain, gz, zst or a zip of one file.")],
    kind: Annotated[
        Kind | None, typer.Option(help="What to look for; by default everything.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    file_format: Annotated[
        FileFormat | None,
        typer.Option("--format", help="What the file is; by default its bytes tell."),
    ] = None,
    column: Annotated[list[str], typer.Option(help="ours=theirs, such as craft_id=vessel_id")] = [],  # noqa: B006 - Typer reads the default, nobody changes it
    started_at: Annotated[
        datetime | None,
        typer.Option(
            help="UTC time of the first line of NMEA that carries no times.",
            formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"],
        ),
    ] = None,
    stop_km: Annotated[
        float, typer.Option(min=0.001, max=100, callback=_finite, help="Stops: radius.")
    ] = 0.25,
    stop_minutes: Annotated[
        float, typer.Option(min=0, callback=_finite, help="Stops: shortest stay.")
    ] = 60,
    max_silence_minutes: Annotated[
        float, typer.Option(min=0, callback=_finite, help="Stops: longest silence inside.")
    ] = 60,
    grid_minutes: Annotated[
        float, typer.Option(min=0.5, max=1440, callback=_finite, help="Meetings: time grid.")
    ] = 10,
    max_interpolation_minutes: Annotated[
        float,
        typer.Option(
            min=0, max=10_080, callback=_finite, help="Meetings: longest silence bridged."
        ),
    ] = 60,
    max_km: Annotated[
        float,
        typer.Option(min=0.001, max=100, callback=_finite, help="Meetings: largest distance."),
    ] = 0.5,
    min_minutes: Annotated[
        float, typer.Option(min=0, callback=_finite, help="Meetings: shortest contact.")
    ] = 120,
    merge_hours: Annotated[
        float, typer.Option(min=0, callback=_finite, help="Meetings: one, when less apart.")
    ] = 4,
    max_speed_kn: Annotated[
        float, typer.Option(min=0, callback=_finite, help="Meetings: median speed of each under.")
    ] = 2,
    no_filter: Annotated[
        bool, typer.Option("--no-filter", help="Meetings: at any speed, and in port.")
    ] = False,
    legs: Annotated[
        LegRule,
        typer.Option(
            help="Legs: cut by time on the ground and by descents and climbs (readsb), or by callsign"
            " and silences over 30 minutes (opdi)."
        ),
    ] = LegRule.READSB,
    points: Annotated[
        bool, typer.Option("--points", help="Segments: each fix with its hull.")
    ] = False,
) -> None:
    """Find stops, gaps, meetings, visits, legs and more in a file of positions.

    AIS (NMEA, Danish and MarineCadastre CSV), ADS-B (readsb traces, OpenSky states) and plain tables
    (CSV, Parquet, JSON lines with craft_id, time, lat, lon) are told apart by their first bytes. What
    was wrong is told on the standard error stream.
    """
    # numpy, scipy and pyarrow take a while: only this command waits for them.
    from app.itineraries.analyse_report import Asked, report  # noqa: PLC0415

    asked = Asked(
        file, kind, as_json, file_format, dict(read_column(text) for text in column),
        started_at.replace(tzinfo=UTC).timestamp() if started_at else None, points,
        {"stop_km": stop_km, "stop_minutes": stop_minutes, "max_silence_minutes": max_silence_minutes},
        {
            "grid_minutes": grid_minutes, "max_interpolation_minutes": max_interpolation_minutes,
            "max_km": max_km, "min_minutes": min_minutes, "merge_hours": merge_hours,
            "max_speed_kn": max_speed_kn, "filtered": not no_filter,
        },
        legs,
    )  # fmt: skip
    report(asked)
