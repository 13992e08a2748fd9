"""Loitering: hours adrift or slow far from shore (Global Fishing Watch's rule)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.shore import Shore

METHOD = "loitering"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class LoiteringOptions:
    """The numbers of the rule."""

    max_speed_kn: float = 2
    min_shore_nm: float = 20
    min_hours: float = 1


@dataclass(frozen=True, slots=True)
class Loitering:
    """Slow hours joined. `lat`, `lon` is the mean place, `mean_speed_kn` distance over time."""

    craft_id: str
    start_s: float
    end_s: float
    lat: float
    lon: float
    mean_speed_kn: float
    mean_shore_nm: float
    distance_km: float
    fixes: int


def detect_loitering(
    positions: Positions, shore: Shore, options: LoiteringOptions = LoiteringOptions()
) -> Sequence[Loitering]:
    """Loitering of positions in order, by craft and start."""
    raise NotImplementedError
