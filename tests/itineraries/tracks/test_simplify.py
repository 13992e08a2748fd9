"""Simplification: within the tolerance, across 180° and poles, bounded in depth."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.itineraries.tracks.geometry import unit_vectors
from app.itineraries.tracks.simplify import simplify_track

RADIUS_M = 6_371_000


def furthest_m(lat: np.ndarray, lon: np.ndarray, kept: np.ndarray) -> float:
    """The slow way: from each fix to points set closely along the arc that replaces it."""
    points = unit_vectors(lat, lon)
    worst = 0.0
    for start, end in pairwise(kept):
        share = np.linspace(0, 1, 2_001)[:, None]
        arc = points[start] * (1 - share) + points[end] * share
        length = np.linalg.norm(arc, axis=1, keepdims=True)
        arc = arc / np.where(length > 0, length, 1)
        for point in points[start + 1 : end]:
            half = np.linalg.norm(arc - point, axis=1).min() / 2
            worst = max(worst, 2 * np.arcsin(min(half, 1)) * RADIUS_M)
    return worst


PLACES = st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=25)


@given(PLACES, st.sampled_from([(10, -66), (0, 179.8), (89.5, 20), (-89.9, -100)]),
       st.floats(10, 50_000))  # fmt: skip
def test_no_fix_is_further_off_than_the_tolerance(
    places: list[tuple[float, float]], centre: tuple[float, float], tolerance_m: float
) -> None:
    lat = np.clip(np.array([centre[0] + dy for dy, _ in places]), -90, 90)
    lon = (np.array([centre[1] + dx for _, dx in places]) + 180) % 360 - 180
    kept = simplify_track(lat, lon, tolerance_m)
    assert kept[0] == 0
    assert kept[-1] == len(lat) - 1
    assert (np.diff(kept) > 0).all()
    assert furthest_m(lat, lon, kept) <= tolerance_m * 1.01 + 60  # 60 m: the step of the slow way


def test_a_straight_line_keeps_its_ends_only() -> None:
    lon = np.linspace(170, 190, 1_000)
    assert simplify_track(np.zeros(1_000), (lon + 180) % 360 - 180, 1.0).tolist() == [0, 999]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_fixes_stay(count: int) -> None:
    assert len(simplify_track(np.zeros(count), np.arange(count) * 1.0, 10)) == count


def test_rows_without_a_place_go() -> None:
    lat = np.array([0, np.nan, 5, 0])
    assert simplify_track(lat, np.array([0, 1, 2, 3.0]), 10).tolist() == [0, 2, 3]


def test_a_line_made_to_cost_much_is_halved() -> None:
    step = np.arange(20_000)
    lat = np.where(step % 2, 1, -1) * step * 5e-6
    kept = simplify_track(lat, step * 1e-5, 1.0)
    assert kept[-1] == 19_999
