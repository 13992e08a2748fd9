"""Which airport an end of a flight can be: what the craft needs, and what speaks for each field."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.itineraries.tracks.airports import Airport, AirportKind
from app.itineraries.tracks.bearings import along_across_km
from app.itineraries.tracks.geometry import haversine_km
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.runways import KM_PER_FT


class CraftClass(StrEnum):
    """How much runway a craft needs: by its ICAO type where known, else by how it flies."""

    HEAVY = "heavy"
    JET = "jet"
    TURBOPROP = "turboprop"
    LIGHT = "light"
    HELICOPTER = "helicopter"


RUNWAY_NEEDED_FT = {
    CraftClass.HEAVY: 6_000.0,
    CraftClass.JET: 4_000.0,
    CraftClass.TURBOPROP: 2_600.0,
    CraftClass.LIGHT: 800.0,
    CraftClass.HELICOPTER: 0.0,
}
_HEAVY = (
    "A124", "A225", "A30", "A310", "A33", "A34", "A35", "A38", "B74", "B76", "B77", "B78", "BLCF",
    "DC10", "IL62", "IL76", "IL86", "IL96", "K35", "L101", "MD11",
)  # fmt: skip
_JETS = (
    "A19N", "A20N", "A21N", "A22", "A31", "A32", "AN72", "ASTR", "B37M", "B38M", "B39M", "B3XM",
    "B46", "B70", "B71", "B72", "B73", "B75", "BCS", "C25", "C50", "C51", "C52", "C55", "C56",
    "C65", "C68", "C70", "C75", "CL30", "CL35", "CL60", "CRJ", "E13", "E145", "E17", "E19", "E27",
    "E28", "E29", "E35", "E45", "E50", "E54", "E55", "F100", "F2TH", "F70", "F900", "FA", "G150",
    "G280", "GA5C", "GA6C", "GALX", "GL5T", "GL7T", "GLEX", "GLF", "H25", "LJ", "MD8", "MD9",
    "PRM1", "RJ", "SU95", "T134", "T154", "T204", "YK4",
)  # fmt: skip
_HELICOPTERS = (
    "A109", "A119", "A139", "A149", "A169", "A189", "ALO", "AS32", "AS3", "AS50", "AS55", "AS65",
    "B06", "B105", "B212", "B222", "B230", "B407", "B412", "B427", "B429", "B430", "B47G", "BK17",
    "EC20", "EC25", "EC30", "EC35", "EC45", "EC55", "EC75", "EH10", "EXPL", "GAZL", "H12T", "H47",
    "H500", "H53", "H60", "H64", "KA", "LYNX", "MI2", "MI8", "MI17", "MI24", "MI26", "NH90",
    "PUMA", "R22", "R44", "R66", "S61", "S76", "S92", "TIGR", "UH1",
)  # fmt: skip
# How much further away a field of this kind is taken to lie: a guess goes to the field that more
# traffic uses unless the track says otherwise. Added km, factor for jets, factor for others.
_HANDICAP = {
    AirportKind.LARGE: (0.0, 1.0, 1.0),
    AirportKind.MEDIUM: (1.0, 1.5, 1.1),
    AirportKind.SMALL: (3.0, 3.0, 1.3),
    AirportKind.STRIP: (10.0, 3.0, 2.0),
    AirportKind.WATER: (10.0, 3.0, 2.0),
    AirportKind.HELIPORT: (10.0, 3.0, 2.0),
}
AT_FIELD_KM = 3.0
"""So far from a runway a craft on the ground still stands on that airfield."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An airport that an end of a flight may be, and its distance in km to where the track was.

    `reason` says why it is plausible or is not.
    """

    code: str
    name: str
    distance_km: float
    plausible: bool
    reason: str


def craft_class(track: Positions, type_code: str = "") -> CraftClass:
    """The class of a craft from its ICAO type designator, else from its speeds and heights."""
    kind = type_code.upper()
    if kind.startswith(_HEAVY) or kind in ("C17", "C5M"):  # a Cessna 172 begins so too
        return CraftClass.HEAVY
    if kind.startswith(_HELICOPTERS):
        return CraftClass.HELICOPTER
    if kind.startswith(_JETS):
        return CraftClass.JET
    fastest, highest = _high(track.speed_kn), _high(track.altitude_ft)
    if fastest > 300 or highest > 28_000:
        return CraftClass.JET
    if fastest > 180 or highest > 18_000:
        return CraftClass.TURBOPROP
    return CraftClass.LIGHT


def distance_km(airport: Airport, lat: float, lon: float) -> float:
    """From a point to the nearest of an airport's runways and its reference point."""
    points = np.array(
        [[airport.lat, airport.lon]] + [[end.lat, end.lon] for end in airport.runways]
    )
    count = len(points)
    km = haversine_km(points[:, 0], points[:, 1], np.full(count, lat), np.full(count, lon))
    nearest = float(km.min())
    for end in airport.runways[::2]:
        along, across = along_across_km(
            np.array([lat]), np.array([lon]), end.lat, end.lon, end.bearing_deg
        )
        if 0 <= along[0] <= end.length_ft * KM_PER_FT:
            nearest = min(nearest, abs(float(across[0])))
    return nearest


def judge(airport: Airport, km: float, craft: CraftClass, *, seen_there: bool) -> Candidate:
    """Whether a craft of that class can use an airport.

    `seen_there`: the track itself says so (on its ground, or lined up with its runway). Without
    that a strip, heliport or water is never plausible for being near.
    """
    needed = RUNWAY_NEEDED_FT[craft]
    plausible, reason = True, f"{airport.kind.value}, runway of {airport.longest_ft:,.0f} ft"
    special = airport.kind in (AirportKind.STRIP, AirportKind.WATER, AirportKind.HELIPORT)
    paved = any(end.paved for end in airport.runways) or not airport.runways
    if special and not seen_there:
        plausible, reason = (
            False,
            f"a {airport.kind.value} and nothing but its nearness speaks for it",
        )
    elif airport.kind is AirportKind.HELIPORT and craft is not CraftClass.HELICOPTER:
        plausible, reason = False, "a heliport, and the craft is no helicopter"
    elif not airport.longest_ft:
        plausible = craft in (CraftClass.LIGHT, CraftClass.HELICOPTER) or bool(airport.iata)
        reason = f"{airport.kind.value}, runway not known"
    elif airport.longest_ft < needed:
        plausible = False
        reason = f"runway of {airport.longest_ft:,.0f} ft, a {craft.value} needs {needed:,.0f} ft"
    elif not paved and craft in (CraftClass.HEAVY, CraftClass.JET):
        plausible, reason = False, f"no paved runway for a {craft.value}"
    return Candidate(airport.code, airport.name, round(km, 2), plausible, reason)


def believed_km(airport: Airport, km: float, craft: CraftClass) -> float:
    """A distance with what speaks against the kind of airport added: the lower, the likelier."""
    added, for_jets, for_others = _HANDICAP[airport.kind]
    unknown = 3.0 if not airport.longest_ft else 0.0
    jet = craft in (CraftClass.HEAVY, CraftClass.JET)
    return km * (for_jets if jet else for_others) + added + unknown


def _high(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(np.quantile(known, 0.95)) if len(known) else 0.0
