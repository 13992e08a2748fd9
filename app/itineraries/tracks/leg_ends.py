"""Where one end of a flight was: seen on the ground, inferred from a low end of the track, or unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.itineraries.tracks.airports import Airport, AirportKind, Airports
from app.itineraries.tracks.bearings import (
    along_across_km,
    bearing_deg,
    course_along_deg,
    turn_deg,
)
from app.itineraries.tracks.candidates import (
    AT_FIELD_KM,
    Candidate,
    CraftClass,
    distance_km,
    handicap_km,
    judge,
)
from app.itineraries.tracks.flights import Mask
from app.itineraries.tracks.positions import Floats, Positions
from app.itineraries.tracks.runways import (
    KM_PER_FT,
    AlignmentOptions,
    detect_alignments,
    runway_along,
)

EndStatus = Literal["observed", "inferred", "unknown"]

MAX_CANDIDATES = 5
EDGE_S = 300.0
"""So much of the track, from its end into the flight, tells whether it climbs or descends."""
SEEN_MOMENT_S = 120.0
"""Take-off and touch-down are timed when fixes on both sides lie no further apart."""
_BELOW_FIELD_FT = 1_200.0
"""Barometric altitudes of a deep low read so much less than the true height."""


@dataclass(frozen=True, slots=True)
class LegEnd:
    """One end of a leg.

    `observed`: seen on the ground there, or rolling on its runway. `inferred`: the track begins or
    ends low and near, climbing or descending, without a fix on the ground. `unknown`: coverage
    began or ended elsewhere; `code` is empty then and `lat`, `lon` are those of the first or last
    fix. `candidates` are the airports weighed, the best first.
    """

    code: str
    name: str
    lat: float
    lon: float
    status: EndStatus
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundEnd:
    """An end with the moment on the runway (epoch seconds, None where not seen) and its name."""

    end: LegEnd
    at: float | None
    runway: str


@dataclass(frozen=True, slots=True)
class _Edge:
    """The fixes from the end of a track into the flight, the outermost first."""

    track: Positions
    ground: Mask
    departing: bool
    craft: CraftClass


def find_end(
    flight: Positions,
    ground: Mask,
    airports: Airports,
    craft: CraftClass,
    search_km: float,
    *,
    departing: bool,
) -> FoundEnd:
    """Origin or destination of one flight; `ground` says which of its fixes are on the ground."""
    order = slice(None) if departing else slice(None, None, -1)
    edge = _Edge(flight.take(order), ground[order], departing, craft)
    airborne = int(np.argmax(~edge.ground))
    if airborne > 0:
        return _on_ground(edge, airborne, airports)
    return _in_the_air(edge, airports, search_km)


def _on_ground(edge: _Edge, airborne: int, airports: Airports) -> FoundEnd:
    rest, track = airborne - 1, edge.track
    lat, lon = float(track.lat[rest]), float(track.lon[rest])
    weighed = []
    for airport, _ in airports.near(lat, lon, 4 * AT_FIELD_KM):
        km = distance_km(airport, lat, lon)
        candidate = judge(airport, km, edge.craft, seen_there=km <= 1)
        likely = candidate.plausible and km <= AT_FIELD_KM
        weighed.append((not likely, km + handicap_km(airport) / 4, airport, candidate))
    apart_s = abs(float(track.time_s[airborne] - track.time_s[rest]))
    moment = float(track.time_s[airborne if edge.departing else rest])
    at = moment if apart_s <= SEEN_MOMENT_S else None
    best, candidates = _best(weighed)
    if best is None:
        return FoundEnd(LegEnd("", "", lat, lon, "unknown", candidates), at, "")
    end = LegEnd(best.code, best.name, best.lat, best.lon, "observed", candidates)
    return FoundEnd(end, at, _runway(edge, best, moment))


def _in_the_air(edge: _Edge, airports: Airports, search_km: float) -> FoundEnd:
    track = edge.track
    lat, lon = float(track.lat[0]), float(track.lon[0])
    inside = np.abs(track.time_s - track.time_s[0]) <= EDGE_S
    near = track.take(inside)
    altitude_ft = _outermost(near.altitude_ft)
    known = near.altitude_ft[~np.isnan(near.altitude_ft)]
    climbing_away = len(known) > 0 and float(known.max()) - altitude_ft >= 300
    weighed = []
    for airport, _ in airports.near(lat, lon, search_km):
        km = distance_km(airport, lat, lon)
        height_ft = altitude_ft - airport.elevation_ft
        runway = _runway(edge, airport, float(track.time_s[0]))
        special = airport.kind in (AirportKind.STRIP, AirportKind.WATER, AirportKind.HELIPORT)
        candidate = judge(
            airport, km, edge.craft, seen_there=bool(runway) and km <= 2 and height_ft < 500
        )
        low = -_BELOW_FIELD_FT <= height_ft <= min(1_500 + 300 * km, 8_000)
        off_deg = _off_course_deg(edge, airport) if km > 3 else 0.0
        likely = candidate.plausible and low and off_deg <= 100 and bool(runway or climbing_away)
        cost = km * (1 + off_deg / 60) + handicap_km(airport)
        if runway and not special:
            cost /= 3
        weighed.append((not likely, cost, airport, candidate))
    best, candidates = _best(weighed)
    if best is None:
        return FoundEnd(LegEnd("", "", lat, lon, "unknown", candidates), None, "")
    runway = _runway(edge, best, float(track.time_s[0]))
    rolled_at = _rolled_at(near, best, runway, departing=edge.departing)
    status: EndStatus = "inferred" if rolled_at is None else "observed"
    end = LegEnd(best.code, best.name, best.lat, best.lon, status, candidates)
    return FoundEnd(end, rolled_at, runway)


def _best(
    weighed: Sequence[tuple[bool, float, Airport, Candidate]],
) -> tuple[Airport | None, tuple[Candidate, ...]]:
    """The cheapest likely airport, and all the candidates in the order of belief."""
    ranked = sorted(weighed, key=lambda item: (item[0], item[1], item[2].code))
    candidates = tuple(candidate for *_, candidate in ranked[:MAX_CANDIDATES])
    likely = bool(ranked) and not ranked[0][0]
    return (ranked[0][2] if likely else None), candidates


def _runway(edge: _Edge, airport: Airport, moment: float) -> str:
    """The runway used around a moment: by the approach to it, else by the roll or climb along it."""
    track = edge.track
    if not edge.departing:
        before = (track.time_s >= moment - 1_200) & (track.time_s <= moment + 60)
        approach = detect_alignments(track.take(before).in_order(), airport, AlignmentOptions())
        if approach and approach[-1].end_at >= moment - EDGE_S:
            return approach[-1].runway
    ahead, behind = (90.0, 60.0) if edge.departing else (60.0, 30.0)
    around = (track.time_s >= moment - behind) & (track.time_s <= moment + ahead)
    low = ~(track.altitude_ft > airport.elevation_ft + 3_000)
    moving = track.take(around & low & ~(track.speed_kn < 50)).in_order()
    if len(moving) < 3:
        return ""
    return runway_along(moving, airport, beyond_km=6.0 if edge.departing else 0.3)


def _rolled_at(near: Positions, airport: Airport, runway: str, *, departing: bool) -> float | None:
    """When a track without ground flags was first (last) on the runway, if it sped up or slowed there."""
    end = next((end for end in airport.runways if end.name == runway), None)
    if end is None:
        return None
    along, across = along_across_km(near.lat, near.lon, end.lat, end.lon, end.bearing_deg)
    on_strip = (np.abs(across) <= 0.1) & (along >= -0.1) & (along <= end.length_ft * KM_PER_FT)
    rows = np.flatnonzero(on_strip & ~np.isnan(near.speed_kn))
    if len(rows) < 3:
        return None
    strip = near.take(rows).in_order()
    change = strip.speed_kn[-1] - strip.speed_kn[0]
    if change < 25 if departing else change > -25:
        return None
    return float(strip.time_s[-1] if departing else strip.time_s[0])


def _off_course_deg(edge: _Edge, airport: Airport) -> float:
    """How far the track's direction lies from the one to (or from) an airport."""
    track = edge.track
    course = track.course_deg[0]
    if np.isnan(course) and len(track) > 1:
        pair = slice(1, None, -1) if not edge.departing else slice(0, 2)
        course = course_along_deg(track.lat[:2][pair], track.lon[:2][pair])[0]
    if np.isnan(course):
        return 0.0
    field = (np.array([airport.lat]), np.array([airport.lon]))
    here = (track.lat[:1], track.lon[:1])
    wanted = bearing_deg(*field, *here) if edge.departing else bearing_deg(*here, *field)
    return float(np.abs(turn_deg(np.array([course]), wanted))[0])


def _outermost(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known[0]) if len(known) else float("nan")
