"""Where one end of a flight was: seen on the ground, inferred from a low end of the track, or unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from app.itineraries.tracks.airports import Airport, Airports
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
    believed_km,
    distance_km,
    judge,
)
from app.itineraries.tracks.flights import HIGHEST_FIELD_FT, PRESSURE_FT, Mask
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
APPROACH_S = 1_200.0
CLIMB_FT = 300.0
SEEN_MOMENT_S = 120.0
"""Take-off and touch-down are timed when fixes on both sides lie no further apart."""
_STEEPEST = {False: (2_000.0, 200.0, 6_500.0), True: (3_000.0, 350.0, 10_000.0)}
"""Feet above the field at which a descent (False) or climb (True) may end or begin: over the
field, more for each km from it, at most."""


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
class Look:
    """Which airports are weighed for a craft, and how far off one may lie to be believed."""

    airports: Airports
    craft: CraftClass
    search_km: float
    believed_km: float


@dataclass(frozen=True, slots=True)
class _Edge:
    """The fixes from the end of a track into the flight, the outermost first."""

    track: Positions
    ground: Mask
    departing: bool
    look: Look


def find_end(flight: Positions, ground: Mask, look: Look, *, departing: bool) -> FoundEnd:
    """Origin or destination of one flight; `ground` says which of its fixes are on the ground."""
    order = slice(None) if departing else slice(None, None, -1)
    edge = _Edge(flight.take(order), ground[order], departing, look)
    airborne = int(np.argmax(~edge.ground))
    if airborne > 0:
        return _on_ground(edge, airborne)
    return _in_the_air(edge)


def _on_ground(edge: _Edge, airborne: int) -> FoundEnd:
    rest, track = airborne - 1, edge.track
    lat, lon = float(track.lat[rest]), float(track.lon[rest])
    weighed = []
    for airport, _ in edge.look.airports.near(lat, lon, 4 * AT_FIELD_KM):
        km = distance_km(airport, lat, lon)
        candidate = judge(airport, km, edge.look.craft, seen_there=km <= 1)
        likely = candidate.plausible and km <= AT_FIELD_KM
        weighed.append(
            _Weighed(not likely, believed_km(airport, km, edge.look.craft), airport, candidate)
        )
    apart_s = abs(float(track.time_s[airborne] - track.time_s[rest]))
    moment = float(track.time_s[airborne if edge.departing else rest])
    at = moment if apart_s <= SEEN_MOMENT_S else None
    best, candidates = _best(weighed)
    if best is None:
        return FoundEnd(LegEnd("", "", lat, lon, "unknown", candidates), at, "")
    end = LegEnd(best.code, best.name, best.lat, best.lon, "observed", candidates)
    runway = _approached(edge, best, moment) or _rolled_along(edge, best, moment)
    return FoundEnd(end, at, runway)


def _in_the_air(edge: _Edge) -> FoundEnd:
    track, outermost_s = edge.track, float(edge.track.time_s[0])
    lat, lon = float(track.lat[0]), float(track.lon[0])
    near = _near_edge(edge)
    altitude_ft = _outermost(near.altitude_ft)
    rises = _rises(near.altitude_ft, altitude_ft)
    base, slope, ceiling = _STEEPEST[edge.departing]
    if altitude_ft > HIGHEST_FIELD_FT + ceiling:
        return FoundEnd(LegEnd("", "", lat, lon, "unknown"), None, "")
    weighed, runways = [], {}
    for airport, _ in edge.look.airports.near(lat, lon, edge.look.search_km):
        km = distance_km(airport, lat, lon)
        height_ft = altitude_ft - airport.elevation_ft
        low = -PRESSURE_FT <= height_ft <= min(base + slope * km, ceiling)
        approached = _approached(edge, airport, outermost_s) if low else ""
        runway = approached or (_rolled_along(edge, airport, outermost_s) if low else "")
        runways[airport.code] = runway
        seen_there = bool(runway) and km <= 2 and height_ft < 500
        candidate = judge(airport, km, edge.look.craft, seen_there=seen_there)
        off_deg = _off_course_deg(edge, airport) if km > 3 else 0.0
        likely = candidate.plausible and low and off_deg <= 100 and (rises or bool(approached))
        cost = believed_km(
            airport, km * (1 + off_deg / (180 if edge.departing else 60)), edge.look.craft
        )
        # Lined up for minutes outweighs any nearness; over a runway is much, but may be chance.
        cost /= 100 if approached else 3 if runway else 1
        weighed.append(_Weighed(not likely, cost, airport, candidate))
    best, candidates = _best(weighed)
    if best is None or candidates[0].distance_km > edge.look.believed_km:
        return FoundEnd(LegEnd("", "", lat, lon, "unknown", candidates), None, "")
    runway = runways[best.code]
    rolled_at = _rolled_at(near, best, runway, departing=edge.departing)
    status: EndStatus = "inferred" if rolled_at is None else "observed"
    end = LegEnd(best.code, best.name, best.lat, best.lon, status, candidates)
    return FoundEnd(end, rolled_at, runway)


class _Weighed(NamedTuple):
    """An airport as an answer: unlikely ones last, then by cost and code."""

    unlikely: bool
    cost: float
    airport: Airport
    candidate: Candidate


def _best(weighed: Sequence[_Weighed]) -> tuple[Airport | None, tuple[Candidate, ...]]:
    """The cheapest likely airport, and all the candidates in the order of belief."""
    ranked = sorted(weighed, key=lambda one: (one.unlikely, one.cost, one.airport.code))
    candidates = tuple(one.candidate for one in ranked[:MAX_CANDIDATES])
    likely = bool(ranked) and not ranked[0].unlikely
    return (ranked[0].airport if likely else None), candidates


def _near_edge(edge: _Edge) -> Positions:
    """The outermost minutes in the air, of sparse tracks the two outermost fixes."""
    landed = np.flatnonzero(edge.ground)
    track = edge.track.take(slice(landed[0] if len(landed) else None))
    away_s = np.abs(track.time_s - track.time_s[0])
    inside = away_s <= EDGE_S
    if inside.sum() < 2 <= len(track) and away_s[1] <= 3 * EDGE_S:
        inside[1] = True
    return track.take(inside)


def _rises(altitudes_ft: Floats, outermost_ft: float) -> bool:
    """Whether the track rises from its end into the flight."""
    known = altitudes_ft[~np.isnan(altitudes_ft)]
    if not len(known):
        return False
    rise, fall = float(known.max()) - outermost_ft, outermost_ft - float(known.min())
    return rise >= CLIMB_FT and rise > fall


def _approached(edge: _Edge, airport: Airport, moment: float) -> str:
    """The runway that a flight was lined up with just before it came down."""
    if edge.departing or not airport.runways:
        return ""
    time_s = edge.track.time_s
    before = np.flatnonzero((time_s >= moment - APPROACH_S) & (time_s <= moment + 60))[::-1]
    approaches = detect_alignments(edge.track.take(before), airport, AlignmentOptions())
    last = approaches[-1] if approaches else None
    return last.runway if last and last.end_at >= moment - EDGE_S else ""


def _rolled_along(edge: _Edge, airport: Airport, moment: float) -> str:
    """The runway that the fixes around take-off or touch-down roll or climb along."""
    track = edge.track
    ahead, behind = (90.0, 60.0) if edge.departing else (60.0, 30.0)
    around = (track.time_s >= moment - behind) & (track.time_s <= moment + ahead)
    low = ~(track.altitude_ft > airport.elevation_ft + 3_000)
    rows = np.flatnonzero(around & low & ~(track.speed_kn < 50))
    if len(rows) < 3:
        return ""
    moving = track.take(rows if edge.departing else rows[::-1])
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
