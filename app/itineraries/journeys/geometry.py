"""The lines that legs make on a map: great circles between known stops, and times along them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, normalised_lon, unit_vectors
from app.itineraries.tracks.positions import Floats

STEP_KM = 200.0


def stops_of(leg: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stops of a leg that have a point, in order."""
    places = (leg["from"]["place"], *leg["via"], leg["to"]["place"])
    return [place for place in places if place is not None and place["lat"] is not None]


def great_circle(lats: Sequence[float], lons: Sequence[float]) -> tuple[Floats, Floats]:
    """The shortest way over all points, with a point at least every 200 km; lon in [-180, 180)."""
    corners = unit_vectors(np.asarray(lats, dtype=np.float64), np.asarray(lons, dtype=np.float64))
    parts = [corners[:1]]
    for start, end in pairwise(corners):
        angle = float(np.arccos(np.clip(start @ end, -1, 1)))
        steps = max(1, int(np.ceil(angle * EARTH_RADIUS_KM / STEP_KM)))
        share = np.arange(1, steps + 1)[:, None] / steps
        if np.pi - angle < 1e-9 or angle < 1e-12:
            parts.append(end[None, :])  # no one shortest way, or none at all
            continue
        way = (np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)
        parts.append(way)
    way = np.vstack(parts)
    lat = np.degrees(np.arctan2(way[:, 2], np.hypot(way[:, 0], way[:, 1])))
    return lat, normalised_lon(np.degrees(np.arctan2(way[:, 1], way[:, 0])))


def times_along(leg: Mapping[str, Any], count: int) -> Floats:
    """Epoch seconds at `count` even steps: between the ends' spans' middles, NaN where unknown."""
    start, end = (_middle(leg[side]["when"]) for side in ("from", "to"))
    times = np.full(count, np.nan)
    if count and start is not None and end is not None and end > start:
        return np.asarray(np.linspace(start, end, count))
    if count:
        times[0] = np.nan if start is None else start
        times[-1] = np.nan if end is None else end
    return times


def _middle(when: Mapping[str, Any] | None) -> float | None:
    if when is None:
        return None
    spans = [datetime.fromisoformat(when[name]).timestamp() for name in ("earliest", "latest")]
    return sum(spans) / 2
