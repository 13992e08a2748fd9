"""Landings, take-offs and go-arounds: when a track is lined up with a runway."""

from dataclasses import dataclass

from app.itineraries.tracks.airports import Airport
from app.itineraries.tracks.positions import Positions

METHOD = "alignment"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class AlignmentOptions:
    """The rule of Olive's traffic library: distance in nm times bearing error in radians."""

    max_product: float = 0.1
    min_seconds: float = 60.0
    max_height_ft: float = 5_000.0


@dataclass(frozen=True, slots=True)
class Alignment:
    """A stretch of a track lined up with a runway on the way in. Times are epoch seconds UTC."""

    airport: str
    runway: str
    start_at: float
    end_at: float
    lowest_height_ft: float


def detect_alignments(
    positions: Positions, airport: Airport, options: AlignmentOptions = AlignmentOptions()
) -> list[Alignment]:
    """Approaches of one craft to one airport, by time."""
    raise NotImplementedError
