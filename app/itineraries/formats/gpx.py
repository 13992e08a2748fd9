"""Tracks as GPX 1.1, for GPS programs."""

from collections.abc import Iterator, Sequence
from math import isnan

import numpy as np

from app.itineraries.formats.parts import Part, parts_of, written_times
from app.itineraries.formats.shapes import Line, Point
from app.itineraries.formats.xml_text import escaped

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="VRIC Monitor API" xmlns="http://www.topografix.com/GPX/1/1">\n'
)
_EAST = 179.999999  # the schema has longitudes below 180


def encode_gpx(title: str, lines: Sequence[Line], points: Sequence[Point]) -> bytes:
    """A track a line, a segment a part of it; points are waypoints. Elevations are metres."""
    written = [_HEAD, f"<metadata><name>{escaped(title)}</name></metadata>\n"]
    written += [_waypoint(point) for point in points if np.isfinite([point.lat, point.lon]).all()]
    for line in lines:
        written.append(f"<trk><name>{escaped(line.name)}</name>")
        written.append(_about(line))
        written += [_segment(part) for part in parts_of(line)]
        written.append("</trk>\n")
    written.append("</gpx>\n")
    return "".join(written).encode()


def _segment(part: Part) -> str:
    return f"<trkseg>\n{''.join(_points(part))}</trkseg>\n"


def _points(part: Part) -> Iterator[str]:
    lat, lon = np.round(part.lat, 6).tolist(), np.minimum(np.round(part.lon, 6), _EAST).tolist()
    elevations = np.round(part.altitude_m, 1).tolist()
    times = written_times(part.time_s)
    for y, x, height, time in zip(lat, lon, elevations, times, strict=True):
        ele = f"<ele>{height}</ele>" if not isnan(height) else ""
        at = f"<time>{time}</time>" if time else ""
        yield f'<trkpt lat="{y:.6f}" lon="{x:.6f}">{ele}{at}</trkpt>\n'


def _waypoint(point: Point) -> str:
    at = written_times(np.array([np.nan if point.start_at is None else point.start_at]))[0]
    time = f"<time>{at}</time>" if at else ""
    place = f'lat="{point.lat:.6f}" lon="{min(point.lon, _EAST):.6f}"'
    return f"<wpt {place}>{time}<name>{escaped(point.name)}</name>{_about(point)}</wpt>\n"


def _about(one: Line | Point) -> str:
    return f"<desc>{escaped(dict(one.properties))}</desc>" if one.properties else ""
