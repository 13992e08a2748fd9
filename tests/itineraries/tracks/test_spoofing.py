"""Doubtful positions: planted ones are found, honest tracks are left alone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.itineraries.tracks.heard import heard
from app.itineraries.tracks.positions import UNKNOWN, Positions
from app.itineraries.tracks.spoofing import Spoofing, detect_spoofing
from tests.itineraries.tracks.simulated import Flight

T0 = 1_700_000_000.0


def vessels(tracks: Sequence[Sequence[tuple[float, float, float]]]) -> Positions:
    """Vessels of fixes (seconds, lat, lon)."""
    rows = [(craft, *fix) for craft, track in enumerate(tracks) for fix in track]
    craft, time_s, lat, lon = np.array(rows, dtype=float).reshape(-1, 4).T
    nothing = np.full(len(rows), np.nan)
    return Positions(
        [f"mmsi:41200000{number}" for number in range(len(tracks))],
        craft.astype(np.int32), T0 + time_s, lat, lon, nothing, nothing, nothing,
        np.full(len(rows), UNKNOWN, dtype=np.int8), [], np.full(len(rows), UNKNOWN, dtype=np.int32),
    ).in_order()  # fmt: skip


def under_way(
    lat: float = 10.0, lon: float = -65.0, count: int = 200
) -> list[tuple[float, float, float]]:
    """Twelve knots east, a fix a minute."""
    return [(60.0 * i, lat, lon + 0.0034 * i) for i in range(count)]


def checks(found: list[Spoofing]) -> list[tuple[str, str]]:
    return [(one.craft_id, one.check) for one in found]


def test_an_honest_vessel_and_an_honest_flight_are_left_alone() -> None:
    assert detect_spoofing(vessels([under_way()])) == []
    flight = Flight()
    flight.take_off("SVMI", "10")
    flight.cruise_to("MUHA", "06", 34_000, 450)
    flight.land("MUHA", "06")
    assert detect_spoofing(flight.positions()) == []


def test_a_stretch_elsewhere_is_one_interval() -> None:
    track = under_way()
    for row in range(80, 120):
        second, lat, lon = track[row]
        track[row] = (second, lat + 2, lon + 1)
    [found] = detect_spoofing(vessels([track]))
    assert found.check == "implied_speed"
    assert (found.start_at, found.end_at) == (T0 + 80 * 60, T0 + 119 * 60)
    assert found.fixes == 40
    assert found.evidence["returned"] is True
    assert found.evidence["jumps"] == 2
    assert found.evidence["distance_km"] == pytest.approx(248, abs=3)


def test_a_jump_for_good_is_the_moment_of_the_jump() -> None:
    track = under_way(count=50) + [(3000.0 + 60 * i, 20.0, -60.0) for i in range(50)]
    [found] = detect_spoofing(vessels([track]))
    assert (found.start_at, found.end_at, found.fixes) == (T0 + 49 * 60, T0 + 3000, 2)
    assert found.evidence["returned"] is False
    assert (found.lat, found.lon) == (20.0, -60.0)


def test_a_long_silence_explains_a_long_way() -> None:
    track = [*under_way(count=10), (86_400.0, 14.0, -65.0)]
    assert detect_spoofing(vessels([track])) == []


def test_a_jump_across_180_degrees_is_none() -> None:
    track = [(60.0 * i, 0.0, (179.99 + 0.003 * i + 180) % 360 - 180) for i in range(20)]
    assert detect_spoofing(vessels([track])) == []


def test_a_jet_that_crawls_at_altitude_is_doubted() -> None:
    flight = Flight()
    flight.to(45.0, 20.0, 38_000, 460)
    flight.to(47.0, 22.0, 38_000, 460)
    positions = flight.positions(flags=False)
    slow = (np.arange(len(positions)) > 100) & (np.arange(len(positions)) <= 150)
    crawling = replace(positions, speed_kn=np.where(slow, 50.0, positions.speed_kn))
    [found] = detect_spoofing(crawling)
    assert found.check == "speed_altitude"
    assert found.fixes == 50
    assert found.evidence["speed_kn"] == 50
    assert found.evidence["altitude_ft"] == 38_000
    balloon = replace(positions, speed_kn=np.full(len(positions), 30.0))
    assert "speed_altitude" not in {one.check for one in detect_spoofing(balloon)}


def test_a_jet_too_fast_near_the_ground_is_doubted() -> None:
    flight = Flight()
    flight.to(45.0, 20.0, 1_000, 480)
    flight.to(45.5, 20.5, 1_000, 480)
    [found] = detect_spoofing(flight.positions(flags=False))
    assert found.check == "speed_altitude"


def test_an_altitude_heard_of_another_craft_is_no_spoofing() -> None:
    flight = Flight()
    flight.take_off("SVMI", "10")
    flight.cruise_to("MUHA", "06", 34_000, 450)
    flight.land("MUHA", "06")
    positions = flight.positions(flags=False)
    positions.altitude_ft[5:60] = 34_000
    assert detect_spoofing(positions) == []


def circle(radius_km: float, rounds: float, count: int, noise_km: float = 0.0) -> list:
    rng = np.random.default_rng(1)
    angle = np.linspace(0, rounds * 2 * np.pi, count)
    off = rng.normal(0, noise_km, (2, count))
    return [
        (30.0 * i, 31.0 + (radius_km * np.sin(a) + off[0, i]) / 111.2,
         121.5 + (radius_km * np.cos(a) + off[1, i]) / (111.2 * np.cos(np.radians(31))))
        for i, a in enumerate(angle)
    ]  # fmt: skip


@pytest.mark.parametrize(("radius_km", "rounds"), [(0.6, 5.5), (2.0, 10.0), (6.0, 3.0)])
def test_a_circle_is_found_with_its_radius(radius_km: float, rounds: float) -> None:
    positions = vessels([circle(radius_km, rounds, 300, radius_km * 0.03)])
    found = [one for one in detect_spoofing(positions) if one.check == "circle"]
    assert len(found) == 1
    assert found[0].evidence["radius_km"] == pytest.approx(radius_km, rel=0.05)
    assert found[0].evidence["rounds"] == pytest.approx(rounds, abs=0.5)
    assert found[0].fixes >= 280


def test_swinging_at_anchor_half_a_turn_and_straight_ways_are_no_circles() -> None:
    assert detect_spoofing(vessels([circle(0.2, 6, 200)])) == []
    assert detect_spoofing(vessels([circle(2.0, 0.6, 200)])) == []
    assert detect_spoofing(vessels([circle(0.05, 20, 200, 0.02)])) == []


def test_craft_that_jump_to_one_place_share_it() -> None:
    tracks = []
    for number in range(4):
        track = under_way(lat=10.0 + number, count=100)
        for row in range(40, 60):
            track[row] = (track[row][0], 44.9 + 0.001 * number, 37.4)
        tracks.append(track)
    tracks.append(under_way(lat=18.0))
    found = [one for one in detect_spoofing(vessels(tracks)) if one.check == "common_place"]
    assert [one.craft_id for one in found] == [f"mmsi:41200000{number}" for number in range(4)]
    assert found[0].evidence["craft"] == 4
    two = [one for one in detect_spoofing(vessels(tracks[:2])) if one.check == "common_place"]
    assert two == []


def test_very_many_jumps_to_one_place_are_linked_in_memory_that_grows_with_them() -> None:
    """Each with each within the hour would be five hundred million pairs."""
    count = 24_000
    tracks = [
        [(float(i), 44.9, 37.4) if i % 2 else (float(i), 10.0 + craft, -65.0) for i in range(count)]
        for craft in range(4)
    ]
    found = [one for one in detect_spoofing(vessels(tracks)) if one.check == "common_place"]
    assert [one.evidence["craft"] for one in found] == [4] * 4
    assert [(one.lat, one.fixes) for one in found] == [(44.9, count // 2)] * 4


def test_repeats_are_a_silence_again() -> None:
    flight = Flight()
    flight.to(45.0, 20.0, 30_000, 460)
    flight.to(46.0, 20.0, 30_000, 460)
    positions = flight.positions(flags=False)
    frozen = slice(20, 60)
    positions.lat[frozen] = positions.lat[19]
    positions.lon[frozen] = positions.lon[19]
    assert len(heard(positions)) == len(positions) - 40
    assert detect_spoofing(positions) == []
    parked = replace(positions, speed_kn=np.zeros(len(positions)))
    assert len(heard(parked)) == len(positions)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_fixes_are_no_trouble(count: int) -> None:
    assert detect_spoofing(vessels([under_way(count=count)])) == []
    assert len(heard(vessels([under_way(count=count)]))) == count


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1e5), st.floats(-90, 90), st.floats(-180, 179.9)), max_size=40)
)
def test_intervals_lie_within_the_track(track: list[tuple[float, float, float]]) -> None:
    positions = vessels([track])
    for one in detect_spoofing(positions):
        assert positions.time_s[0] <= one.start_at <= one.end_at <= positions.time_s[-1]
        assert one.fixes >= 1
