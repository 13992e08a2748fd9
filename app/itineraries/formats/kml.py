"""Tracks as KML 2.2 with the track elements of Google's extension, for globes."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.itineraries.formats.parts import Part, parts_of, written_times
from app.itineraries.formats.shapes import Line, Point
from app.itineraries.formats.xml_text import attribute, escaped

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n'
)


def encode_kml(title: str, lines: Sequence[Line], points: Sequence[Point]) -> bytes:
    """A placemark a line and a point. Lines whose times are all known are tracks in time."""
    written = [_HEAD, f"<Document><name>{escaped(title)}</name>\n"]
    written += [_line(line) for line in lines]
    written += [_point(point) for point in points if np.isfinite([point.lat, point.lon]).all()]
    written.append("</Document></kml>\n")
    return "".join(written).encode()


def _line(line: Line) -> str:
    parts = parts_of(line)
    timed = bool(parts) and not any(np.isnan(part.time_s).any() for part in parts)
    if timed:
        drawn = f"<gx:MultiTrack>\n{''.join(map(_track, parts))}</gx:MultiTrack>"
    else:
        drawn = f"<MultiGeometry>\n{''.join(map(_line_string, parts))}</MultiGeometry>"
    red, green, blue = (line.colour[at : at + 2] for at in (1, 3, 5))
    style = (
        f"<Style><LineStyle><color>ff{blue}{green}{red}</color><width>3</width></LineStyle></Style>"
    )
    about = f"<name>{escaped(line.name)}</name>{style}{_data(line.properties)}"
    return f"<Placemark>{about}{drawn}</Placemark>\n"


def _track(part: Part) -> str:
    whens = "".join(f"<when>{time}</when>\n" for time in written_times(part.time_s))
    coords = "".join(f"<gx:coord>{place}</gx:coord>\n" for place in _places(part, " "))
    return f"<gx:Track><altitudeMode>{_mode(part)}</altitudeMode>\n{whens}{coords}</gx:Track>\n"


def _line_string(part: Part) -> str:
    places = " ".join(_places(part, ","))
    if len(part) == 1:
        return f"<Point><coordinates>{places}</coordinates></Point>\n"
    return (
        f"<LineString><tessellate>1</tessellate><altitudeMode>{_mode(part)}</altitudeMode>"
        f"<coordinates>{places}</coordinates></LineString>\n"
    )


def _places(part: Part, separator: str) -> list[str]:
    heights = np.round(np.nan_to_num(part.altitude_m), 1).tolist()
    lon, lat = np.round(part.lon, 6).tolist(), np.round(part.lat, 6).tolist()
    return [
        f"{x:.6f}{separator}{y:.6f}{separator}{height}"
        for x, y, height in zip(lon, lat, heights, strict=True)
    ]


def _mode(part: Part) -> str:
    return "clampToGround" if np.isnan(part.altitude_m).any() else "absolute"


def _point(point: Point) -> str:
    start, end = written_times(
        np.array([np.nan if at is None else at for at in (point.start_at, point.end_at)])
    )
    span = "".join(f"<{name}>{at}</{name}>" for name, at in (("begin", start), ("end", end)) if at)
    time = f"<TimeSpan>{span}</TimeSpan>" if span else ""
    place = f"<Point><coordinates>{point.lon:.6f},{point.lat:.6f}</coordinates></Point>"
    data = _data(point.properties)
    return f"<Placemark><name>{escaped(point.name)}</name>{time}{data}{place}</Placemark>\n"


def _data(properties: Mapping[str, object]) -> str:
    values = "".join(
        f"<Data name={attribute(name)}><value>{escaped(value)}</value></Data>"
        for name, value in properties.items()
    )
    return f"<ExtendedData>{values}</ExtendedData>" if values else ""
