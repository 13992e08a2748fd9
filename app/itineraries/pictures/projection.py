"""From longitude and latitude to the pixels of a map panel (Miller's cylindrical projection)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.itineraries.tracks.positions import Floats

MAX_LAT = 85.0
MIN_LON_SPAN = 10.0
POINT_LON_SPAN = 26.0
"""Around less than a degree, so that one sees where on earth it is."""
PADDING = 0.14


def _miller(lat: Floats) -> Floats:
    clipped = np.radians(np.clip(lat, -MAX_LAT, MAX_LAT))
    return np.asarray(np.degrees(1.25 * np.log(np.tan(np.pi / 4 + 0.4 * clipped))))


@dataclass(frozen=True, slots=True)
class Frame:
    """A panel of `width` x `height` pixels, and the part of the world that it shows.

    `west` and `east` are degrees and may go beyond 180; `south` and `north` are projected.
    """

    width: float
    height: float
    west: float
    east: float
    south: float
    north: float

    @property
    def scale(self) -> float:
        """Pixels per degree of longitude."""
        return self.width / (self.east - self.west)

    def project(self, lat: Floats, lon: Floats) -> Floats:
        """Pixels as rows of x and y; longitudes must be those that `unwrap` gives."""
        x = (np.asarray(lon) - self.west) * self.scale
        y = (self.north - _miller(np.asarray(lat, dtype=np.float64))) * self.scale
        return np.column_stack((x, y))

    def unwrap(self, lon: Floats) -> Floats:
        """Longitudes as one unbroken line, in the turn of the world that lies nearest the middle."""
        if len(lon) == 0:
            return lon
        steps = np.diff(lon, prepend=lon[:1])
        line = lon[0] + np.cumsum((steps + 180) % 360 - 180)
        middle = (self.west + self.east) / 2
        return np.asarray(line + 360 * np.round((middle - line.mean()) / 360))

    @classmethod
    def around(cls, lines: Sequence[tuple[Floats, Floats]], width: float, height: float) -> "Frame":
        """The frame that shows all lines (lat, lon) with some room, of the panel's own shape."""
        if not lines:
            return cls._fitted(-100.0, 60.0, -40.0, 60.0, width, height)
        west, east = _span([lon for _, lon in lines])
        lats = np.concatenate([lat for lat, _ in lines])
        return cls._fitted(west, east, float(lats.min()), float(lats.max()), width, height)

    @classmethod
    def _fitted(
        cls, west: float, east: float, south: float, north: float, width: float, height: float
    ) -> "Frame":
        least = POINT_LON_SPAN if max(east - west, north - south) < 1 else MIN_LON_SPAN
        lon_span = max((east - west) * (1 + 2 * PADDING), least)
        low, high = _miller(np.array([south, north])).tolist()
        lat_span = (high - low) * (1 + 2 * PADDING)
        scale = min(width / min(lon_span, 360.0), height / max(lat_span, 1e-9))
        middle = (west + east) / 2
        lon_span, lat_span = width / scale, height / scale
        top = float(_miller(np.array([MAX_LAT]))[0])
        centre = min(max((low + high) / 2, lat_span / 2 - top), top - lat_span / 2)
        if lat_span >= 2 * top:
            centre = 0.0
        return cls(width, height, middle - lon_span / 2, middle + lon_span / 2,
                   centre - lat_span / 2, centre + lat_span / 2)  # fmt: skip


def _span(lons: Sequence[Floats]) -> tuple[float, float]:
    """The shortest stretch of longitudes that holds all points: the rest is the widest gap."""
    every = np.unique(np.round(np.concatenate(list(lons)) % 360, 6))
    gaps = np.diff(every, append=every[0] + 360)
    widest = int(np.argmax(gaps))
    west = float(every[(widest + 1) % len(every)])
    east = west + 360 - float(gaps[widest])
    turn = 360 * math.floor((west + 180) / 360)
    return west - turn, east - turn
