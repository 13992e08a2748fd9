"""What a silent craft can have reached: against searoute, against geometry, past closed straits."""

import math
import warnings

import numpy as np
import pytest
import searoute
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from app.itineraries.sea_lanes import load_sea_network
from app.itineraries.tracks.geometry import haversine_km
from app.itineraries.tracks.reachability import (
    Place,
    ReachabilityOptions,
    Silence,
    analyse_reachability,
)
from app.itineraries.tracks.sea_routes import PASSAGES

HOUR = 3_600.0
NORTHWEST = frozenset({"northwest"})
JOSE, BANDAR_ABBAS, BANIAS = (10.1, -64.85), (27.15, 56.2), (35.2, 35.9)
FLYING = ReachabilityOptions(mode="great_circle", max_speed_kn=480)


def by_sea(silence: Silence, *places: Place, others: tuple[Silence, ...] = (), **options: object):
    rule = ReachabilityOptions(**options)  # type: ignore[arg-type]
    return analyse_reachability(silence, places, others, rule, load_sea_network())


def km(here: tuple[float, float], there: tuple[float, float]) -> float:
    a, b = (np.array([[place[0]], [place[1]]]) for place in (here, there))
    return float(haversine_km(a[0], a[1], b[0], b[1])[0])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 9_000), st.integers(0, 9_000))
def test_ways_between_nodes_are_as_long_as_searoutes(one: int, other: int) -> None:
    network = load_sea_network()
    a, b = (network.lat[one], network.lon[one]), (network.lat[other], network.lon[other])
    assume(max(abs(a[1]), abs(b[1])) < 170)  # searoute goes around the world at its seam
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = searoute.searoute([a[1], a[0]], [b[1], b[0]])["properties"]["length"]
    ours = float(dijkstra(network._open_lanes(NORTHWEST), indices=one)[other])
    assume(math.isfinite(ours))
    # Several nodes may lie in one place, and searoute rounds each lane to 0.1 km.
    assert ours == pytest.approx(theirs, rel=0.001, abs=5)
    # By more ways into the network than one the way can be shorter, never than a straight line.
    reach = network.from_point(float(a[0]), float(a[1]), NORTHWEST)
    assert km(a, b) - 0.1 <= reach.km[other] <= ours + 0.1


@pytest.mark.parametrize(
    ("there", "expected_km", "passages"),
    [
        (BANDAR_ABBAS, 15_740, ("gibraltar", "suez", "babalmandab", "ormuz")),
        ((44.6, 37.9), 10_975, ("gibraltar", "dardanelles", "bosporus")),
        ((33.7, -118.3), 7_535, ("panama",)),
        ((9.4, -79.9), 1_959, ()),
    ],
)
def test_known_ways_from_jose(
    there: tuple[float, float], expected_km: float, passages: tuple
) -> None:
    reach = load_sea_network().from_point(*JOSE, NORTHWEST)
    found = reach.to_points(np.array([there[0]]), np.array([there[1]]))[0]
    assert found == pytest.approx(expected_km, rel=0.01)
    assert found >= km(JOSE, there)
    assert reach.passages_to(*there) == passages


def test_a_closed_strait_makes_the_way_longer_or_ends_it() -> None:
    silence = Silence("a", 0, 900 * HOUR, *BANDAR_ABBAS, *BANIAS)
    through = by_sea(silence)
    around = by_sea(silence, closed=NORTHWEST | {"suez"})
    assert "suez" in through.passages
    assert "suez" not in around.passages
    assert around.distance_km > 3 * through.distance_km  # type: ignore[operator]
    shut = by_sea(silence, Place("F", "Fujairah", 25.2, 56.5), closed=NORTHWEST | {"ormuz"})
    assert shut.distance_km is None
    assert shut.implied_speed_kn is None
    assert (shut.places[0].reachable, shut.places[0].there_km) == (False, None)
    with pytest.raises(ValueError, match="no such passage: nowhere"):
        by_sea(silence, closed=frozenset({"nowhere"}))


def test_every_passage_can_be_closed() -> None:
    for passage in sorted(PASSAGES):
        reach = load_sea_network().from_point(*JOSE, frozenset({passage}))
        assert np.isfinite(reach.km).sum() > 5_000


def test_a_short_wet_way_is_straight() -> None:
    silence = Silence("a", 0, 10 * HOUR, 11.4, -65.0, 11.5, -64.5)
    found = by_sea(silence)
    assert found.distance_km == pytest.approx(km((11.4, -65.0), (11.5, -64.5)), abs=0.1)
    assert found.implied_speed_kn == pytest.approx(found.distance_km / 1.852 / 10, abs=0.01)  # type: ignore[operator]


