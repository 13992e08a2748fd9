"""Flight legs: where a track takes off and lands, as far as it was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from app.itineraries.tracks.airports import AirportKind, Airports
from app.itineraries.tracks.candidates import Candidate, craft_class
from app.itineraries.tracks.flights import FlightOptions, Mask, on_ground, split_flights
from app.itineraries.tracks.leg_ends import EndStatus, LegEnd, find_end
from app.itineraries.tracks.positions import UNKNOWN, Positions
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
METHOD_VERSION = "1"

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
    """How legs are told apart, and how far from a low end of a track airports are looked for."""

    flights: FlightOptions = field(default_factory=FlightOptions)
    alignment: AlignmentOptions = field(default_factory=AlignmentOptions)
    search_km: float = 30.0


def detect_legs(
    positions: Positions,
    airports: Airports,
    aircraft: Mapping[str, str] | None = None,
    options: LegOptions = LegOptions(),
) -> list[Leg]:
    """Legs of every craft, by craft and time, for positions in order.

    `aircraft` maps craft ids to ICAO type designators where they are known ("B744").
    """
    legs = []
    for craft_id, rows in positions.by_craft():
        track = positions.take(rows)
        track = track.take(np.isfinite(track.lat) & np.isfinite(track.lon))
        type_code = (aircraft or {}).get(craft_id, "")
        ground = on_ground(track)
        for piece in split_flights(track, ground, options.flights):
            flight = track.take(piece)
            legs.append(_leg(craft_id, flight, ground[piece], airports, type_code, options))
    return legs


def _leg(
    craft_id: str,
    flight: Positions,
    ground: Mask,
    airports: Airports,
    type_code: str,
    options: LegOptions,
) -> Leg:
    craft = craft_class(flight, type_code)
    origin = find_end(flight, ground, airports, craft, options.search_km, departing=True)
    destination = find_end(flight, ground, airports, craft, options.search_km, departing=False)
    approaches, go_arounds = _approaches(flight, airports, options)
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
    """Every approach of a flight, and how many of them were broken off."""
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
