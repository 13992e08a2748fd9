"""Tracks as OGC Moving Features JSON, the prism encoding (OGC 19-045r3)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from app.itineraries.formats.geojson import coordinates, geometry_of
from app.itineraries.formats.parts import Part, known_times, parts_of, placed, written_times
from app.itineraries.formats.shapes import Line, Point
from app.itineraries.tracks.positions import Floats

_CRS = {"type": "Name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
_TRS = {"type": "Name", "properties": {"name": "urn:ogc:data:time:iso8601"}}
# Units by the three-letter codes of UNECE Recommendation 20: knots, degrees.
_UNITS = {"speed_kn": "KNT", "course_deg": "DD"}


def encode_mf_json(title: str, lines: Sequence[Line], points: Sequence[Point]) -> bytes:
    """A FeatureCollection with a moving point a line; points are features that do not move.

    A line that crosses 180° is a collection of moving points, one a part. Fixes without a time, or
    not later than the one before, are left out of the movement.
    """
    features = [_moving(line) for line in lines] + [_still(point) for point in points]
    collection = {
        "type": "FeatureCollection",
        "title": title,
        "crs": _CRS,
        "trs": _TRS,
        "features": features,
    }
    return orjson.dumps(collection, option=orjson.OPT_SERIALIZE_NUMPY)


def _moving(line: Line) -> dict[str, Any]:
    parts = parts_of(line)
    prisms = [_moving_point(part, rows) for part in parts if len(rows := _rising(part.time_s))]
    feature: dict[str, Any] = {
        "type": "Feature",
        "id": line.id,
        "geometry": geometry_of(parts),
        "properties": {"name": line.name, **line.properties},
    }
    if prisms:
        feature["time"] = [prisms[0]["datetimes"][0], prisms[-1]["datetimes"][-1]]
        feature["temporalGeometry"] = (
            prisms[0]
            if len(prisms) == 1
            else {"type": "MovingGeometryCollection", "prisms": prisms}
        )
        feature["temporalProperties"] = _properties(line)
    return feature


def _moving_point(part: Part, rows: np.ndarray) -> dict[str, Any]:
    return {
        "type": "MovingPoint",
        "datetimes": written_times(part.time_s[rows]),
        "coordinates": coordinates(part)[rows],
        "interpolation": "Linear",
    }


def _properties(line: Line) -> list[dict[str, Any]]:
    """Speed and course, each with the times at which it is known."""
    found = []
    rows = placed(line)
    times = known_times(line.time_s[rows])
    rising = _rising(times)
    for name, unit in _UNITS.items():
        values: Floats | None = getattr(line, name)
        if values is None:
            continue
        kept = rising[np.isfinite(values[rows][rising])]
        if len(kept):
            measure = {
                "type": "Measure",
                "form": unit,
                "values": np.round(values[rows][kept], 2),
                "interpolation": "Linear",
            }
            found.append({"datetimes": written_times(times[kept]), name: measure})
    return found


def _still(point: Point) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": point.id,
        "geometry": {"type": "Point", "coordinates": [round(point.lon, 6), round(point.lat, 6)]},
        "properties": {"name": point.name, **point.properties},
    }


def _rising(time_s: Floats) -> np.ndarray:
    """The rows whose time is known and later, to the millisecond, than every time before."""
    rows = np.flatnonzero(~np.isnan(time_s))
    rounded = np.round(time_s[rows] * 1000)
    highest = np.concatenate(([-np.inf], np.maximum.accumulate(rounded)[:-1]))
    return rows[rounded > highest]
