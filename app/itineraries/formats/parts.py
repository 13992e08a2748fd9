"""A line cut into parts that a flat map can draw: at 180°, at the poles, none wider than 180°."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.itineraries.formats.shapes import Line
from app.itineraries.tracks.positions import Floats

MAX_WIDTH_DEG = 180.0
_EARLIEST_S, _LATEST_S = -62_135_596_800.0, 253_402_300_799.0  # the years 1 to 9999
_M_PER_FT = 0.3048


@dataclass(frozen=True, slots=True)
class Part:
    """Fixes that are drawn as one: `lon` within [-180, 180]; NaN where a value is not known.

    `altitude_m` is all NaN where the line has none.
    """

    time_s: Floats
    lat: Floats
    lon: Floats
    altitude_m: Floats

    def __len__(self) -> int:
        return len(self.lat)


def parts_of(line: Line) -> list[Part]:
    """The drawable parts of a line, in its order; empty when no fix has a place.

    Where a segment crosses 180° both parts end on it, at the latitude and time at which the great
    circle does; where it runs over a pole they end there.
    """
    rows = placed(line)
    if not len(rows):
        return []
    lat, lon = line.lat[rows], np.asarray((line.lon[rows] + 180) % 360 - 180)
    altitude = np.full(len(rows), np.nan)
    if line.altitude_ft is not None:
        feet = line.altitude_ft[rows]
        altitude = np.where(np.isfinite(feet), feet * _M_PER_FT, np.nan)
    values = np.column_stack((known_times(line.time_s[rows]), lat, lon, altitude))
    return [
        Part(*(np.ascontiguousarray(column) for column in part.T))
        for cut in _cut(values)
        for part in _narrow(cut)
    ]


def placed(line: Line) -> np.ndarray:
    """The rows of a line that have a place on the globe."""
    return np.flatnonzero(np.isfinite(line.lon) & (np.abs(line.lat) <= 90))


def known_times(time_s: Floats) -> Floats:
    """Times that a calendar can write, NaN for others."""
    with np.errstate(invalid="ignore"):
        return np.where((time_s >= _EARLIEST_S) & (time_s <= _LATEST_S), time_s, np.nan)


def written_times(time_s: Floats) -> list[str | None]:
    """RFC 3339 in UTC, to the millisecond where a time has a fraction; None where it is NaN."""
    known = ~np.isnan(time_s)
    milliseconds = np.where(known, np.round(time_s * 1000), 0).astype(np.int64)
    unit = "ms" if (milliseconds % 1000).any() else "s"
    stamps = milliseconds.astype("datetime64[ms]").astype(f"datetime64[{unit}]")
    texts: list[str] = np.datetime_as_string(stamps).tolist()
    return [f"{text}Z" if is_known else None for text, is_known in zip(texts, known, strict=True)]


def _cut(values: Floats) -> Iterator[Floats]:
    """Split rows of time, lat, lon, altitude where a segment spans 180° of longitude or more."""
    lon = values[:, 2]
    crossings = np.flatnonzero(np.abs(np.diff(lon)) >= MAX_WIDTH_DEG)
    start, head = 0, np.empty((0, 4))
    for row in crossings.tolist():
        before, after = _crossing(values[row], values[row + 1])
        yield np.concatenate((head, values[start : row + 1], before))
        start, head = row + 1, after
    yield np.concatenate((head, values[start:]))


def _crossing(here: Floats, there: Floats) -> tuple[Floats, Floats]:
    """The points on which a segment over 180° (or a pole) is cut, one for each side."""
    width = there[2] - here[2]
    if abs(width) == MAX_WIDTH_DEG:
        share = 0.5
        lat = 90.0 if here[1] + there[1] >= 0 else -90.0
        lons = here[2], there[2]
    else:
        east = width < 0
        span = 360 - abs(width)
        ahead = (180 - here[2]) if east else (180 + here[2])
        share = ahead / span if span else 0.0
        lat = _latitude_at(here[1], there[1], ahead, span)
        lons = (180.0, -180.0) if east else (-180.0, 180.0)
    time_s, altitude = (here[k] + share * (there[k] - here[k]) for k in (0, 3))
    before, after = ([[time_s, lat, lon, altitude]] for lon in lons)
    return np.array(before), np.array(after)


def _latitude_at(lat_a: float, lat_b: float, ahead: float, span: float) -> float:
    """Where the great circle between two points is `ahead` of `span` degrees of longitude."""
    whole = np.sin(np.radians(span))
    if whole < 1e-9:
        return lat_a + (lat_b - lat_a) * (ahead / span if span else 0.0)
    first = np.tan(np.radians(lat_a)) * np.sin(np.radians(span - ahead))
    second = np.tan(np.radians(lat_b)) * np.sin(np.radians(ahead))
    return float(np.degrees(np.arctan((first + second) / whole)))


def _narrow(values: Floats) -> Iterator[Floats]:
    """Split a part that spans more than 180°; the fix at which it does ends one and begins the next."""
    lon = values[:, 2]
    start = 0
    while float(np.ptp(lon[start:])) > MAX_WIDTH_DEG:
        reach = np.maximum.accumulate(lon[start:]) - np.minimum.accumulate(lon[start:])
        last = start + int(np.argmax(reach > MAX_WIDTH_DEG)) - 1
        if last == start:
            break
        yield values[start : last + 1]
        start = last
    yield values[start:]
