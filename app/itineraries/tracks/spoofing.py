"""Intervals in which the positions sent cannot all be true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.itineraries.tracks.positions import Positions

METHOD = "spoofing"
METHOD_VERSION = "1"

SpoofingCheck = Literal["implied_speed", "speed_altitude", "circle", "common_place"]


@dataclass(frozen=True, slots=True)
class Spoofing:
    """An interval of one craft with what speaks against its positions.

    `evidence` holds figures and the craft involved, by name; times are epoch seconds UTC.
    """

    craft_id: str
    start_at: float
    end_at: float
    check: SpoofingCheck
    fixes: int
    lat: float
    lon: float
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpoofingOptions:
    """Limits past which positions are doubted. Speeds in knots, distances in km."""

    max_vessel_speed_kn: float = 60.0
    max_aircraft_speed_kn: float = 900.0
    min_jump_km: float = 10.0
    common_km: float = 5.0
    common_craft: int = 3


def detect_spoofing(
    positions: Positions, options: SpoofingOptions = SpoofingOptions()
) -> list[Spoofing]:
    """Doubtful intervals of every craft, by craft, time and check."""
    raise NotImplementedError
