"""The legs of an itinerary as lines and marks: where each is drawn, as far as it is known."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

from app.itineraries.journeys.geometry import great_circle
from app.itineraries.journeys.places import country_name
from app.itineraries.tracks.positions import Floats

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
    all of it where nobody tells where the craft was lost and seen again.
    """

    position: int
    status: str
    dark: tuple[tuple[int, int], ...]
    lat: Floats
    lon: Floats
    marks: tuple[Mark, ...]


@cache
def _country_points() -> Mapping[str, tuple[float, float]]:
    text = (files("app.itineraries.data") / "country_points.csv").read_text(encoding="utf-8")
    return {
        row["country"]: (float(row["lat"]), float(row["lon"]))
        for row in csv.DictReader(text.splitlines())
    }


def routes_of(legs: Sequence[Mapping[str, Any]]) -> list[Route]:
    """What can be drawn of the legs, at most 300 of them."""
    found = []
    for leg in legs[:MAX_LEGS]:
        start, end = _mark(leg["from"]["place"]), _mark(leg["to"]["place"])
        between = [mark for place in leg["via"] if (mark := _mark(place)) is not None]
        marks = tuple(mark for mark in (start, *between, end) if mark is not None)
        if marks:
            lat, lon, dark = _seen_line(start, end, leg["dark"]) or _told_line(marks, leg["dark"])
            found.append(Route(leg["position"], leg["status"], dark, lat, lon, marks))
    return found


_Line = tuple[Floats, Floats, tuple[tuple[int, int], ...]]


def _told_line(marks: Sequence[Mark], dark: Sequence[Mapping[str, Any]]) -> _Line:
    """Great circles over the stops."""
    lat, lon = great_circle([m.lat for m in marks], [m.lon for m in marks])
    return lat, lon, ((0, len(lat) - 1),) if dark else ()


def _seen_line(
    start: Mark | None, end: Mark | None, dark: Sequence[Mapping[str, Any]]
) -> _Line | None:
    """Great circles over where the craft was lost and seen again, where that is known."""
    seen = [span for span in dark if span["from_lat"] is not None]
    if not seen or len(seen) < len(dark):
        return None
    points = [(start.lat, start.lon)] if start else []
    for span in seen:
        points += [(span["from_lat"], span["from_lon"]), (span["to_lat"], span["to_lon"])]
    points += [(end.lat, end.lon)] if end else []
    lines = [great_circle([a[0], b[0]], [a[1], b[1]]) for a, b in pairwise(points)]
    lat, lon = (np.concatenate([line[axis] for line in lines]) for axis in (0, 1))
    bounds = np.concatenate(([0], np.cumsum([len(line[0]) for line in lines]))).tolist()
    first = 1 if start else 0
    return lat, lon, tuple((a, b - 1) for a, b in pairwise(bounds))[first::2][: len(seen)]


def _mark(place: Mapping[str, Any] | None) -> Mark | None:
    if place is None:
        return None
    label = place["name"] or place["code"] or country_name(place["country"])
    if place["lat"] is not None:
        exact = place["precision"] in ("exact", "city")
        return Mark(place["lat"], place["lon"], label or "", exact)
    point = _country_points().get(place["country"] or "")
    return None if point is None else Mark(*point, label or "", exact=False)


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
