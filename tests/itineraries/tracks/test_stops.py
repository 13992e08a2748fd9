"""Stops against a search of all runs, written from the definition alone; planted ones; no stop of silence."""

import itertools
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.stops import StopOptions, detect_stops
from tests.itineraries.tracks.vessels import T0, Fix, fixes, haversine, north

LON = st.sampled_from([0.0, 179.9995, -64.7])


def reference(positions: Positions, options: StopOptions) -> list[tuple[str, int, int]]:
    """All runs of the definition; the longest first, each among the fixes that are left."""
    runs = []
    for craft_id, rows in positions.by_craft():
        for first, last in itertools.combinations(range(rows.start, rows.stop), 2):
            if _is_stop(positions, first, last, options):
                lasting = positions.time_s[last] - positions.time_s[first]
                runs.append((-lasting, first, last, craft_id))
    taken: set[int] = set()
    stops = []
    for _, first, last, craft_id in sorted(runs):
        if not taken & set(range(first, last + 1)):
            taken |= set(range(first, last + 1))
            stops.append((craft_id, first, last))
    return sorted(stops, key=lambda stop: stop[1])


def _is_stop(positions: Positions, first: int, last: int, options: StopOptions) -> bool:
    rows = range(first, last + 1)
    times = [positions.time_s[row] for row in rows]
    if len(rows) < 3 or times[-1] - times[0] < options.stop_minutes * 60:
        return False
    if any(b - a > options.max_silence_minutes * 60 for a, b in itertools.pairwise(times)):
        return False
    origin = positions.lon[first]
    east = [(positions.lon[row] - origin + 180) % 360 - 180 for row in rows]
    lat, lon = median(positions.lat[row] for row in rows), origin + median(east)
    return all(
        haversine(lat, lon, positions.lat[row], positions.lon[row]) <= options.stop_km
        for row in rows
    )


@st.composite
def wanderings(draw: st.DrawFn) -> Positions:
    """A craft or two near one place, now still, now drifting, now away, with silences."""
    rows: list[Fix] = []
    origin = draw(LON)
    for craft in draw(st.sampled_from([["a"], ["a", "b"]])):
        seconds = x = y = 0.0
        for _ in range(draw(st.integers(1, 24))):
            seconds += draw(st.sampled_from([60, 600, 1200, 1800, 3600, 3601, 90_000]))
            # Steps of whole metres that no sum brings near the limit to the millimetre.
            x += draw(st.sampled_from([0, 0, 0.0313, -0.0417, 0.1531, -0.2217, 0.6031]))
            y += draw(st.sampled_from([0, 0, 0.0271, -0.0533, 0.1117, -0.1919]))
            rows.append((craft, seconds, north(y), origin + north(x)))
    return fixes(rows)


@settings(max_examples=300, deadline=None)
@given(
    wanderings(),
    st.sampled_from([StopOptions(), StopOptions(0.1, 30, 30), StopOptions(0.25, 60, 2000)]),
)
def test_stops_are_those_of_the_definition(positions: Positions, options: StopOptions) -> None:
    found = detect_stops(positions, options)
    expected = reference(positions, options)
    assert [(s.craft_id, s.start_at, s.end_at, s.fixes) for s in found] == [
        (craft, positions.time_s[first], positions.time_s[last], last - first + 1)
        for craft, first, last in expected
    ]
    assert all(stop.radius_km <= options.stop_km + 1e-6 for stop in found)


def test_noise_does_not_break_a_stay_and_its_first_fixes_do_not_bound_it() -> None:
    # The first fixes lie at one side: a run grown from them would leave the middle's far side out.
    noise = np.random.default_rng(5).uniform(-0.15, 0.15, (200, 2))
    noise[:3] = [[0.2, 0], [0.21, 0], [0.22, 0]]
    rows = [("a", 60.0 * n, north(y), north(x)) for n, (x, y) in enumerate(noise.tolist())]
    (stop,) = detect_stops(fixes(rows))
    assert (stop.fixes, stop.start_at, stop.end_at) == (200, T0, T0 + 199 * 60)


