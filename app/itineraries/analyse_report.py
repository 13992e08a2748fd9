"""Prints what a local analysis found: JSON lines for programs, tables for people."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app.core.errors import CommandError
from app.itineraries.analyse import Material, Options, Record, analyse, load_material
from app.itineraries.analysis_kind import Kind, LegRule
from app.itineraries.sources.file_format import FileFormat
from app.itineraries.sources.formats import ReadOptions
from app.itineraries.sources.opening import UnreadableError
from app.itineraries.tracks.contacts import TooMuchError
from app.itineraries.tracks.flights import FlightOptions
from app.itineraries.tracks.legs import LegOptions
from app.itineraries.tracks.meetings import MeetingOptions
from app.itineraries.tracks.stops import StopOptions

MAX_SHOWN_REJECTS = 20
MAX_ROWS = 200
_HIDDEN = (
    "kind", "method", "method_version", "parameters", "reception", "parts", "approaches",
    "lat", "lon", "from_lat", "from_lon", "to_lat", "to_lon", "stopped", "gap",
)  # fmt: skip
"""What a table for people leaves to --json."""
_errors = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for on the command line."""

    file: Path
    kind: Kind | None
    as_json: bool
    format: FileFormat | None
    columns: Mapping[str, str]
    started_at: float | None
    points: bool
    stops: Mapping[str, float]
    meetings: Mapping[str, Any]
    legs: LegRule


def report(asked: Asked) -> None:
    """Read, analyse and print.

    Raises:
        CommandError: the file cannot be read, or holds too much.
    """
    options = Options(
        StopOptions(**asked.stops),
        MeetingOptions(**asked.meetings),
        LegOptions(FlightOptions(asked.legs.value)),
        asked.points,
    )
    try:
        material = _load(asked)
        _tell(material)
        records = analyse(material, asked.kind, options)
        if asked.as_json:
            _print_json(records)
        else:
            _print_tables(records)
    except UnreadableError as error:
        raise CommandError(f"{asked.file}: {error}") from None
    except TooMuchError as error:
        raise CommandError(str(error)) from None


def _load(asked: Asked) -> Material:
    options = ReadOptions(asked.format, asked.columns, asked.started_at)
    size = asked.file.stat().st_size if asked.file.is_file() else None
    with Progress(console=_errors, transient=True, disable=not _errors.is_terminal) as progress:
        task = progress.add_task(f"reading {asked.file.name}", total=size)
        return load_material(
            asked.file, options, lambda read: progress.update(task, completed=read)
        )


def _tell(material: Material) -> None:
    """What was read and what was not, on the standard error stream."""
    for reject in material.rejects[:MAX_SHOWN_REJECTS]:
        _errors.print(
            f"line {reject.line}: {reject.reason}", markup=False, highlight=False, soft_wrap=True
        )
    more = material.rejected - MAX_SHOWN_REJECTS
    if more > 0:
        _errors.print(f"… and {more:,} more lines that could not be read", highlight=False)
    craft = len(material.positions.craft_ids)
    told = [f"{len(material.positions):,} positions of {craft:,} craft in {material.lines:,} lines"]
    told += [f"{material.rejected:,} rejected"] if material.rejected else []
    told += [f"{count:,} {reason}" for reason, count in sorted(material.unused.items())]
    _errors.print("; ".join(told), markup=False, highlight=False, soft_wrap=True)
    if any(reject.reason.startswith("no time:") for reject in material.rejects):
        _errors.print("--started-at gives the time of the first line")


def _print_json(records: Iterable[Record]) -> None:
    out = sys.stdout.buffer
    for record in records:
        out.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    out.flush()


def _print_tables(records: Iterable[Record]) -> None:
    console, found = Console(), False
    for kind, group in groupby(records, key=itemgetter("kind")):
        found = True
        rows = iter(group)
        shown = list(islice(rows, MAX_ROWS))
        table = Table(title=kind, title_justify="left", box=box.SIMPLE)
        names = [name for name in shown[0] if name not in _HIDDEN]
        for name in names:
            table.add_column(
                name.removesuffix("_at").replace("_", " "),
                overflow="fold",
                no_wrap=name.endswith("_at"),
            )
        for record in shown:
            table.add_row(
                *(
                    _moment(record[name]) if name.endswith("_at") else _cell(record[name])
                    for name in names
                )
            )
        console.print(table, markup=False)
        more = sum(1 for _ in rows)
        if more:
            console.print(f"… and {more:,} more; --json gives all")
    if not found:
        console.print("nothing found")


def _moment(text: str | None) -> str:
    """To the minute, which is what fits."""
    return text[:16].replace("T", " ") if text else "-"


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(_cell(held) for held in value)
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_cell(held)}" for name, held in value.items() if held is not None)
    return str(value)
