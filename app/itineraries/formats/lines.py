"""Lines and points as one document of a format: the one place that knows which encoder is whose."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from app.itineraries.formats.czml import encode_czml
from app.itineraries.formats.geojson import encode_geojson
from app.itineraries.formats.gpx import encode_gpx
from app.itineraries.formats.kml import encode_kml
from app.itineraries.formats.mf_json import encode_mf_json
from app.itineraries.formats.shapes import Line, Point
from app.itineraries.formats.table import encode_csv

__all__ = ["MEDIA_TYPES", "Line", "Point", "TrackFormat", "encode"]

TrackFormat = Literal["geojson", "mf-json", "gpx", "kml", "czml", "csv"]
Encoder = Callable[[str, Sequence[Line], Sequence[Point]], bytes]

MEDIA_TYPES: Mapping[TrackFormat, str] = {
    "geojson": "application/geo+json",
    "mf-json": "application/geo+json",
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "czml": "application/json",
    "csv": "text/csv; charset=utf-8",
}
_ENCODERS: Mapping[TrackFormat, Encoder] = {
    "geojson": encode_geojson,
    "mf-json": encode_mf_json,
    "gpx": encode_gpx,
    "kml": encode_kml,
    "czml": encode_czml,
    "csv": encode_csv,
}


def encode(
    track_format: TrackFormat,
    title: str,
    lines: Sequence[Line],
    points: Sequence[Point] = (),
) -> bytes:
    """The lines and points as one whole document of that format, UTF-8."""
    return _ENCODERS[track_format](title, lines, points)
