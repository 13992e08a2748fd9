"""Polygons as GeoJSON gives them: checked, and as PostgreSQL tests points against them."""

import sys
from collections.abc import Sequence
from typing import Any

import orjson
import shapely
from shapely.geometry import shape

MAX_VERTICES = 1_000
MAX_RINGS = 100
Ring = Sequence[Sequence[float]]


def checked(geometry: Any) -> dict[str, Any]:
    """A GeoJSON Polygon or MultiPolygon that is one (RFC 7946), without anything else in it, and with
    its rings wound as that asks: outer ones against the clock.

    Raises:
        ValueError: it is not; too many vertices, open or crossing rings, places off the earth.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError("give a GeoJSON Polygon or MultiPolygon")
    parts = polygons_of(geometry)
    rings = [ring for polygon in parts for ring in _listed(polygon, "a polygon")]
    if not rings or len(rings) > MAX_RINGS or any(not polygon for polygon in parts):
        raise ValueError(f"a zone has 1 to {MAX_RINGS} rings")
    if sum(len(_listed(ring, "a ring")) for ring in rings) > MAX_VERTICES:
        raise ValueError(f"a zone has at most {MAX_VERTICES} vertices")
    for ring in rings:
        _check_ring(ring)
    area = shape({"type": geometry["type"], "coordinates": geometry["coordinates"]})
    reason = shapely.is_valid_reason(area)
    if reason != "Valid Geometry":
        raise ValueError(f"the rings do not make an area: {reason}")
    wound: dict[str, Any] = orjson.loads(shapely.to_geojson(shapely.orient_polygons(area)))
    return wound


def polygons_of(geometry: dict[str, Any]) -> list[Any]:
    """The polygons of a geometry, each a list of rings, the outer one first."""
    coordinates = _listed(geometry.get("coordinates"), "coordinates")
    return [coordinates] if geometry["type"] == "Polygon" else list(coordinates)


def as_literal(ring: Ring) -> str:
    """A ring as PostgreSQL writes a polygon."""
    return "(" + ",".join(f"({float(lon)!r},{float(lat)!r})" for lon, lat, *_ in ring) + ")"


def _check_ring(ring: Any) -> None:
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("a ring has four positions or more, and the last is the first")
    for position in ring:
        numbers = _listed(position, "a position")
        if len(numbers) < 2 or not all(_is_number(number) for number in numbers):
            raise ValueError("a position is [longitude, latitude]")
        if not (abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90):
            raise ValueError("longitudes are within -180..180, latitudes within -90..90")
    lons = [position[0] for position in ring]
    if max(lons) - min(lons) > 180:
        raise ValueError("a zone across 180° is a MultiPolygon that is cut there (RFC 7946, 3.1.9)")


def _is_number(value: object) -> bool:
    # Compared, not converted: JSON has whole numbers that no float holds.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def _listed(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{what} is a list")
    return value
