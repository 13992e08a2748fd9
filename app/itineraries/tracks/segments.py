"""Segments: the fixes of one identity split into the hulls that used it.

After the segmenter of SkyTruth and Global Fishing Watch (gpsdio-segment).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.itineraries.tracks.positions import Codes, Positions

METHOD = "segment"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """The most a hull may do between two fixes."""

    max_hours: float = 8
    max_speed_kn: float = 25
    padding_hours: float = 0.25


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of fixes of one hull (1, 2, … within the craft, in order of appearance)."""

    craft_id: str
    hull: int
    start_s: float
    end_s: float
    fixes: int


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The segments by craft and start, and for each fix its hull and its segment's place in the list."""

    segments: Sequence[Segment]
    hull: Codes
    segment: Codes


def detect_segments(
    positions: Positions, options: SegmentOptions = SegmentOptions()
) -> Segmentation:
    """Segments of positions by craft and time; fixes of equal craft and time may all be kept."""
    raise NotImplementedError
