"""Tracks as GeoJSON (RFC 7946)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from app.itineraries.formats.parts import Part, parts_of, written_times
from app.itineraries.formats.shapes import Line, Point


def encode_geojson(title: str, lines: Sequence[Line], points: Sequence[Point]) -> bytes:
    """A FeatureCollection: a feature a line, cut at 180°, and a feature a point.

    The times of fixes stand beside the coordinates, in the same nesting, under
    `coordinateProperties.times`, as toGeoJSON writes them. Altitudes are metres.
    """
    features = [_line(line) for line in lines] + [_point(point) for point in points]
    collection = {"type": "FeatureCollection", "title": title, "features": features}
    return orjson.dumps(collection, option=orjson.OPT_SERIALIZE_NUMPY)


def geometry_of(parts: Sequence[Part]) -> dict[str, Any] | None:
    """The geometry of a line's parts: null, Point, LineString or MultiLineString."""
    drawn = [part for part in parts if len(part) > 1]
    if not parts:
        return None
    if not drawn:
        return {"type": "Point", "coordinates": coordinates(parts[0])[0]}
    if len(drawn) == 1:
        return {"type": "LineString", "coordinates": coordinates(drawn[0])}
    return {"type": "MultiLineString", "coordinates": [coordinates(part) for part in drawn]}


def coordinates(part: Part) -> np.ndarray:
    """Longitude, latitude and, where every fix has one, altitude in metres."""
    columns = [np.round(part.lon, 6), np.round(part.lat, 6)]
    if not np.isnan(part.altitude_m).any():
        columns.append(np.round(part.altitude_m, 1))
    return np.column_stack(columns)


def _line(line: Line) -> dict[str, Any]:
    parts = parts_of(line)
    geometry = geometry_of(parts)
    properties: dict[str, Any] = {"name": line.name, **line.properties}
    times = [written_times(part.time_s) for part in parts if len(part) > 1]
    if geometry and any(time for part in times for time in part):
        nested = times if geometry["type"] == "MultiLineString" else times[0]
        properties["coordinateProperties"] = {"times": nested}
    return {"type": "Feature", "id": line.id, "geometry": geometry, "properties": properties}


def _point(point: Point) -> dict[str, Any]:
    start, end = written_times(
        np.array([np.nan if at is None else at for at in (point.start_at, point.end_at)])
    )
    geometry = None
    if np.isfinite(point.lat) and np.isfinite(point.lon):
        geometry = {"type": "Point", "coordinates": [round(point.lon, 6), round(point.lat, 6)]}
    return {
        "type": "Feature",
        "id": point.id,
        "geometry": geometry,
        "properties": {
            "name": point.name,
            "start_at": start,
            "end_at": end,
            **point.properties,
        },
    }
