"""Shore distances, loitering and near-shore transfers on the data that comes with the product."""

import numpy as np
import pytest

from app.itineraries.sea_data import load_places, load_shore, load_zones
from app.itineraries.tracks.loitering import detect_loitering
from app.itineraries.tracks.meetings import detect_meetings
from app.itineraries.tracks.near_shore import detect_transfers
from app.itineraries.tracks.ports import Places
from tests.itineraries.tracks.vessels import Fix, fixes, haversine, north


@pytest.mark.parametrize(
    ("lat", "lon", "nearest_km", "farthest_km"),
    [
        (10.62, -66.94, 0, 3),  # La Guaira
        (0.0, -30.0, 90, 120),  # off the St Peter and St Paul rocks
        (9.5, -65.0, 0, 0),  # inland
        (-16.8, 180.0, 0, 15),  # Taveuni, on the seam
        (48.0, -30.0, 800, 1000),
    ],
)
def test_distance_to_shore(lat: float, lon: float, nearest_km: float, farthest_km: float) -> None:
    (distance,) = load_shore().distance_km(np.array([lat]), np.array([lon])).tolist()
    assert nearest_km <= distance <= farthest_km


def test_the_poles_have_a_distance() -> None:
    north_pole, south_pole = load_shore().distance_km(np.array([90.0, -90.0]), np.array([0.0, 0.0]))
    assert 600 < north_pole < 800
    assert south_pole == 0


def test_the_places_have_the_terminals_that_matter() -> None:
    places = load_places()
    assert len(places) > 3_600
    for name, lat, lon in (("Jose Terminal", 10.1, -64.85), ("Puerto La Cruz", 10.25, -64.63)):
        row = places.names.index(name)
        assert haversine(places.lat[row], places.lon[row], lat, lon) < 5
    assert {"port", "terminal"} <= set(places.kinds)


def adrift(lat: float, lon: float, hours: int, knots: float) -> list[Fix]:
    step = north(knots * 1.852 / 2)
    return [("a", 1800.0 * n, lat + step * n, lon) for n in range(2 * hours + 1)]


def test_loitering_far_from_shore_and_not_near_it() -> None:
    (found,) = detect_loitering(fixes(adrift(25, -55, 10, 1)), load_shore())
    assert found.end_at - found.start_at == 36_000
    assert found.mean_speed_kn == pytest.approx(1, abs=0.01)
    assert found.mean_shore_nm > 20
    assert not detect_loitering(fixes(adrift(10.7, -66.9, 10, 0.5)), load_shore())
    assert not detect_loitering(fixes(adrift(25, -55, 10, 3)), load_shore())


def test_loitering_is_not_made_out_of_silence() -> None:
    rows = [("a", 0.0, 25, -55), ("a", 86_400.0, 25, -55)]
    assert not detect_loitering(fixes(rows), load_shore())


def side_by_side(lat: float, lon: float, km: float, minutes: int) -> list[Fix]:
    return [
        (f"mmsi:{side}", 300.0 * n, lat + north(km) * side, lon)
        for side in (0, 1)
        for n in range(minutes // 5 + 1)
    ]


def test_a_transfer_near_la_borracha_that_the_open_sea_rules_leave_out() -> None:
    # Ten kilometres from a port or more is what the rule of meetings asks for; here it is five.
    positions = fixes(side_by_side(10.26, -64.69, 0.1, 150))
    assert not detect_meetings(positions, places=load_places())
    zones = load_zones()
    (found,) = detect_transfers(positions, zones, {"mmsi:0": 80, "mmsi:1": 89})
    assert found.zone_id == "la-borracha"
    assert found.parts["tankers"] == 1
    assert found.score == pytest.approx(sum(found.parts.values()) / len(found.parts))
    assert all(0 <= part <= 1 for part in found.parts.values())
    (other,) = detect_transfers(positions, zones, {"mmsi:0": 70})
    assert other.parts["tankers"] == 0.25
    assert other.score < found.score


@pytest.mark.parametrize(
    ("lat", "km", "minutes"), [(12.0, 0.1, 150), (10.29, 0.3, 150), (10.29, 0.1, 20)]
)
def test_what_is_no_transfer(lat: float, km: float, minutes: int) -> None:
    assert not detect_transfers(fixes(side_by_side(lat, -64.75, km, minutes)), load_zones())


def test_a_zone_may_cross_the_seam() -> None:
    ring = np.array([-1.0, -1, 1, 1]), np.array([179.0, -179, -179, 179])
    zone = type(load_zones()[0])("seam", "Seam", *ring)
    inside = zone.contains(np.array([0.0, 0, 0]), np.array([179.5, -179.5, 178.5]))
    assert inside.tolist() == [True, True, False]


def test_nearest_of_places_tells_where_there_is_none() -> None:
    places = Places(["P"], ["VE"], ["port"], np.array([0.0]), np.array([0.0]))
    from_here = np.array([[1.0, 0, 0], [0.0, 1, 0]])
    distance, row = places.nearest(from_here, 10)
    assert distance.tolist() == [0, np.inf]
    assert row.tolist() == [0, -1]
