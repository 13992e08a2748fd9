"""Tracks as CSV, a row a fix."""

import csv
import io
from collections.abc import Iterator, Sequence
from math import isfinite

import numpy as np

from app.itineraries.formats.parts import known_times, placed, written_times
from app.itineraries.formats.shapes import Line, Point
from app.itineraries.tracks.positions import Floats

COLUMNS = (
    "kind", "id", "name", "synthetic", "time", "lat", "lon", "altitude_ft", "speed_kn", "course_deg",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def encode_csv(title: str, lines: Sequence[Line], points: Sequence[Point]) -> bytes:
    """Fixes and points under one header; unknown values are empty. `title` has no place in CSV.

    Texts that a spreadsheet would run as a formula begin with an apostrophe.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerows(_rows(line))
    for point in points:
        at = written_times(np.array([np.nan if point.start_at is None else point.start_at]))[0]
        place = (round(point.lat, 6), round(point.lon, 6))
        writer.writerow((*_about("point", point), at, *place, "", "", ""))
    return stream.getvalue().encode()


def _rows(line: Line) -> Iterator[tuple[object, ...]]:
    rows = placed(line)
    count = len(rows)
    columns = [
        _written(values[rows], decimals) if values is not None else [""] * count
        for values, decimals in (
            (line.lat, 6),
            (line.lon, 6),
            (line.altitude_ft, 0),
            (line.speed_kn, 1),
            (line.course_deg, 1),
        )
    ]
    times = written_times(known_times(line.time_s[rows]))
    about = _about("line", line)
    for values in zip(times, *columns, strict=True):
        yield (*about, *values)


def _about(kind: str, one: Line | Point) -> tuple[object, ...]:
    return kind, safe(one.id), safe(one.name), one.properties.get("synthetic", False)


def _written(values: Floats, decimals: int) -> list[object]:
    return [value if isfinite(value) else "" for value in np.round(values, decimals).tolist()]


def safe(value: str) -> str:
    """A text that a spreadsheet would take for a formula is set in quotation."""
    return f"'{value}" if value.startswith(_FORMULA) else value
