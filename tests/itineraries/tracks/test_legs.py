"""Flight legs of simulated tracks: seen whole, seen in part, and not flown at all."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.itineraries.airfields import load_airports
from app.itineraries.sources.batch import join_positions
from app.itineraries.tracks.airports import Airports
from app.itineraries.tracks.candidates import craft_class
from app.itineraries.tracks.flights import FlightOptions
from app.itineraries.tracks.legs import Leg, LegOptions, detect_legs
from app.itineraries.tracks.positions import UNKNOWN, Positions
from tests.itineraries.tracks.simulated import START, Flight, beyond, runway


def legs_of(positions: Positions, rule: str = "readsb", type_code: str = "") -> list[Leg]:
    options = LegOptions(flights=FlightOptions(rule=rule))  # type: ignore[arg-type]
    return detect_legs(positions, load_airports(), {"icao24:0d8123": type_code}, options)


def caracas_to_havana() -> Flight:
    flight = Flight()
    flight.take_off("SVMI", "10")
    flight.cruise_to("MUHA", "06", 34_000, 450)
    flight.land("MUHA", "06")
    return flight


def until(positions: Positions, moment: float) -> Positions:
    return positions.take(positions.time_s <= moment)


@pytest.mark.parametrize("flags", [True, False])
@pytest.mark.parametrize("pressure_ft", [0, -800, 600])
def test_a_flight_seen_whole(flags: bool, pressure_ft: float) -> None:
    flight = caracas_to_havana()
    positions = flight.positions(flags=flags)
    off = replace(positions, altitude_ft=positions.altitude_ft + pressure_ft)
    [leg] = legs_of(off)
    assert (leg.origin.code, leg.origin.status, leg.runway_off) == ("SVMI", "observed", "10")
    assert (leg.destination.code, leg.destination.status) == ("MUHA", "observed")
    assert leg.runway_on == "06"
    assert leg.off_at == pytest.approx(flight.off_at[0], abs=20)
    assert leg.on_at == pytest.approx(flight.on_at[0], abs=20)
    assert leg.go_arounds == 0
    assert leg.origin.candidates[0].code == "SVMI"
    assert leg.destination.candidates[0].distance_km < 1


def test_positions_are_noisy_sparse_and_without_speed_or_course() -> None:
    flight = caracas_to_havana()
    positions = flight.positions()
    rng = np.random.default_rng(3)
    count = len(positions)
    noisy = replace(
        positions,
        lat=positions.lat + rng.normal(0, 1e-4, count),
        lon=positions.lon + rng.normal(0, 1e-4, count),
        speed_kn=np.full(count, np.nan),
        course_deg=np.full(count, np.nan),
    ).take(slice(None, None, 2))
    [leg] = legs_of(noisy)
    assert (leg.origin.code, leg.destination.code) == ("SVMI", "MUHA")
    assert (leg.runway_off, leg.runway_on) == ("10", "06")


def test_an_altitude_of_zero_is_the_ground_of_a_high_field_too() -> None:
    flight = Flight()
    flight.take_off("SLLP", "10")
    flight.cruise_to("SVMI", "10", 37_000, 450)
    flight.land("SVMI", "10")
    seen = flight.positions()
    positions = replace(
        seen,
        altitude_ft=np.where(seen.on_ground == 1, 0, seen.altitude_ft),
        on_ground=np.full(len(seen), UNKNOWN, dtype=np.int8),
    )
    [leg] = legs_of(positions)
    assert (leg.origin.code, leg.origin.status, leg.runway_off) == ("SLLP", "observed", "10")
    assert leg.off_at == pytest.approx(flight.off_at[0], abs=20)
    assert (leg.destination.code, leg.destination.status) == ("SVMI", "observed")


def test_a_place_sent_late_at_flying_speed_is_no_ground() -> None:
    flight = caracas_to_havana()
    seen = until(flight.positions(flags=False), flight.on_at[0] - 40)
    last = seen.take(slice(-1, None))
    late = replace(last, time_s=last.time_s + 20, lat=last.lat - 0.002)
    [leg] = legs_of(join_positions([seen, late]))
    assert (leg.destination.code, leg.destination.status) == ("MUHA", "inferred")
    assert leg.on_at is None


def test_strays_of_multilateration_do_not_move_the_ends() -> None:
    flight = caracas_to_havana()
    positions = flight.positions()
    for row in (0, 40, 700, len(positions) - 1):
        positions.lat[row] += 1.5
    [leg] = legs_of(positions)
    assert (leg.origin.code, leg.origin.status) == ("SVMI", "observed")
    assert (leg.destination.code, leg.destination.status) == ("MUHA", "observed")


def test_coverage_lost_on_final_is_no_landing() -> None:
    flight = caracas_to_havana()
    [leg] = legs_of(until(flight.positions(), flight.on_at[0] - 120))
    assert (leg.destination.code, leg.destination.status) == ("MUHA", "inferred")
    assert leg.on_at is None
    assert leg.runway_on == "06"


def test_coverage_lost_at_cruise_is_unknown_with_candidates_only() -> None:
    flight = caracas_to_havana()
    positions = flight.positions()
    [leg] = legs_of(until(positions, float(np.median(positions.time_s))))
    assert (leg.destination.code, leg.destination.status) == ("", "unknown")
    assert leg.on_at is None
    assert leg.destination.lat == pytest.approx(float(positions.lat[len(positions) // 2]), abs=1)


def test_coverage_that_begins_in_the_climb_infers_the_origin() -> None:
    flight = caracas_to_havana()
    positions = flight.positions()
    [leg] = legs_of(positions.take(positions.time_s >= flight.off_at[0] + 60))
    assert (leg.origin.code, leg.origin.status, leg.off_at) == ("SVMI", "inferred", None)


def test_a_go_around_is_one_leg() -> None:
    flight = Flight()
    flight.take_off("SVMI", "10")
    flight.cruise_to("MUHA", "06", 30_000, 430)
    flight.approach("MUHA", "06", to_ft=300)
    end = runway("MUHA", "06")
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg, 10), 3_000, 200)
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg + 120, 25), 3_500, 220)
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg + 160, 35), 3_500, 220)
    flight.land("MUHA", "06")
    [leg] = legs_of(flight.positions())
    assert leg.go_arounds == 1
    assert [one.runway for one in leg.approaches] == ["06", "06"]
    assert leg.destination.status == "observed"


def test_a_touch_and_go_does_not_end_a_leg() -> None:
    flight = Flight()
    flight.take_off("MUHA", "06")
    end = runway("MUHA", "06")
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg + 160, 30), 2_500, 180)
    flight.approach("MUHA", "06")
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg, 0.4), 210, 130)
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg, 1.4), 210, 130, 1)
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg, 12), 2_500, 180)
    flight.to(*beyond(end.lat, end.lon, end.bearing_deg + 160, 30), 2_500, 180)
    flight.land("MUHA", "06")
    [leg] = legs_of(flight.positions())
    assert (leg.origin.code, leg.destination.code) == ("MUHA", "MUHA")
    assert len(leg.approaches) == 2
    assert leg.on_at == pytest.approx(flight.on_at[-1], abs=20)


@pytest.mark.parametrize(("minutes", "heard"), [(40, True), (40, False), (720, False), (720, True)])
def test_a_turnaround_parts_two_legs(minutes: float, heard: bool) -> None:
    flight = caracas_to_havana()
    flight.wait(minutes, heard=heard)
    flight.take_off("MUHA", "06")
    flight.cruise_to("SVMI", "10", 33_000, 450)
    flight.land("SVMI", "10")
    first, second = legs_of(flight.positions())
    assert (first.destination.code, second.origin.code) == ("MUHA", "MUHA")
    assert (first.destination.status, second.origin.status) == ("observed", "observed")
    assert first.end_at < second.start_at
    assert second.off_at == pytest.approx(flight.off_at[1], abs=20)
    assert second.destination.code == "SVMI"


def test_a_turnaround_that_nobody_heard_parts_two_legs() -> None:
    flight = caracas_to_havana()
    flight.wait(90, heard=False)
    flight.take_off("MUHA", "06")
    flight.cruise_to("SVMI", "10", 33_000, 450)
    flight.land("SVMI", "10")
    positions = flight.positions()
    unheard = (positions.time_s > flight.on_at[0] - 180) & (
        positions.time_s < flight.off_at[1] + 60
    )
    first, second = legs_of(positions.take(~unheard))
    assert (first.destination.code, first.destination.status) == ("MUHA", "inferred")
    assert (second.origin.code, second.origin.status) == ("MUHA", "inferred")
    assert (first.on_at, second.off_at) == (None, None)


def test_an_end_out_of_sight_is_taken_from_the_other_leg() -> None:
    flight = Flight()
    flight.take_off("SVMI", "10")
    flight.cruise_to("MUHA", "06", 14_000, 350)
    flight.land("MUHA", "06")
    flight.wait(90, heard=False)
    flight.take_off("MUHA", "06")
    flight.cruise_to("SVMI", "10", 33_000, 450)
    positions = flight.positions()
    end = runway("MUHA", "06")
    lost = beyond(end.lat, end.lon, end.bearing_deg + 180, 45)
    near_end = np.hypot(positions.lat - lost[0], positions.lon - lost[1])
    last = int(np.argmin(near_end))
    unheard = (np.arange(len(positions)) > last) & (positions.time_s < flight.off_at[1])
    first, second = legs_of(positions.take(~unheard))
    assert second.origin.code == "MUHA"
    assert (first.destination.code, first.destination.status) == ("MUHA", "inferred")
    assert "other leg" in first.destination.candidates[0].reason


def test_a_gap_over_the_ocean_does_not_end_a_leg() -> None:
    flight = caracas_to_havana()
    positions = flight.positions()
    middle = (positions.time_s > flight.off_at[0] + 2_000) & (
        positions.time_s < flight.on_at[0] - 2_500
    )
    assert len(legs_of(positions.take(~middle))) == 1


def test_a_craft_lost_for_a_day_flew_twice() -> None:
    out = caracas_to_havana()
    positions = out.positions()
    seen = until(positions, out.off_at[0] + 3_000)
    later = replace(seen, time_s=seen.time_s + 86_400)
    both = Positions(
        seen.craft_ids,
        *(
            np.concatenate((getattr(seen, name), getattr(later, name)[500:]))
            for name in ("craft", "time_s", "lat", "lon", "speed_kn", "course_deg", "altitude_ft",
                         "on_ground")
        ),
        seen.callsigns,
        np.concatenate((seen.callsign, later.callsign[500:])),
    )  # fmt: skip
    first, second = legs_of(both)
    assert (first.destination.status, second.origin.status) == ("unknown", "unknown")


def test_the_ground_alone_is_no_leg() -> None:
    flight = Flight()
    flight.take_off("SVMI", "10")
    positions = until(flight.positions(), flight.off_at[0] - 30)
    assert legs_of(positions) == []
    assert legs_of(until(flight.positions(flags=False), flight.off_at[0] - 60)) == []


def test_one_false_flag_on_the_ground_is_no_leg() -> None:
    flight = Flight()
    flight.take_off("SVMI", "10")
    positions = until(flight.positions(), flight.off_at[0] - 30)
    positions.on_ground[4:6] = 0
    positions.altitude_ft[4:6] = 36_000  # heard of another craft
    assert legs_of(positions) == []


def test_a_false_ground_flag_at_cruise_is_no_landing() -> None:
    flight = caracas_to_havana()
    positions = flight.positions()
    middle = len(positions) // 2
    positions.on_ground[middle] = 1
    assert len(legs_of(positions)) == 1


def test_repeats_of_the_last_place_are_not_a_stay_there() -> None:
    flight = caracas_to_havana()
    positions = until(flight.positions(flags=False), flight.on_at[0] - 90)
    last = positions.take(np.full(60, len(positions) - 1))
    frozen = replace(last, time_s=last.time_s + np.arange(1, 61) * 10.0)
    both = Positions(
        positions.craft_ids,
        *(
            np.concatenate((getattr(positions, name), getattr(frozen, name)))
            for name in ("craft", "time_s", "lat", "lon", "speed_kn", "course_deg", "altitude_ft",
                         "on_ground")
        ),
        positions.callsigns,
        np.concatenate((positions.callsign, frozen.callsign)),
    )  # fmt: skip
    [leg] = legs_of(both)
    assert (leg.destination.code, leg.destination.status) == ("MUHA", "inferred")
    assert leg.end_at == positions.time_s[-1]


def test_opdi_parts_by_callsign_and_by_silence() -> None:
    flight = caracas_to_havana()
    count = len(flight.rows)
    half = flight.positions(callsigns=["A1"] * (count // 2) + ["B2"] * (count - count // 2))
    assert [leg.callsign for leg in legs_of(half, "opdi")] == ["A1", "B2"]
    assert len(legs_of(half)) == 1
    whole = flight.positions()
    silent = whole.take(
        (whole.time_s < flight.off_at[0] + 2_000) | (whole.time_s > flight.off_at[0] + 4_000)
    )
    assert len(legs_of(silent, "opdi")) == 2


@pytest.mark.parametrize("name", ["18L", "18C", "18R", "36R", "36C"])
def test_parallel_runways_are_told_apart(name: str) -> None:
    flight = Flight()
    flight.take_off("LFPG", "09R")
    flight.cruise_to("EHAM", name, 24_000, 400)
    flight.land("EHAM", name)
    flight.wait(60)
    flight.take_off("EHAM", name)
    flight.cruise_to("LFPG", "08L", 24_000, 400)
    first, second = legs_of(flight.positions())
    assert (first.runway_on, second.runway_off) == (name, name)


def _field(code: str, km: float, kind: str, length_ft: float, iata: str = "") -> bytes:
    lat, lon = beyond(8.0, -65.0, 90, km)
    far = beyond(lat, lon, 0, length_ft * 0.0003048)
    ends = ["36", lat, lon, 300, "18", *far, 300, length_ft, int(length_ft > 4_000)]
    return orjson.dumps(
        {"code": code, "iata": iata, "name": code, "country": "VE", "lat": lat, "lon": lon,
         "elevation_ft": 300, "kind": kind, "longest_ft": length_ft, "runways": [ends]}
    )  # fmt: skip


def _descent(speed_kn: float, top_ft: float) -> Positions:
    """Down from the west to 1,200 ft over 8 N 65 W."""
    flight = Flight()
    flight.to(*beyond(8.0, -65.0, 270, 150), top_ft, speed_kn)
    flight.to(*beyond(8.0, -65.0, 270, 40), top_ft, speed_kn)
    flight.to(8.0, -65.0, 1_200, speed_kn / 2)
    return flight.positions()


def test_a_strip_or_heliport_is_never_taken_for_being_nearest() -> None:
    fields = Airports(
        [
            _field("PAD1", 0.5, "heliport", 60),
            _field("ST2P", 1.0, "strip", 2_000),
            _field("SVXX", 6.0, "large", 9_000, "XXX"),
        ]
    )
    [leg] = detect_legs(_descent(400, 30_000), fields)
    assert (leg.destination.code, leg.destination.status) == ("SVXX", "inferred")
    reasons = {one.code: one.reason for one in leg.destination.candidates if not one.plausible}
    assert set(reasons) == {"PAD1", "ST2P"}
    only = Airports([_field("PAD1", 0.5, "heliport", 60), _field("ST2P", 1.0, "strip", 2_000)])
    [lost] = detect_legs(_descent(110, 5_000), only)
    assert lost.destination.status == "unknown"


def test_a_runway_too_short_for_the_type_is_passed_over() -> None:
    fields = Airports(
        [_field("SVSS", 1.0, "medium", 4_500), _field("SVLL", 9.0, "large", 9_000, "X")]
    )
    positions = _descent(400, 30_000)
    ids = {positions.craft_ids[0]: "B744"}
    assert detect_legs(positions, fields, ids)[0].destination.code == "SVLL"
    helicopter = {positions.craft_ids[0]: "MI17"}
    assert detect_legs(positions, fields, helicopter)[0].destination.code == "SVSS"


@pytest.mark.parametrize(
    ("type_code", "expected"),
    [("B744", "heavy"), ("b77w", "heavy"), ("C17", "heavy"), ("C172", "light"), ("C525", "jet"),
     ("MI17", "helicopter"), ("R44", "helicopter"), ("", "light"), ("B738", "jet"),
     ("E190", "jet"), ("B38M", "jet"), ("BE20", "light")],
)  # fmt: skip
def test_the_type_goes_before_what_was_flown(type_code: str, expected: str) -> None:
    slow = _descent(110, 5_000)
    assert craft_class(slow, type_code) == expected


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_fixes_are_no_trouble(count: int) -> None:
    assert len(legs_of(caracas_to_havana().positions().take(slice(700, 700 + count)))) <= 1


def test_places_that_are_none_are_left_out() -> None:
    flight = caracas_to_havana()
    positions = flight.positions()
    positions.lat[::7] = np.nan
    positions.altitude_ft[::5] = np.nan
    [leg] = legs_of(positions)
    assert (leg.origin.code, leg.destination.code) == ("SVMI", "MUHA")


FIXES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.floats(0, 1e6),
        st.floats(-90, 90),
        st.floats(-180, 179.99),
        st.one_of(st.just(np.nan), st.floats(-2_000, 60_000)),
        st.one_of(st.just(np.nan), st.floats(0, 1_000)),
        st.sampled_from([UNKNOWN, 0, 1]),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(FIXES, st.sampled_from(["readsb", "opdi"]))
def test_legs_of_anything_are_apart_and_within_their_track(fixes: list[tuple], rule: str) -> None:
    columns = np.array(fixes, dtype=float).reshape(-1, 7).T
    craft, time_s, lat, lon, feet, knots, ground = columns
    positions = Positions(
        ("a", "b", "c"), craft.astype(np.int32), START + time_s, lat, lon, knots,
        np.full(len(fixes), np.nan), feet, ground.astype(np.int8), (),
        np.full(len(fixes), UNKNOWN, dtype=np.int32),
    ).in_order()  # fmt: skip
    legs = legs_of(positions, rule)
    for before, after in pairwise(legs):
        assert before.craft_id < after.craft_id or before.end_at < after.start_at
    for leg in legs:
        assert leg.fixes >= 2
        assert leg.off_at is None or leg.start_at <= leg.off_at <= leg.end_at
        assert leg.on_at is None or leg.start_at <= leg.on_at <= leg.end_at
        assert (leg.destination.code == "") == (leg.destination.status == "unknown")
    assert legs == legs_of(positions, rule)
