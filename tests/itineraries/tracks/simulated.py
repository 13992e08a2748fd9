"""Simulated flights between real runways, fix by fix: what a good receiver would have heard."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.itineraries.airfields import load_airports
from app.itineraries.tracks.airports import Airport, RunwayEnd
from app.itineraries.tracks.bearings import bearing_deg, course_along_deg
from app.itineraries.tracks.geometry import haversine_km, unit_vectors
from app.itineraries.tracks.positions import UNKNOWN, Positions

START = 1_700_000_000.0
KM_PER_FT = 0.0003048


def airport(code: str) -> Airport:
    found = load_airports().find(code)
    assert found is not None
    return found


def runway(code: str, name: str) -> RunwayEnd:
    return next(end for end in airport(code).runways if end.name == name)


def beyond(lat: float, lon: float, bearing: float, km: float) -> tuple[float, float]:
    """The place some km from another in a direction."""
    angle, theta = km / 6371, np.radians(bearing)
    phi, lam = np.radians(lat), np.radians(lon)
    there = np.arcsin(np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(theta))
    east = np.arctan2(
        np.sin(theta) * np.sin(angle) * np.cos(phi), np.cos(angle) - np.sin(phi) * np.sin(there)
    )
    return float(np.degrees(there)), float((np.degrees(lam + east) + 180) % 360 - 180)


@dataclass
class Flight:
    """A flight in the making: each call goes on from where the last one ended."""

    step_s: float = 5.0
    time_s: float = START
    rows: list[tuple[float, float, float, float, float, int]] = field(default_factory=list)
    off_at: list[float] = field(default_factory=list)
    on_at: list[float] = field(default_factory=list)

    def to(
        self, lat: float, lon: float, altitude_ft: float, speed_kn: float, ground: int = 0
    ) -> None:
        """Straight on to a place, with altitude and speed changing evenly."""
        if not self.rows:
            self.rows.append((self.time_s, lat, lon, altitude_ft, speed_kn, ground))
            return
        _, from_lat, from_lon, from_ft, from_kn, _ = self.rows[-1]
        ends = np.array([from_lat, lat]), np.array([from_lon, lon])
        km = float(haversine_km(ends[0][:1], ends[1][:1], ends[0][1:], ends[1][1:])[0])
        seconds = km / 1.852 / max((from_kn + speed_kn) / 2, 1) * 3600
        count = max(int(seconds / self.step_s), 1)
        a, b = unit_vectors(*ends)
        for share in np.linspace(0, 1, count + 1)[1:]:
            x, y, z = (1 - share) * a + share * b
            self.rows.append(
                (
                    self.time_s + share * seconds,
                    float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
                    float(np.degrees(np.arctan2(y, x))),
                    from_ft + share * (altitude_ft - from_ft),
                    from_kn + share * (speed_kn - from_kn),
                    ground,
                )
            )
        self.time_s += seconds

    def wait(self, minutes: float, *, heard: bool = True) -> None:
        """Stand still, heard every half minute or not at all."""
        _, lat, lon, feet, _, ground = self.rows[-1]
        if heard:
            for second in np.arange(30, minutes * 60, 30):
                self.rows.append((self.time_s + float(second), lat, lon, feet, 0.0, ground))
        self.time_s += minutes * 60

    def take_off(self, code: str, name: str) -> None:
        end, field_ft = runway(code, name), airport(code).elevation_ft
        apron = beyond(end.lat, end.lon, end.bearing_deg + 90, 0.8)
        self.to(*apron, field_ft, 0, 1)
        self.to(end.lat, end.lon, field_ft, 12, 1)
        lift = beyond(end.lat, end.lon, end.bearing_deg, 0.6 * end.length_ft * KM_PER_FT)
        self.to(*lift, field_ft, 150, 1)
        self.off_at.append(self.time_s)
        self.to(*beyond(*lift, end.bearing_deg, 12), field_ft + 4_000, 250)

    def approach(self, code: str, name: str, to_ft: float = 50.0) -> None:
        """From 20 km out down a slope of three degrees to so many feet over the threshold."""
        end, field_ft = runway(code, name), airport(code).elevation_ft
        slope = 1_050 / 6.1  # feet a km
        self.to(*beyond(end.lat, end.lon, end.bearing_deg + 180, 20), field_ft + 20 * slope, 200)
        short = max(to_ft / slope, 0.3)
        self.to(*beyond(end.lat, end.lon, end.bearing_deg + 180, short), field_ft + to_ft, 140)

    def land(self, code: str, name: str) -> None:
        self.approach(code, name)
        end, field_ft = runway(code, name), airport(code).elevation_ft
        touch = beyond(end.lat, end.lon, end.bearing_deg, 0.4)
        self.to(*touch, field_ft, 135)
        self.on_at.append(self.time_s)
        length = end.length_ft * KM_PER_FT
        self.to(*beyond(end.lat, end.lon, end.bearing_deg, 0.8 * length), field_ft, 20, 1)
        side = beyond(end.lat, end.lon, end.bearing_deg, 0.8 * length)
        self.to(*beyond(*side, end.bearing_deg + 90, 0.6), field_ft, 10, 1)
        self.wait(3)

    def cruise_to(self, code: str, name: str, altitude_ft: float, speed_kn: float) -> None:
        """Climb, fly and come down to where the approach to a runway begins."""
        end = runway(code, name)
        _, lat, lon, *_ = self.rows[-1]
        gate = beyond(end.lat, end.lon, end.bearing_deg + 180, 60)
        toward = float(bearing_deg(*(np.array([x]) for x in (lat, lon, *gate)))[0])
        self.to(*beyond(lat, lon, toward, 60), altitude_ft, speed_kn)
        self.to(*gate, altitude_ft, speed_kn)

    def positions(
        self, craft_id: str = "icao24:0d8123", *, flags: bool = True, callsigns: Sequence[str] = ()
    ) -> Positions:
        """The fixes in order; ground altitudes are left out when flags are sent, as readsb does."""
        columns = np.array(self.rows, dtype=float)
        time_s, lat, lon, feet, knots, ground = columns.T
        count = len(columns)
        known = list(dict.fromkeys(name for name in callsigns if name))
        codes = [known.index(name) if name else UNKNOWN for name in callsigns]
        return Positions(
            (craft_id,),
            np.zeros(count, dtype=np.int32),
            time_s.copy(),
            lat.copy(),
            lon.copy(),
            knots.copy(),
            course_along_deg(lat, lon),
            np.where((ground == 1) & flags, np.nan, np.round(feet / 25) * 25),
            ground.astype(np.int8) if flags else np.full(count, UNKNOWN, dtype=np.int8),
            tuple(known),
            np.array(codes or [UNKNOWN] * count, dtype=np.int32),
        ).in_order()
