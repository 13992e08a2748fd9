"""The legs of an itinerary as lines and marks: where each is drawn, as far as it is known."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
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
    """A leg that can be drawn: its line, or one point where only that is known."""

    position: int
    status: str
    dark: bool
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
        places = (leg["from"]["place"], *leg["via"], leg["to"]["place"])
        marks = tuple(mark for place in places if (mark := _mark(place)) is not None)
        if marks:
            lat, lon = great_circle([m.lat for m in marks], [m.lon for m in marks])
            found.append(Route(leg["position"], leg["status"], bool(leg["dark"]), lat, lon, marks))
    return found


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
