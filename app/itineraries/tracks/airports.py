"""Airports and runways as an index of places, and which of them a craft can have used."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class AirportKind(StrEnum):
    """What an airfield can take, told by its runways and codes."""

    LARGE = "large"  # IATA code and a paved runway of 7,800 ft or more
    MEDIUM = "medium"  # paved, 4,000 ft or more
    SMALL = "small"  # any other airfield with an ICAO or IATA code
    STRIP = "strip"  # a private or unpaved strip with a local code only
    WATER = "water"
    HELIPORT = "heliport"


@dataclass(frozen=True, slots=True)
class RunwayEnd:
    """One direction of a runway: the threshold one lands over, and the true bearing of landing."""

    name: str
    lat: float
    lon: float
    bearing_deg: float
    elevation_ft: float
    length_ft: float
    paved: bool


@dataclass(frozen=True, slots=True)
class Airport:
    """An airfield with its runways in both directions. `country` is ISO 3166-1 alpha-2."""

    code: str
    iata: str
    name: str
    country: str
    lat: float
    lon: float
    elevation_ft: float
    kind: AirportKind
    longest_ft: float
    runways: Sequence[RunwayEnd]


class Airports:
    """The airfields of the world, found by place or code."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        raise NotImplementedError

    def find(self, code: str) -> Airport | None:
        """The airport of an ICAO, IATA or local code."""
        raise NotImplementedError

    def near(self, lat: float, lon: float, within_km: float) -> list[tuple[Airport, float]]:
        """Airfields around a point with their distance in km, nearest first."""
        raise NotImplementedError
