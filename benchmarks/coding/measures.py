"""Precision, recall, F1 and accuracy of coded events against their labels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.reports.coding import CodedEvent
from benchmarks.coding.items import Labelled

_NEAR_KM = 50.0
_EARTH_KM = 6371.0
Pair = tuple[Labelled, CodedEvent]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 in parts of one."""

    precision: float
    recall: float
    f1: float


def score_lists(pairs: Sequence[Pair], field: str) -> Score:
    """Micro-averaged over all values of a list field, order aside."""
    hits = guessed = wanted = 0
    for item, event in pairs:
        got, want = set(getattr(event, field)), set(item.expected[field])
        hits, guessed, wanted = hits + len(got & want), guessed + len(got), wanted + len(want)
    precision = hits / guessed if guessed else 1.0
    recall = hits / wanted if wanted else 1.0
    return Score(precision, recall, 2 * hits / (guessed + wanted) if guessed + wanted else 1.0)


def score_main(pairs: Sequence[Pair], field: str) -> float:
    """How often the first value is right, where both lists have one."""
    both = [(getattr(e, field)[0], i.expected[field][0]) for i, e in pairs
            if getattr(e, field) and i.expected[field]]  # fmt: skip
    return _share(got == want for got, want in both)


def score_value(pairs: Sequence[Pair], field: str) -> float:
    """Accuracy of a field with one value."""
    return _share(
        (str(got) if (got := getattr(event, field)) is not None else None) == item.expected[field]
        for item, event in pairs
    )


def score_category_f1(pairs: Sequence[Pair]) -> float:
    """F1 of the main category, averaged over the categories that the labels use."""
    labels = {item.category for item, _ in pairs}
    total = 0.0
    for label in labels:
        hits = sum(item.category == label == event.category for item, event in pairs)
        named = sum(item.category == label for item, _ in pairs)
        named += sum(event.category == label for _, event in pairs)
        total += 2 * hits / named if named else 0.0
    return total / len(labels) if labels else 0.0


def score_place(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Share within 50 km where both have a point; share that agree on having a point at all."""
    near = [
        _distance_km(event.lat, event.lon, item.expected["lat"], item.expected["lon"]) <= _NEAR_KM
        for item, event in pairs
        if event.lat is not None and event.lon is not None and item.expected["lat"] is not None
    ]
    agree = ((e.lat is None) == (i.expected["lat"] is None) for i, e in pairs)
    return _share(near), _share(agree)


def _distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    first, second = math.radians(lat), math.radians(other_lat)
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))


def _share(outcomes: Iterable[bool]) -> float:
    counted = list(outcomes)
    return sum(counted) / len(counted) if counted else 1.0
