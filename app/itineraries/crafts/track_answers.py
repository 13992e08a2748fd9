"""A track in the formats that maps, GPS programs and globes read."""

from collections.abc import Mapping
from typing import Any

from app.itineraries.crafts.queries import TrackFormat
from app.itineraries.formats import lines
from app.itineraries.formats.lines import Line
from app.itineraries.tracks.positions import Positions

_NAMES: Mapping[TrackFormat, lines.TrackFormat] = {
    TrackFormat.GEOJSON: "geojson",
    TrackFormat.MFJSON: "mf-json",
    TrackFormat.GPX: "gpx",
    TrackFormat.KML: "kml",
    TrackFormat.CZML: "czml",
    TrackFormat.CSV: "csv",
}
MEDIA_TYPES: Mapping[TrackFormat, str] = {
    TrackFormat.JSON: "application/json",
    **{ours: lines.MEDIA_TYPES[theirs] for ours, theirs in _NAMES.items()},
}
_BY_ACCEPT = {
    "application/geo+json": TrackFormat.GEOJSON,
    "application/gpx+xml": TrackFormat.GPX,
    "application/vnd.google-earth.kml+xml": TrackFormat.KML,
    "text/csv": TrackFormat.CSV,
}


def wanted_format(f: TrackFormat | None, accept: str) -> TrackFormat:
    """`f` if given, else the first format that `Accept` names, else JSON."""
    if f is not None:
        return f
    named = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return next((_BY_ACCEPT[name] for name in named if name in _BY_ACCEPT), TrackFormat.JSON)


def encoded_track(
    format_: TrackFormat, key: str, positions: Positions, properties: Mapping[str, Any]
) -> bytes:
    """The fixes of one craft as one document."""
    line = Line(
        key,
        key,
        positions.time_s,
        positions.lat,
        positions.lon,
        positions.altitude_ft,
        positions.speed_kn,
        positions.course_deg,
        properties,
    )
    return lines.encode(_NAMES[format_], key, [line])
