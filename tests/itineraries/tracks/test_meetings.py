"""Meetings against a plain walk along the grid; planted ones, across 180°, seen and bridged apart."""

import itertools
import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.itineraries.tracks.contacts import TooMuchError, to_grid
from app.itineraries.tracks.meetings import MeetingOptions, detect_meetings
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions
from tests.itineraries.tracks.vessels import T0, Fix, fixes, haversine, north

BARE = MeetingOptions(filtered=False)


def grid_of(
    positions: Positions, rows: slice, options: MeetingOptions
) -> dict[int, tuple[float, float]]:
    """Where one craft is at each step: straight on between fixes near enough in time."""
    grid_s = options.grid_minutes * 60
    places: dict[int, tuple[float, float]] = {}
    for row in range(rows.start, rows.stop):
        t, lat, lon = positions.time_s[row], positions.lat[row], positions.lon[row]
        if t % grid_s == 0:
            places[int(t // grid_s)] = (lat, lon)
        if row + 1 == rows.stop:
            continue
        until, to_lat, to_lon = (
            positions.time_s[row + 1],
            positions.lat[row + 1],
            positions.lon[row + 1],
        )
        if until - t >= options.max_interpolation_minutes * 60:
            continue
        east = (to_lon - lon + 180) % 360 - 180
        for step in range(math.ceil(t / grid_s), math.floor(until / grid_s) + 1):
            share = (step * grid_s - t) / (until - t)
            places[step] = (lat + share * (to_lat - lat), lon + share * east)
    return places


def reference(
    positions: Positions, options: MeetingOptions
) -> list[tuple[str, str, float, float, float]]:
    """Pair, start, end and median distance of each meeting, without filters."""
    grids = {craft: grid_of(positions, rows, options) for craft, rows in positions.by_craft()}
    grid_s, found = options.grid_minutes * 60, []
    for one, other in itertools.combinations(sorted(grids), 2):
        near = {
            step: km
            for step in sorted(grids[one].keys() & grids[other].keys())
            if (km := haversine(*grids[one][step], *grids[other][step])) <= options.max_km
        }
        runs: list[list[int]] = []
        for step in near:
            if runs and step == runs[-1][-1] + 1:
                runs[-1].append(step)
            else:
                runs.append([step])
        runs = [run for run in runs if (run[-1] - run[0]) * grid_s >= options.min_minutes * 60]
        merged: list[list[int]] = []
        for run in runs:
            if merged and (run[0] - merged[-1][-1]) * grid_s < options.merge_hours * 3600:
                merged[-1] += run
            else:
                merged.append(run)
        found += [
            (one, other, run[0] * grid_s, run[-1] * grid_s, median(near[step] for step in run))
            for run in merged
        ]
    return found


@st.composite
def encounters(draw: st.DrawFn) -> Positions:
    rows: list[Fix] = []
    origin = draw(st.sampled_from([0.0, 180.0]))
    for craft in "abc":
        seconds, x = float(draw(st.integers(0, 1800))), draw(st.sampled_from([0.0, 0.31, 0.77]))
        for _ in range(draw(st.integers(1, 30))):
            rows.append((craft, seconds, 10.0, origin + north(x) / math.cos(math.radians(10))))
            seconds += draw(st.sampled_from([300, 600, 617, 1500, 3599, 3600, 20_000]))
            x += draw(st.sampled_from([0, 0, 0, 0.0513, -0.0377, 0.4519, -0.4519]))
    return fixes(rows)


@settings(max_examples=200, deadline=None)
@given(
    encounters(),
    st.sampled_from([BARE, MeetingOptions(5, 90, 0.4, 30, 1, 2, filtered=False)]),
)
def test_meetings_are_those_of_the_definition(
    positions: Positions, options: MeetingOptions
) -> None:
    found = detect_meetings(positions, options)
    expected = reference(positions, options)
    assert [(*m.craft_ids, m.start_at, m.end_at) for m in found] == [e[:4] for e in expected]
    for meeting, (*_, distance) in zip(found, expected, strict=True):
        assert meeting.median_distance_km == pytest.approx(distance, abs=1e-4)
        pauses = meeting.end_at - meeting.start_at - 60 * (meeting.seen_min + meeting.bridged_min)
        assert pauses >= -1e-6 and meeting.seen_min >= 0 and meeting.bridged_min >= -1e-9


def still(craft: str, minutes: list[float], lat: float = 0, lon: float = 0) -> list[Fix]:
    return [(craft, 60 * minute, lat, lon) for minute in minutes]


def test_a_meeting_across_the_seam() -> None:
    every = [10.0 * n for n in range(19)]
    rows = [*still("a", every, 0, 179.999), *still("b", every, 0, -179.999)]
    (meeting,) = detect_meetings(fixes(rows))
    assert meeting.craft_ids == ("a", "b")
    assert (meeting.seen_min, meeting.bridged_min) == (180, 0)
    assert abs(abs(meeting.lon) - 180) < 1e-6
    assert meeting.median_distance_km == pytest.approx(0.2224, abs=1e-3)


def test_bridged_contact_is_told_apart() -> None:
    often, rarely = [10.0 * n for n in range(13)], [0.0, 10, 20, 70, 80, 120]
    (meeting,) = detect_meetings(fixes([*still("a", often), *still("b", rarely)]))
    assert meeting.seen_min + meeting.bridged_min == 120
    assert meeting.seen_min == 50


def test_nothing_is_interpolated_across_an_hour() -> None:
    often = [10.0 * n for n in range(19)]
    assert not detect_meetings(fixes([*still("a", often), *still("b", [0, 60, 120, 180])]))
    assert detect_meetings(fixes([*still("a", often), *still("b", [0, 59, 118, 177])]))


def test_a_pause_under_four_hours_is_one_meeting() -> None:
    first = [10.0 * n for n in range(13)]
    for pause, count in ((230, 1), (240, 2)):
        both = first + [120.0 + pause + 10 * n for n in range(13)]
        rows = [*still("a", both), *still("b", both)]
        found = detect_meetings(fixes(rows))
        assert len(found) == count
        assert sum(meeting.seen_min for meeting in found) == 240


def test_filters_of_speed_and_port() -> None:
    every = [10.0 * n for n in range(13)]
    moored = fixes([*still("a", every, 10.25, -64.6), *still("b", every, 10.25, -64.6)])
    port = Places(["Port"], ["VE"], ["port"], np.array([10.25]), np.array([-64.65]))
    assert not detect_meetings(moored, places=port)
    assert detect_meetings(moored, MeetingOptions(filtered=False), port)
    assert detect_meetings(moored, MeetingOptions(min_port_km=5), port)
    moving = [(craft, 600.0 * n, north(1.0 * n), 0.0) for craft in "ab" for n in range(13)]
    assert not detect_meetings(fixes(moving))
    (meeting,) = detect_meetings(fixes(moving), MeetingOptions(max_speed_kn=4))
    assert meeting.median_speed_kn == pytest.approx((3.24, 3.24), abs=0.01)


def test_planted_meetings_of_a_fleet_and_none_else() -> None:
    random = np.random.default_rng(3)
    rows: list[Fix] = []
    for vessel in range(120):
        lat, lon = random.uniform(-5, 5), 180 + random.uniform(-5, 5)
        for step in range(60):
            lat += north(2.5) * (-1 if vessel % 3 else 1)
            rows.append(
                (f"v{vessel:03}", 600.0 * step + float(random.uniform(-200, 200)), lat, lon)
            )
    for pair in range(6):
        place = -4.0 + pair, 180 + random.uniform(-3, 3)
        rows += [
            (f"m{pair}{side}", 600.0 * step, place[0] + north(0.1) * side, place[1])
            for side in (0, 1)
            for step in range(20)
        ]
    found = detect_meetings(fixes(rows))
    assert [meeting.craft_ids for meeting in found] == [(f"m{n}0", f"m{n}1") for n in range(6)]


def test_the_work_is_bounded() -> None:
    positions = fixes([("a", 0.0, 0, 0), ("a", 30 * 365 * 86_400.0, 0, 0)])
    with pytest.raises(TooMuchError, match="too many steps"):
        to_grid(positions, 1, 1e12)


@pytest.mark.parametrize(
    "rows", [[], [("a", 0.0, 0.0, 0.0)], [("a", 1.0, 90, 0), ("b", 1.0, 90, 17)]]
)
def test_hardly_any_fix(rows: list[Fix]) -> None:
    assert not detect_meetings(fixes(rows))


def test_the_start_is_a_step_of_the_grid() -> None:
    every = [10.0 * n + 3 for n in range(14)]
    (meeting,) = detect_meetings(fixes([*still("a", every), *still("b", every)]))
    assert meeting.start_at == T0 + 600
