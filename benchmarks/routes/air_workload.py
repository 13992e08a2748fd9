"""The synthetic flight of the benchmarks of air: 16,000 fixes with a go-around, from SVMI to MUHA."""

from dataclasses import dataclass

import numpy as np

from app.itineraries.airfields import load_airports
from app.itineraries.tracks.airports import RunwayEnd
from app.itineraries.tracks.bearings import course_along_deg
from app.itineraries.tracks.geometry import haversine_km
from app.itineraries.tracks.positions import UNKNOWN, Floats, Positions

FIXES = 16_000
START_S = 1_700_000_000.0
KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class Planted:
    """What the analyses must find in the flight."""

    origin: str = "SVMI"
    destination: str = "MUHA"
    runway_off: str = "10"
    runway_on: str = "06"
    approaches: int = 2
    go_arounds: int = 1


def runway(code: str, name: str) -> RunwayEnd:
    airport = load_airports().find(code)
    assert airport is not None
    return next(end for end in airport.runways if end.name == name)


def flight() -> Positions:
    """One craft, a fix a second: taxi, flight, an approach broken off, a landing."""
    off, on = runway("SVMI", "10"), runway("MUHA", "06")
    # Place as km along a runway and right of it, altitude, speed, on the ground.
    way = [
        (off, (0.0, 0.8), 235, 5, 1), (off, (0.0, 0.0), 235, 10, 1), (off, (2.2, 0.0), 235, 155, 1),
        (off, (14.0, 0.0), 4_000, 240, 0), (off, (60.0, -40.0), 16_000, 340, 0),
        (on, (-500.0, 20.0), 34_000, 450, 0), (on, (-120.0, 0.0), 24_000, 400, 0),
        (on, (-22.0, 0.0), 4_000, 200, 0), (on, (-1.7, 0.0), 500, 140, 0),
        (on, (10.0, 0.0), 3_000, 190, 0), (on, (10.0, 15.0), 3_500, 200, 0),
        (on, (-22.0, 15.0), 4_000, 200, 0), (on, (-22.0, 0.0), 4_000, 190, 0),
        (on, (-0.3, 0.0), 260, 138, 0), (on, (0.4, 0.0), 210, 132, 1),
        (on, (2.6, 0.0), 210, 20, 1), (on, (2.6, 0.7), 210, 8, 1),
    ]  # fmt: skip
    places = np.array([_place(end, *aside) for end, aside, *_ in way])
    altitude, speed, ground = (np.array([row[k] for row in way], dtype=float) for k in (2, 3, 4))
    km = haversine_km(places[:-1, 0], places[:-1, 1], places[1:, 0], places[1:, 1])
    hours = km / 1.852 / ((speed[:-1] + speed[1:]) / 2)
    moments = np.concatenate(([0.0], np.cumsum(hours * 3600)))
    time_s = np.linspace(0, moments[-1], FIXES)
    lat, lon, feet, knots = (
        np.interp(time_s, moments, column)
        for column in (places[:, 0], places[:, 1], altitude, speed)
    )
    leg = np.clip(np.searchsorted(moments, time_s), 1, len(way) - 1)
    on_ground = ((ground[leg] == 1) & (ground[leg - 1] == 1)).astype(np.int8)
    nothing = np.full(FIXES, UNKNOWN, dtype=np.int32)
    return Positions(
        ("icao24:0d8123",), np.zeros(FIXES, dtype=np.int32), START_S + time_s, lat, lon, knots,
        course_along_deg(lat, lon), np.round(feet / 25) * 25, on_ground, (), nothing,
    )  # fmt: skip


def _place(end: RunwayEnd, along_km: float, right_km: float) -> Floats:
    ahead = np.radians(end.bearing_deg)
    north = along_km * np.cos(ahead) - right_km * np.sin(ahead)
    east = along_km * np.sin(ahead) + right_km * np.cos(ahead)
    return np.array(
        [
            end.lat + north / KM_PER_DEGREE,
            end.lon + east / (KM_PER_DEGREE * np.cos(np.radians(end.lat))),
        ]
    )
