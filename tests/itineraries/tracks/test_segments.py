"""Hulls that share one id come apart; one hull stays whole."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.itineraries.tracks.segments import LONE, Segmentation, detect_segments
from tests.itineraries.tracks.vessels import T0, Fix, fixes, haversine, north


def sail(
    craft: str, begin_s: float, step_s: float, count: int, lat: float, lon: float
) -> list[Fix]:
    """North at 10 kn."""
    way = north(10 * 1.852 * step_s / 3600)
    return [(craft, begin_s + step_s * n, lat + way * n, lon) for n in range(count)]


def hulls(found: Segmentation) -> list[tuple[int, int]]:
    return [(segment.hull, segment.fixes) for segment in found.segments]


def test_one_hull_with_silences_is_one_hull() -> None:
    rows = [*sail("a", 0, 600, 30, 0, 0), *sail("a", 40 * 3600, 600, 30, 3, 0)]
    found = detect_segments(fixes(rows))
    assert hulls(found) == [(1, 30), (1, 30)]
    assert set(found.hull.tolist()) == {1}
    assert found.segment.tolist() == [0] * 30 + [1] * 30


def test_two_hulls_under_one_number_come_apart() -> None:
    here, there = sail("a", 0, 600, 100, 10, -64), sail("a", 211, 900, 80, 25, 56)
    found = detect_segments(fixes([*here, *there]))
    assert sorted(hulls(found)) == [(1, 100), (2, 80)]
    positions = fixes([*here, *there])
    assert (found.hull == np.where(positions.lon < 0, 1, 2)).all()


def test_hulls_keep_their_numbers_over_silences() -> None:
    rows = []
    for day in range(4):
        rows += sail("a", day * 86_400, 600, 20, 10, -64) + sail(
            "a", day * 86_400 + 77, 600, 20, 25, 56
        )
    found = detect_segments(fixes(rows))
    assert sorted(hulls(found)) == [(1, 20)] * 4 + [(2, 20)] * 4
    assert all(
        (segment.hull == 1) == ((segment.start_at - T0) % 86_400 == 0) for segment in found.segments
    )


def test_course_and_speed_tell_two_hulls_that_meet_apart() -> None:
    rows, speeds, courses = [], [], []
    for n in range(60):
        rows += [
            ("a", 600.0 * n, north(2.0 * n - 60), 0.0),
            ("a", 600.0 * n + 60, north(60 - 2.0 * n), 0.0),
        ]
        speeds += [6.48, 6.48]
        courses += [0.0, 180.0]
    positions = fixes(rows, speeds)
    positions.course_deg[:] = courses
    found = detect_segments(positions)
    assert hulls(found) == [(1, 60), (2, 60)]
    assert (found.hull == np.where(positions.course_deg == 0, 1, 2)).all()


def test_a_lone_fix_far_away_is_no_hull() -> None:
    rows = [*sail("a", 0, 600, 50, 10, -64), ("a", 3_300.0, 50.0, 0.0)]
    found = detect_segments(fixes(rows))
    assert sorted(hulls(found)) == [(LONE, 1), (1, 50)]


def test_fixes_of_one_second_are_both_kept() -> None:
    one, other = sail("a", 0, 600, 5, 10, -64), sail("a", 0, 600, 5, 25, 56)
    both = fixes([*one, *other])
    assert len(both) == 5  # in_order drops them; the caller who wants hulls sorts only
    positions = fixes([*one, *((craft, s + 0.5, lat, lon) for craft, s, lat, lon in other)])
    positions.time_s[:] = np.floor(positions.time_s)
    assert sorted(hulls(detect_segments(positions))) == [(1, 5), (2, 5)]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.integers(0, 200), st.sampled_from([0, 1, 40]),
            st.sampled_from([0, 179, 181]),
        ),
        max_size=40,
    )
)  # fmt: skip
def test_every_fix_is_in_one_segment_and_no_step_is_impossible(
    rows: list[tuple[str, int, int, int]],
) -> None:
    positions = fixes((craft, 1800.0 * half, lat, lon) for craft, half, lat, lon in rows)
    found = detect_segments(positions)
    assert sum(segment.fixes for segment in found.segments) == len(positions)
    for number, segment in enumerate(found.segments):
        own = np.flatnonzero(found.segment == number)
        assert len(own) == segment.fixes and set(found.hull[own].tolist()) == {segment.hull}
        assert (positions.time_s[own[0]], positions.time_s[own[-1]]) == (
            segment.start_at,
            segment.end_at,
        )
        for one, other in itertools.pairwise(own):
            hours = (positions.time_s[other] - positions.time_s[one]) / 3600
            km = haversine(
                positions.lat[one], positions.lon[one], positions.lat[other], positions.lon[other]
            )
            assert hours <= 8 and km <= 25 * 1.852 * (hours + 0.25) + 1e-6


@pytest.mark.parametrize("rows", [[], [("a", 0.0, 0.0, 0.0)]])
def test_hardly_any_fix(rows: list[Fix]) -> None:
    assert hulls(detect_segments(fixes(rows))) == [(1, 1)] * len(rows)


def test_hulls_that_send_no_course_are_told_apart_by_their_way() -> None:
    moored = [("a", 300.0 * n, 10.0, -65.0) for n in range(150)]
    passing = [("a", 300.0 * n + 50, 10.01, -65 + north(1.85 * n - 50)) for n in range(100)]
    found = detect_segments(fixes([*moored, *passing]))
    assert hulls(found) == [(1, 150), (2, 100)]


def test_hulls_that_meet_head_on_without_courses_go_on_their_ways() -> None:
    east = [("a", 300.0 * n, 10.0, -65 + north(1.85 * n)) for n in range(100)]
    west = [("a", 300.0 * n + 50, 10.005, -63 - north(2.1 * n)) for n in range(100)]
    positions = fixes([*east, *west])
    found = detect_segments(positions)
    assert (found.hull == np.where(positions.lat == 10, 1, 2)).all()
