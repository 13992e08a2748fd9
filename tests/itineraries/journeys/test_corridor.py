"""How near journeys come to a corridor, against points laid densely along both."""

from itertools import pairwise

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.itineraries.journeys.corridor import Line, are_near
from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, unit_vectors

_STEPS = 400
_point = st.tuples(st.integers(-89, 89), st.integers(-180, 180))
_line = st.lists(_point, min_size=1, max_size=4, unique=True)


def _as_line(points: list[tuple[int, int]]) -> Line:
    lats, lons = zip(*points, strict=True)
    return lats, lons


def _laid(line: Line) -> np.ndarray:
    """Points along the great circles of a line."""
    stops = unit_vectors(np.array(line[0], dtype=float), np.array(line[1], dtype=float))
    shares = np.linspace(0, 1, _STEPS)[:, None]
    parts = [stops]
    for a, b in pairwise(stops):
        assume(a @ b > -0.999)  # no one great circle leads from a point to its antipode
        angle = np.arccos(np.clip(a @ b, -1, 1))
        assume(angle > 1e-6)  # 180° east and west are one point
        parts.append(
            (np.sin((1 - shares) * angle) * a + np.sin(shares * angle) * b) / np.sin(angle)
        )
    return np.concatenate(parts)


@settings(max_examples=150, deadline=None)
@given(st.lists(_line, min_size=1, max_size=3), _line, st.floats(1, 2_000))
def test_as_near_as_points_along_both_are(
    lines: list[list[tuple[int, int]]], corridor: list[tuple[int, int]], within_km: float
) -> None:
    given_lines, centre = [_as_line(line) for line in lines], _as_line(corridor)
    along = _laid(centre)
    least = min(np.arccos(np.clip(_laid(line) @ along.T, -1, 1)).min() for line in given_lines)
    # Half a step off along either at most.
    step_km = np.pi * EARTH_RADIUS_KM / _STEPS
    assume(not least * EARTH_RADIUS_KM - step_km <= within_km <= least * EARTH_RADIUS_KM)
    [found] = are_near([given_lines], centre, within_km)
    assert found == (least * EARTH_RADIUS_KM <= within_km)


def test_each_journey_is_told_apart() -> None:
    near, far, point = (
        ([10.0, 11.0], [-60.0, -61.0]),
        ([50.0, 51.0], [30.0, 31.0]),
        ([10.4], [-60.5]),
    )
    corridor = ([10.5, 10.5], [-62.0, -59.0])
    found = are_near([[far], [far, near], [], [point], [point, point]], corridor, 50)
    assert found.tolist() == [False, True, False, True, True]
    assert are_near([], corridor, 50).tolist() == []


def test_many_legs_are_looked_at_in_parts() -> None:
    legs = [([float(n % 80), 0.0], [float(n % 170), 5.0]) for n in range(30_000)]
    corridor = (list(range(-60, 60)), [-170.0] * 120)
    assert are_near([[*legs, ([5.0], [-170.0])], legs], corridor, 10).tolist() == [True, False]
