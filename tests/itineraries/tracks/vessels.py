"""Made-up fixes of vessels, and plain arithmetic on them, written without the code under test."""

import math
from collections.abc import Iterable

import numpy as np

from app.itineraries.tracks.positions import UNKNOWN, Positions

T0 = 1_699_999_200.0
"""A whole hour."""
Fix = tuple[str, float, float, float]


def fixes(rows: Iterable[Fix], speeds: Iterable[float] | None = None) -> Positions:
    """Positions in order of rows (craft, seconds after T0, lat, lon)."""
    given = list(rows)
    names = sorted({craft for craft, *_ in given})
    count = len(given)
    unsent = np.full(count, np.nan)
    made = Positions(
        names,
        np.array([names.index(craft) for craft, *_ in given], dtype=np.int32),
        np.array([T0 + seconds for _, seconds, _, _ in given], dtype=float),
        np.array([lat for *_, lat, _ in given], dtype=float),
        np.array([(lon + 180) % 360 - 180 for *_, lon in given], dtype=float),
        unsent if speeds is None else np.array(list(speeds), dtype=float),
        unsent,
        unsent,
        np.full(count, UNKNOWN, dtype=np.int8),
        (),
        np.full(count, UNKNOWN, dtype=np.int32),
    )
    return made.in_order()


def haversine(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Kilometres on a sphere of 6371 km."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half = (
        math.sin((phi_b - phi_a) / 2) ** 2
        + math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    )
    return 2 * 6371 * math.asin(min(1, math.sqrt(half)))


def north(km: float) -> float:
    """Degrees of latitude for so many kilometres."""
    return math.degrees(km / 6371)
