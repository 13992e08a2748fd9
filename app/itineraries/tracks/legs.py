"""Flight legs: where a track takes off and lands, as far as it was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from app.itineraries.tracks.airports import Airport, AirportKind, Airports
from app.itineraries.tracks.candidates import Candidate, craft_class
from app.itineraries.tracks.flights import (
    FlightOptions,
    Mask,
    on_ground,
    split_flights,
)
from app.itineraries.tracks.geometry import haversine_km
from app.itineraries.tracks.heard import heard
from app.itineraries.tracks.jumps import without_strays
from app.itineraries.tracks.leg_ends import (
    MAX_CANDIDATES,
    EndStatus,
    LegEnd,
    Look,
    find_end,
)
from app.itineraries.tracks.positions import UNKNOWN, Floats, Positions
from app.itineraries.tracks.runways import (
    Alignment,
    AlignmentOptions,
    count_go_arounds,
    detect_alignments,
)

__all__ = [
    "METHOD", "METHOD_VERSION", "Candidate", "EndStatus", "Leg", "LegEnd", "LegOptions",
    "detect_legs",
]  # fmt: skip

METHOD = "leg"
METHOD_VERSION = "2"

EDGE_FIXES = 3
TURNAROUND_FT = 15_000.0
"""A track that ends higher than this above the field was not about to land."""
_THIN_S = 60.0
_APPROACH_KM = 12.0
_MAX_AIRPORTS = 60
"""So many airports at most are asked for approaches in one leg: those it stayed lowest near."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One flight of one craft. Times are epoch seconds UTC.

    `start_at` and `end_at` are its first and last fix; `off_at` and `on_at` the moments of
    take-off and touch-down, None where they were not seen; `runway_off` and `runway_on` are empty
    where they are not known. `approaches` are all those lined up with a runway on the way, the
    landing's among them; `go_arounds` counts those followed by a climb and another one there.
    """

    craft_id: str
    callsign: str
    start_at: float
    end_at: float
    origin: LegEnd
    destination: LegEnd
    off_at: float | None
    on_at: float | None
    runway_off: str
    runway_on: str
    go_arounds: int
    approaches: tuple[Alignment, ...]
    fixes: int


@dataclass(frozen=True, slots=True)
class LegOptions:
    """How legs are told apart, and how far from a low end of a track airports are looked for.

    Airports within `search_km` (30 nm, as OPDI looks) are weighed; the best is taken for the end
    when it lies within `believed_km`.

    A leg that ends unseen within `turnaround_km` of where the next begins is taken to end there,
    and the other way round.
    """

    flights: FlightOptions = field(default_factory=FlightOptions)
    alignment: AlignmentOptions = field(default_factory=AlignmentOptions)
    search_km: float = 55.0
    believed_km: float = 30.0
    turnaround_km: float = 60.0


def detect_legs(
    positions: Positions,
    airports: Airports,
    aircraft: Mapping[str, str] | None = None,
    options: LegOptions = LegOptions(),
) -> list[Leg]:
    """Legs of every craft, by craft and time, for positions in order.

    `aircraft` maps craft ids to ICAO type designators where they are known ("B744").
    """
    legs: list[Leg] = []
    for craft_id, rows in positions.by_craft():
        track = without_strays(heard(positions.take(rows)))
        type_code = (aircraft or {}).get(craft_id, "")
        ground = on_ground(track, airports)
        flights = split_flights(track, ground, options.flights)
        own = [
            _leg(craft_id, track.take(piece), ground[piece], airports, type_code, options)
            for piece in flights
        ]
        altitudes = [track.altitude_ft[piece] for piece in flights]
        legs += _linked(own, altitudes, airports, options)
    return legs


def _linked(
    legs: list[Leg], altitudes_ft: list[Floats], airports: Airports, options: LegOptions
) -> list[Leg]:
    """Legs whose ends were not seen, ended (begun) where the craft was before the next (after the last)."""
    linked = list(legs)
    for i in range(len(legs) - 1):
        before, after = linked[i], linked[i + 1]
        end, start = before.destination, after.origin
        km = _km(end.lat, end.lon, start.lat, start.lon)
        if km > options.turnaround_km or bool(end.code) == bool(start.code):
            continue
        if not end.code and _low_for(airports.find(start.code), altitudes_ft[i][-EDGE_FIXES:]):
            linked[i] = replace(before, destination=_as_inferred(start, end, km))
        elif not start.code and _low_for(airports.find(end.code), altitudes_ft[i + 1][:EDGE_FIXES]):
            linked[i + 1] = replace(after, origin=_as_inferred(end, start, km))
    return linked


def _as_inferred(known: LegEnd, unknown: LegEnd, km: float) -> LegEnd:
    reason = "the craft's other leg ends or begins there"
    turnaround = Candidate(known.code, known.name, round(km, 2), True, reason)
    others = [one for one in unknown.candidates if one.code != known.code]
    candidates = (turnaround, *others[: MAX_CANDIDATES - 1])
    return LegEnd(known.code, known.name, known.lat, known.lon, "inferred", candidates)


def _low_for(airport: Airport | None, altitudes_ft: Floats) -> bool:
    """Whether a track near its end is low enough to be on the way to or from an airport."""
    known = altitudes_ft[~np.isnan(altitudes_ft)]
    field_ft = airport.elevation_ft if airport else 0.0
    return len(known) > 0 and float(known.min()) < field_ft + TURNAROUND_FT


def _km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    a, b = np.array([[lat_a], [lon_a]]), np.array([[lat_b], [lon_b]])
    return float(haversine_km(a[0], a[1], b[0], b[1])[0])


def _leg(
    craft_id: str,
    flight: Positions,
    ground: Mask,
    airports: Airports,
    type_code: str,
    options: LegOptions,
) -> Leg:
    craft = craft_class(flight, type_code)
    look = Look(airports, craft, options.search_km, options.believed_km)
    origin = find_end(flight, ground, look, departing=True)
    destination = find_end(flight, ground, look, departing=False)
    approaches, go_arounds = _approaches(flight.take(~ground), airports, options)
    return Leg(
        craft_id=craft_id,
        callsign=_callsign(flight),
        start_at=float(flight.time_s[0]),
        end_at=float(flight.time_s[-1]),
        origin=origin.end,
        destination=destination.end,
        off_at=origin.at,
        on_at=destination.at,
        runway_off=origin.runway,
        runway_on=destination.runway,
        go_arounds=go_arounds,
        approaches=approaches,
        fixes=len(flight),
    )


def _approaches(
    flight: Positions, airports: Airports, options: LegOptions
) -> tuple[tuple[Alignment, ...], int]:
    """Every approach of a flight's fixes in the air, and how many of them were broken off."""
    thin = np.unique(np.floor_divide(flight.time_s, _THIN_S), return_index=True)[1]
    lowest = flight.altitude_ft[thin] < 15_000 + options.alignment.max_height_ft
    rows = thin[lowest]
    found: list[Alignment] = []
    go_arounds = 0
    fields = [
        airport
        for airport in airports.around(flight.lat[rows], flight.lon[rows], _APPROACH_KM)
        if airport.runways and airport.kind not in (AirportKind.STRIP, AirportKind.HELIPORT)
    ]
    for airport in fields[:_MAX_AIRPORTS]:
        alignments = detect_alignments(flight, airport, options.alignment)
        go_arounds += count_go_arounds(flight, alignments, options.alignment)
        found += alignments
    return tuple(sorted(found, key=lambda one: (one.start_at, one.airport))), go_arounds


def _callsign(flight: Positions) -> str:
    """The callsign that most fixes carry."""
    known = flight.callsign[flight.callsign != UNKNOWN]
    return flight.callsigns[int(np.bincount(known).argmax())] if len(known) else ""
