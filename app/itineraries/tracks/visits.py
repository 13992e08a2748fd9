"""Port visits: entry, stop or silence, and exit at a port or anchorage (Global Fishing Watch's rule)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions

METHOD = "visit"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class VisitOptions:
    """The numbers of the rule."""

    entry_km: float = 3
    exit_km: float = 4
    stop_begin_kn: float = 0.2
    stop_end_kn: float = 0.5
    gap_hours: float = 4


@dataclass(frozen=True, slots=True)
class Visit:
    """A call at a place. `confidence`: 4 = entry and exit and (stop or gap), 3 = one of them and
    (stop or gap), 2 = stop or gap only, 1 = passing. `place` is an index into the places given.
    """

    craft_id: str
    place: int
    start_s: float
    end_s: float
    confidence: int
    stopped: bool
    gap: bool


def detect_visits(
    positions: Positions, places: Places, options: VisitOptions = VisitOptions()
) -> Sequence[Visit]:
    """Visits in positions in order, by craft and start."""
    raise NotImplementedError
