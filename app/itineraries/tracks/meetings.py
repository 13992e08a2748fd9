"""Meetings: two vessels close together and slow for hours, away from ports.

The rule is Global Fishing Watch's encounter (Miller et al. 2018, doi:10.3389/fmars.2018.00240).
Time with both vessels seen and time bridged by interpolation are told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions

METHOD = "meeting"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class MeetingOptions:
    """The numbers of the rule. `filtered` off leaves the port and speed filters out."""

    grid_minutes: float = 10
    max_interpolation_minutes: float = 60
    max_km: float = 0.5
    min_minutes: float = 120
    merge_hours: float = 4
    max_speed_kn: float = 2
    min_port_km: float = 10
    filtered: bool = True


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two craft together. `median_speed_kn` is per craft in the order of `craft_ids`."""

    craft_ids: tuple[str, str]
    start_s: float
    end_s: float
    median_distance_km: float
    median_speed_kn: tuple[float, float]
    lat: float
    lon: float
    seen_min: float
    bridged_min: float


def detect_meetings(
    positions: Positions, options: MeetingOptions = MeetingOptions(), places: Places | None = None
) -> Sequence[Meeting]:
    """Meetings of positions in order, by pair and start.

    Args:
        places: ports and anchorages of the port filter; without them that filter is off.
    """
    raise NotImplementedError
