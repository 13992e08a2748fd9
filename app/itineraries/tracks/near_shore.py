"""Near-shore transfers: tankers close together inside a zone where the open-sea rules look away.

Loitering (20 nm from shore) and meeting (10 km from port) leave roadsteads such as La Borracha out by
definition. Each zone carries its own numbers. What is found is a candidate with a score in parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.itineraries.tracks.positions import Floats, Positions

METHOD = "near-shore-transfer"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon (ring of degrees, first point not repeated) with the rule that holds in it."""

    id: str
    name: str
    lat: Floats
    lon: Floats
    max_km: float = 0.25
    min_minutes: float = 30
    max_speed_kn: float = 1


@dataclass(frozen=True, slots=True)
class Transfer:
    """A candidate. `score` (0 to 1) is the mean of `parts`, each from 0 to 1."""

    craft_ids: tuple[str, str]
    zone_id: str
    start_s: float
    end_s: float
    median_distance_km: float
    median_speed_kn: tuple[float, float]
    lat: float
    lon: float
    score: float
    parts: Mapping[str, float]


def detect_transfers(
    positions: Positions, zones: Sequence[Zone], ship_types: Mapping[str, int] | None = None
) -> Sequence[Transfer]:
    """Candidates in positions in order, by pair and start.

    Args:
        ship_types: AIS ship type by craft id, where known (80 to 89 are tankers).
    """
    raise NotImplementedError