@pytest.mark.parametrize(("step_s", "away_km"), [(10, 0.6), (60, 0.6), (300, 5), (600, 60)])
def test_a_lone_fix_far_away_does_not_break_a_stay(step_s: float, away_km: float) -> None:
    count = int(4 * 3600 / step_s)
    rows = [("a", step_s * n, north(0.01 * (n % 3)), 0.0) for n in range(count)]
    rows[count // 2] = ("a", step_s * (count // 2), north(away_km), 0.0)
    (stop,) = detect_stops(fixes(rows))
    assert (stop.fixes, stop.start_at, stop.end_at) == (count - 1, T0, T0 + step_s * (count - 1))


def test_a_trip_breaks_a_stay_and_so_does_the_silence_around_a_fix_far_away() -> None:
    stay = [("a", 600.0 * n, 0.0, 0.0) for n in range(25)]
    stay[12] = ("a", 7200.0, north(2), 0.0)
    assert len(detect_stops(fixes(stay))) == 2
    silent = [row for row in stay if not 4200 < row[1] < 10_200 or row[1] == 7200]
    silent[len(silent) // 2] = ("a", 7200.0, north(60), 0.0)
    assert len(detect_stops(fixes(silent))) == 2


def test_a_stop_is_not_made_out_of_silence() -> None:
    rows = [("a", 0.0, 10, -64), ("a", 86_400.0, 10, -64)]
    assert not detect_stops(fixes(rows))
    rows += [("a", 43_200.0, 10, -64)]
    assert not detect_stops(fixes(rows))
    (stop,) = detect_stops(fixes(rows), StopOptions(max_silence_minutes=720))
    assert stop.fixes == 3


def test_an_approach_does_not_cut_the_stay_short() -> None:
    # A fix of the approach just near enough would, as a start, shorten the run to a part of the stay.
    rows: list[Fix] = [("a", 0.0, north(0.2499), 0.0)]
    rows += [("a", 300.0 * n, north(-0.02 if n > 15 else 0.0), 0.0) for n in range(1, 41)]
    (stop,) = detect_stops(fixes(rows))
    assert (stop.start_at, stop.end_at, stop.fixes) == (T0 + 300, T0 + 12_000, 40)


@pytest.mark.parametrize(("lat", "lon"), [(0, 180), (89.9999, 45), (-89.99999, 0)])
def test_at_the_seam_and_the_poles(lat: float, lon: float) -> None:
    rows = [("a", 300.0 * n, lat, lon + (0.0005 if n % 2 else -0.0005)) for n in range(20)]
    (stop,) = detect_stops(fixes(rows))
    assert stop.fixes == 20
    assert haversine(stop.lat, stop.lon, lat, lon) < 0.1
    assert -180 <= stop.lon < 180


def test_over_a_pole_there_is_no_stop_at_speed() -> None:
    way = np.linspace(-1, 1, 80)
    rows = [
        ("a", 300.0 * n, 90 - abs(y), 0.0 if y < 0 else 180.0) for n, y in enumerate(way.tolist())
    ]
    assert not detect_stops(fixes(rows))


def test_a_hundred_planted_stops_of_a_fleet() -> None:
    random = np.random.default_rng(2)
    rows = []
    for vessel in range(100):
        speed = np.full(400, 12.0)
        begin = int(random.integers(20, 300))
        speed[begin : begin + 30] = 0
        way = np.cumsum(speed) * 1.852 * 300 / 3600
        rows += [
            (f"v{vessel:03}", 300.0 * n, north(km + drift), 2.0 * vessel)
            for n, (km, drift) in enumerate(
                zip(way.tolist(), random.normal(0, 0.02, 400).tolist(), strict=True)
            )
        ]
    found = detect_stops(fixes(rows))
    assert [stop.craft_id for stop in found] == [f"v{n:03}" for n in range(100)]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_fixes(count: int) -> None:
    assert not detect_stops(fixes([("a", 4000.0 * n, 0, 0) for n in range(count)]))
