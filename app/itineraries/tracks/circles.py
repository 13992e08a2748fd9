"""Stretches in which a vessel's fixes lie on a circle, as positions made up by a jammer do.

The circles seen in ports since 2018 (Bergman, "Systematic GPS manipulation", 2019) have radii of
hundreds of metres to kilometres and fixes that go round them evenly; a ship swinging at anchor stays
within the length of its chain.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.itineraries.tracks.geometry import EARTH_RADIUS_KM
from app.itineraries.tracks.positions import Floats, Positions


@dataclass(frozen=True, slots=True)
class CircleOptions:
    """At least so many rounds, of fixes whose distances from the centre spread by a tenth."""

    min_fixes: int = 16
    min_rounds: float = 2.0
    min_radius_km: float = 0.4
    max_radius_km: float = 20.0
    max_spread: float = 0.1


@dataclass(frozen=True, slots=True)
class Circle:
    """Rows `start` to `end` (both of it) with the circle that they lie on."""

    start: int
    end: int
    lat: float
    lon: float
    radius_km: float
    rounds: float
    spread: float


def circles_of(track: Positions, options: CircleOptions) -> Iterator[Circle]:
    """The circles of one craft in order, looked for in stretches of `min_fixes`, each then drawn out."""
    start = 0
    while start + options.min_fixes <= len(track):
        size = options.min_fixes
        found = None
        # Double the stretch while it still lies on one circle; the last that did is the answer.
        while start + size <= len(track):
            circle = _fitted(track, start, start + size - 1, options)
            if circle is None:
                break
            found = circle
            size *= 2
        if found is not None:
            found = _drawn_out(track, found, options)
        if found is not None and found.rounds >= options.min_rounds:
            yield found
            start = found.end + 1
        else:
            start += options.min_fixes // 2


def _drawn_out(track: Positions, circle: Circle, options: CircleOptions) -> Circle:
    """The circle over as many fixes after it as still lie on it."""
    x, y = _plane(track.lat[circle.start :], track.lon[circle.start :], circle.lat, circle.lon)
    off = np.abs(np.hypot(x, y) - circle.radius_km) > 2 * options.max_spread * circle.radius_km
    last = circle.start + (int(np.argmax(off)) if off.any() else len(off)) - 1
    longer = _fitted(track, circle.start, max(last, circle.end), options)
    return longer or circle


def _fitted(track: Positions, start: int, end: int, options: CircleOptions) -> Circle | None:
    """The circle of least squares (Kåsa) through some fixes, None when they lie on none."""
    lat, lon = track.lat[start : end + 1], track.lon[start : end + 1]
    origin_lat, origin_lon = float(lat[0]), float(lon[0])
    x, y = _plane(lat, lon, origin_lat, origin_lon)
    if max(np.ptp(x), np.ptp(y)) > 2 * options.max_radius_km * 1.2:
        return None
    system = np.column_stack((x, y, np.ones(len(x))))
    (a, b, c), _, rank, _ = np.linalg.lstsq(system, x**2 + y**2, rcond=None)
    centre_x, centre_y = a / 2, b / 2
    square = c + centre_x**2 + centre_y**2
    if rank < 3 or square <= 0:
        return None
    radius = float(np.sqrt(square))
    off_x, off_y = x - centre_x, y - centre_y
    spread = float(np.std(np.hypot(off_x, off_y)) / radius)
    if not options.min_radius_km <= radius <= options.max_radius_km or spread > options.max_spread:
        return None
    turned = np.diff(np.arctan2(off_y, off_x))
    turned = (turned + np.pi) % (2 * np.pi) - np.pi
    return Circle(
        start,
        end,
        origin_lat + float(np.degrees(centre_y / EARTH_RADIUS_KM)),
        origin_lon
        + float(np.degrees(centre_x / (EARTH_RADIUS_KM * np.cos(np.radians(origin_lat))))),
        radius,
        float(abs(turned.sum()) / (2 * np.pi)),
        spread,
    )


def _plane(lat: Floats, lon: Floats, origin_lat: float, origin_lon: float) -> tuple[Floats, Floats]:
    """Kilometres east and north of a place, good for some tens of them."""
    east = ((lon - origin_lon + 180) % 360 - 180) * np.cos(np.radians(origin_lat))
    return np.radians(east) * EARTH_RADIUS_KM, np.radians(lat - origin_lat) * EARTH_RADIUS_KM
