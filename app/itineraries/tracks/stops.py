"""Stops: where a craft stayed within a small radius for a while, seen all the time."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.itineraries.tracks.positions import Positions

METHOD = "stop"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class StopOptions:
    """How near, how long, and how long a silence may be inside."""

    stop_km: float = 0.25
    stop_minutes: float = 60
    max_silence_minutes: float = 60


@dataclass(frozen=True, slots=True)
class Stop:
    """A stay: `lat`, `lon` is the median of its fixes, `radius_km` the farthest fix from it."""

    craft_id: str
    start_s: float
    end_s: float
    lat: float
    lon: float
    radius_km: float
    fixes: int


def detect_stops(positions: Positions, options: StopOptions = StopOptions()) -> Sequence[Stop]:
    """Stops of positions in order, by craft and start."""
    raise NotImplementedError
