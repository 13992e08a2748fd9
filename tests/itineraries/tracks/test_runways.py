"""Alignment with runways against a reading of the rule fix by fix."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.itineraries.airfields import load_airports
from app.itineraries.tracks.airports import RunwayEnd
from app.itineraries.tracks.runways import (
    AlignmentOptions,
    count_go_arounds,
    detect_alignments,
    runway_along,
)
from tests.itineraries.tracks.simulated import Flight, airport, beyond, runway


def on_line(lat: float, lon: float, course: float, end: RunwayEnd) -> bool:
    """The rule of the traffic library for one fix, by plain trigonometry."""
    phi, there = math.radians(lat), math.radians(end.lat)
    east = math.radians(end.lon - lon)
    bearing = math.degrees(
        math.atan2(
            math.sin(east) * math.cos(there),
            math.cos(phi) * math.sin(there) - math.sin(phi) * math.cos(there) * math.cos(east),
        )
    )
    chord = math.sin((there - phi) / 2) ** 2
    chord += math.cos(phi) * math.cos(there) * math.sin(east / 2) ** 2
    nm = 2 * 6371 * math.asin(math.sqrt(chord)) / 1.852
    off = (bearing - end.bearing_deg + 180) % 360 - 180
    inbound = math.cos(math.radians(bearing - course)) > 0
    return nm * abs(math.radians(off)) < 0.1 and inbound


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-0.4, 0.4), st.floats(-20, 20), st.floats(3, 25),
    st.sampled_from(["18R", "06", "27", "36C"]),
)  # fmt: skip
def test_the_rule_is_that_of_the_traffic_library(
    aside_km: float, skew_deg: float, from_km: float, name: str
) -> None:
    end = runway("EHAM", name)
    flight = Flight(step_s=4)
    start = beyond(end.lat, end.lon, end.bearing_deg + 180 + skew_deg, from_km)
    flight.to(*beyond(*start, end.bearing_deg + 90, aside_km), 3_000, 150)
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg + 90, aside_km), 50, 140)
    positions = flight.positions(flags=False)
    expected = [
        on_line(lat, lon, course, end)
        for lat, lon, course in zip(positions.lat, positions.lon, positions.course_deg, strict=True)
    ]
    found = [one for one in detect_alignments(positions, airport("EHAM")) if one.runway == name]
    inside = np.zeros(len(positions), dtype=bool)
    for one in found:
        inside |= (positions.time_s >= one.start_at) & (positions.time_s <= one.end_at)
    # Every stretch found follows the rule at its ends, and all of them last a minute.
    for one in found:
        assert one.end_at - one.start_at >= 60
        for moment in (one.start_at, one.end_at):
            assert expected[int(np.searchsorted(positions.time_s, moment))]
    longest = _longest_s(positions.time_s, expected)
    others = [one for one in detect_alignments(positions, airport("EHAM")) if one.runway != name]
    if longest < 60:
        assert not found
    elif not others:
        assert found
        assert max(one.end_at - one.start_at for one in found) >= longest


def _longest_s(time_s: np.ndarray, flags: list[bool]) -> float:
    longest, start = 0.0, None
    for moment, flag in zip(time_s.tolist(), flags, strict=True):
        start = (moment if start is None else start) if flag else None
        longest = max(longest, moment - start if start is not None else 0)
    return longest


def test_an_overflight_is_no_approach() -> None:
    end = runway("EHAM", "18R")
    flight = Flight()
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg + 180, 40), 36_000, 450)
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg, 40), 36_000, 450)
    assert detect_alignments(flight.positions(), airport("EHAM")) == []
    low = flight.positions()
    low.altitude_ft[:] = np.nan
    assert detect_alignments(low, airport("EHAM")) == []


def test_the_other_direction_is_no_approach() -> None:
    flight = Flight()
    flight.take_off("EHAM", "18R")
    found = detect_alignments(flight.positions(), airport("EHAM"))
    assert "36L" not in {one.runway for one in found}


def test_level_flight_between_two_alignments_is_no_go_around() -> None:
    flight = Flight()
    flight.approach("EHAM", "18R", to_ft=1_500)
    positions = flight.positions()
    level = replace(positions, altitude_ft=np.full(len(positions), 1_500.0))
    alignments = detect_alignments(level, airport("EHAM"))
    assert count_go_arounds(level, [alignments[0], alignments[0]]) == 0


def test_sparse_fixes_make_one_approach() -> None:
    flight = Flight(step_s=25)
    flight.approach("EHAM", "18R")
    [found] = detect_alignments(flight.positions(), airport("EHAM"))
    assert found.runway == "18R"
    silent = AlignmentOptions(max_silence_seconds=10)
    assert detect_alignments(flight.positions(), airport("EHAM"), silent) == []


@pytest.mark.parametrize("name", ["09L", "09R", "27L", "27R", "08L", "26R"])
def test_a_roll_is_told_by_place_and_direction(name: str) -> None:
    flight = Flight(step_s=3)
    flight.take_off("LFPG", name)
    positions = flight.positions()
    rolling = positions.take(positions.speed_kn > 50)
    assert runway_along(rolling, airport("LFPG"), beyond_km=6) == name


def test_every_airport_can_be_read() -> None:
    airports = load_airports()
    assert len(airports) > 25_000
    for lat, lon in ((10.6, -67), (90, 0), (-90, 0), (0, 180), (0, -180)):
        found = airports.near(lat, lon, 300)
        assert [km for _, km in found] == sorted(km for _, km in found)
        for one, _ in found:
            assert all(0 <= end.bearing_deg < 360 and end.length_ft > 0 for end in one.runways)
    assert airports.find("ccs") == airports.find("SVMI")
    assert airports.find("nowhere") is None
