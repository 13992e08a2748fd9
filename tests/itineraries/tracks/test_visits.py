"""Port visits: the state machine against one written fix by fix, and each level of confidence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.visits import detect_visits
from tests.itineraries.tracks.vessels import T0, fixes, haversine, north

PORTS = Places(
    ["One", "Two"],
    ["VE", "VE"],
    ["port", "port"],
    np.array([10.0, 10.0 + north(9)]),
    np.array([179.999, 180.0]),
)


def visit(steps: list[tuple[float, float, float]]) -> Positions:
    """Hours, kilometres north of the first port, knots."""
    return fixes(
        (("a", hours * 3600, 10 + north(km), 179.999) for hours, km, _ in steps),
        [s for *_, s in steps],
    )


@pytest.mark.parametrize(
    ("steps", "confidence"),
    [
        ([(0, -20, 9), (1, -2, 3), (2, 0, 0.1), (3, -2, 3), (4, -20, 9)], 4),
        ([(0, -20, 9), (1, -2, 3), (6, -2, 3), (7, -20, 9)], 4),  # a silence instead of a stop
        ([(0, -20, 9), (1, -2, 3), (2, 0, 0.1)], 3),
        ([(2, 0, 0.1), (3, -2, 3), (4, -20, 9)], 3),
        ([(2, 0, 0.1), (3, 0, 0.1)], 2),
        ([(0, -20, 9), (1, -2, 9), (2, -20, 9)], 1),
        ([(0, -20, 9), (1, -2, 0.3), (2, -20, 9)], 1),  # slow, but it did not stop
    ],
)
def test_confidence(steps: list[tuple[float, float, float]], confidence: int) -> None:
    (found,) = detect_visits(visit(steps), PORTS)
    assert found.confidence == confidence
    assert PORTS.names[found.place] == "One"


def test_a_visit_lasts_while_the_craft_is_within_the_exit_distance() -> None:
    steps = [(0, -20, 9), (1, -3.5, 9), (2, -2.9, 9), (3, -3.9, 0), (4, -4.1, 9), (5, -3.5, 9)]
    (found,) = detect_visits(visit(steps), PORTS)
    assert (found.start_at, found.end_at) == (T0 + 2 * 3600, T0 + 3 * 3600)


def test_implied_speeds_serve_where_none_were_sent() -> None:
    way = [-20, -2, -1, -1, -1, -2, -20]
    positions = fixes(("a", n * 3600.0, 10 + north(km), 179.999) for n, km in enumerate(way))
    (found,) = detect_visits(positions, PORTS)
    assert found.stopped and found.confidence == 4


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.5, 1, 3.9, 4.1]),
            st.sampled_from([-20.0, -4.1, -3.9, -3.1, -2.9, 0.0, 4.4, 8.0]),
            st.sampled_from([0.0, 0.19, 0.3, 0.51, 9.0]),
        ),
        min_size=1, max_size=25,
    )
)  # fmt: skip
def test_visits_are_those_of_the_state_machine(steps: list[tuple[float, float, float]]) -> None:
    hours = np.cumsum([step[0] for step in steps]).tolist()
    given_steps = [(hour, km, knots) for hour, (_, km, knots) in zip(hours, steps, strict=True)]
    positions = visit(given_steps)
    expected: list[list[float]] = []
    inside = stopped = False
    for row, (hour, _, knots) in enumerate(given_steps):
        km = min(
            haversine(positions.lat[row], positions.lon[row], lat, lon)
            for lat, lon in zip(PORTS.lat, PORTS.lon, strict=True)
        )
        if not inside and km <= 3:
            inside, stopped = True, False
            expected.append([hour, hour, float(row > 0), 0, 0])
        elif inside and km > 4:
            inside = False
            expected[-1][3] = 1
        if inside:
            stopped = knots <= 0.2 or (stopped and knots < 0.5)
            silent = row + 1 < len(hours) and hours[row + 1] - hour > 4
            expected[-1][4] = float(expected[-1][4] or stopped or silent)
            expected[-1][1] = hour
    assert [
        (visit.start_at, visit.end_at, visit.confidence)
        for visit in detect_visits(positions, PORTS)
    ] == [
        (T0 + 3600 * start, T0 + 3600 * end, 2 + entry + leave if still else 1)
        for start, end, entry, leave, still in expected
    ]


def test_no_positions_and_no_places() -> None:
    assert not detect_visits(fixes([]), PORTS)
    nowhere = Places([], [], [], np.empty(0), np.empty(0))
    assert not detect_visits(visit([(0, 0, 0)]), nowhere)
