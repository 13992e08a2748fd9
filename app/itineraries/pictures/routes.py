"""The legs of an itinerary as lines and marks: where each is drawn, as far as it is known."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

from app.itineraries.journeys.geometry import Stretch, stretches_of
from app.itineraries.journeys.places import country_name
from app.itineraries.tracks.positions import Floats, Positions

MAX_LEGS = 300


@dataclass(frozen=True, slots=True)
class Mark:
    """A stop. `exact` is false for one that is known only to its country or region."""

    lat: float
    lon: float
    label: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Route:
    """A leg that can be drawn: its line, or one point where only that is known.

    `dark` are the parts of the line, each from one of its points to another, without a position;
    all of it where nobody tells where the craft was lost and seen again. `is_seen` tells that
    positions show the way.
    """

    position: int
    status: str
    dark: tuple[tuple[int, int], ...]
    lat: Floats
    lon: Floats
    marks: tuple[Mark, ...]
    is_seen: bool = False


@cache
def _country_points() -> Mapping[str, tuple[float, float]]:
    text = (files("app.itineraries.data") / "country_points.csv").read_text(encoding="utf-8")
    return {
        row["country"]: (float(row["lat"]), float(row["lon"]))
        for row in csv.DictReader(text.splitlines())
    }


def routes_of(legs: Sequence[Mapping[str, Any]], tracks: Mapping[int, Positions]) -> list[Route]:
    """What can be drawn of the legs, at most 300 of them.

    Args:
        tracks: the fixes that show legs, by the legs' positions.
    """
    found = []
    for leg in legs[:MAX_LEGS]:
        places = (leg["from"]["place"], *leg["via"], leg["to"]["place"])
        stops = [_mark(place) for place in places]
        at = [None if mark is None else (mark.lat, mark.lon) for mark in stops]
        track = tracks.get(leg["position"])
        lines = stretches_of(leg, at, track)
        marks = [mark for mark in stops if mark is not None]
        if stops[-1] is None:
            marks += [mark for dark in leg["dark"] for mark in _last_seen(dark)]
        if lines or marks:
            found.append(_route(leg, lines, marks, is_seen=track is not None))
    return found


def _route(
    leg: Mapping[str, Any], lines: Sequence[Stretch], marks: Sequence[Mark], *, is_seen: bool
) -> Route:
    lats, lons = [one.lat for one in lines], [one.lon for one in lines]
    if not lines:
        lats, lons = [np.array([marks[0].lat])], [np.array([marks[0].lon])]
    bounds = np.cumsum([0, *map(len, lats)]).tolist()
    dark = tuple(
        (first, last - 1)
        for one, (first, last) in zip(lines, pairwise(bounds), strict=False)
        if one.dark is not None
    )
    lat, lon = np.concatenate(lats), np.concatenate(lons)
    return Route(leg["position"], leg["status"], dark, lat, lon, tuple(marks), is_seen)


def _mark(place: Mapping[str, Any] | None) -> Mark | None:
    if place is None:
        return None
    label = place["name"] or place["code"] or country_name(place["country"])
    if place["lat"] is not None:
        exact = place["precision"] in ("exact", "city")
        return Mark(place["lat"], place["lon"], label or "", exact)
    point = _country_points().get(place["country"] or "")
    return None if point is None else Mark(*point, label or "", exact=False)


def _last_seen(dark: Mapping[str, Any]) -> list[Mark]:
    """Where a craft was last that has not been re-observed since, if that is known."""
    if dark["latest"] is not None or dark["from_lat"] is None:
        return []
    label = f"last seen {datetime.fromisoformat(dark['earliest']):%d %b %Y}"
    return [Mark(dark["from_lat"], dark["from_lon"], label, exact=True)]


def bowed(pixels: Floats, by: float) -> Floats:
    """A line bent sideways by so many pixels at its middle, to part it from one on the same way."""
    if by == 0 or len(pixels) < 2:
        return pixels
    if len(pixels) < 12:
        steps = np.linspace(0, len(pixels) - 1, 24)
        pixels = np.column_stack([
            np.interp(steps, np.arange(len(pixels)), pixels[:, axis]) for axis in (0, 1)
        ])  # fmt: skip
    along = np.gradient(pixels, axis=0)
    length = np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    aside = np.column_stack((-along[:, 1], along[:, 0])) / length
    bend = np.sin(np.linspace(0, np.pi, len(pixels)))[:, None]
    return np.asarray(pixels + aside * bend * by)