def test_an_isthmus_is_not_crossed() -> None:
    reach = load_sea_network().from_point(9.45, -79.9, NORTHWEST | {"panama"})
    assert reach.to_points(np.array([8.8]), np.array([-79.5]))[0] > 15_000


def test_places_have_slack_and_the_best_comes_first() -> None:
    silence = Silence("a", 0, 72 * HOUR, 10.5, -64.5, 10.6, -64.0)
    places = [
        Place("BA", "Bandar Abbas", *BANDAR_ABBAS),
        Place("JO", "Jose", *JOSE),
        Place("AM", "Amuay", 11.75, -70.25),
        Place("ZO", "Zone", 10.3, -64.75, radius_km=30),
    ]
    found = by_sea(silence, *places, max_speed_kn=12, stay_hours=10)
    assert [place.code for place in found.places] == ["ZO", "JO", "AM", "BA"]
    assert [place.reachable for place in found.places] == [True, True, False, False]
    jose = found.places[1]
    hours = (jose.there_km + jose.onward_km) / 1.852 / 12 + 10  # type: ignore[operator]
    assert jose.slack_hours == pytest.approx(72 - hours, abs=0.01)
    slacks = [place.slack_hours for place in found.places]
    assert slacks == sorted(slacks, reverse=True)  # type: ignore[type-var]


def test_an_open_silence_needs_no_way_back() -> None:
    silence = Silence("a", 0, 24 * HOUR, 10.5, -64.5)
    found = by_sea(silence, Place("JO", "Jose", *JOSE))
    assert (found.distance_km, found.slack_hours) == (None, None)
    assert found.places[0].reachable
    assert found.places[0].onward_km is None


def test_two_silent_craft_near_one_another_can_have_met() -> None:
    one = Silence("a", 0, 40 * HOUR, 10.5, -64.8, 10.6, -64.2)
    other = Silence("b", 10 * HOUR, 30 * HOUR, 10.9, -65.2, 11.0, -64.9)
    [met] = by_sea(one, others=(other,), stay_hours=6).meetings
    assert met.possible
    assert 10 * HOUR <= met.start_at < met.end_at <= 30 * HOUR  # type: ignore[operator]
    assert met.slack_hours == pytest.approx((met.end_at - met.start_at) / HOUR - 6, abs=0.01)  # type: ignore[operator]
    early = Silence("b", 100 * HOUR, 130 * HOUR, 10.9, -65.2, 11.0, -64.9)
    far = Silence("c", 0, 40 * HOUR, *BANDAR_ABBAS, 26.0, 56.6)
    found = by_sea(one, others=(early, far)).meetings
    assert [met.possible for met in found] == [False, False]
    assert all(met.lat is None for met in found)


@settings(max_examples=30, deadline=None)
@given(
    st.tuples(st.floats(-80, 80), st.floats(-180, 179)),
    st.tuples(st.floats(-80, 80), st.floats(-180, 179)),
    st.tuples(st.floats(-80, 80), st.floats(-180, 179)),
    st.floats(0.5, 40),
)
def test_flying_is_along_great_circles(
    here: tuple, there: tuple, place: tuple, hours: float
) -> None:
    silence = Silence("a", 0, hours * HOUR, *here, *there)
    found = analyse_reachability(silence, [Place("p", "P", *place)], (), FLYING)
    assert found.distance_km == pytest.approx(km(here, there), abs=0.01)
    [reach] = found.places
    way = km(here, place) + km(place, there)
    assert reach.slack_hours == pytest.approx(hours - way / (480 * 1.852), abs=0.01)
    assert reach.reachable == (reach.slack_hours >= 0) or abs(reach.slack_hours) < 0.001  # type: ignore[operator]
    assert reach.slack_hours <= found.slack_hours + 0.01  # type: ignore[operator]


def test_longitudes_over_180_do_not_matter() -> None:
    silence = Silence("a", 0, 900 * HOUR, -18.2, 178.4, -18.2, -178.4)
    assert by_sea(silence).distance_km < 450  # type: ignore[operator]


def test_a_silence_must_last_and_the_sea_needs_lanes() -> None:
    with pytest.raises(ValueError, match="ends after"):
        by_sea(Silence("a", 5, 5, *JOSE))
    with pytest.raises(ValueError, match="network"):
        analyse_reachability(Silence("a", 0, 5, *JOSE))
