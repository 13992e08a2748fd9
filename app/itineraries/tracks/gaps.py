"""Gaps: where a craft was not re-observed for hours, and what was heard of others there meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.itineraries.tracks.positions import Positions

METHOD = "gap"
METHOD_VERSION = "1"


@dataclass(frozen=True, slots=True)
class GapOptions:
    """How long a silence counts, and the cell in which neighbours are looked for."""

    min_hours: float = 6
    cell_deg: float = 1


@dataclass(frozen=True, slots=True)
class Reception:
    """Who else was heard during the silence in the cell where it began.

    `craft` is how many others were heard, `fixes` how many fixes they gave, `heard_share` the share
    of the silence's hours with at least one of them.
    """

    craft: int
    fixes: int
    heard_share: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A silence. An open one (`end_s` and all after it None) lasts to the end of the data."""

    craft_id: str
    start_s: float
    end_s: float | None
    from_lat: float
    from_lon: float
    to_lat: float | None
    to_lon: float | None
    distance_km: float | None
    implied_speed_kn: float | None
    reception: Reception


def detect_gaps(
    positions: Positions, options: GapOptions = GapOptions(), until_s: float | None = None
) -> Sequence[Gap]:
    """Gaps of positions in order, by craft and start.

    Args:
        until_s: the end of the data; by default the last fix of any craft.
    """
    raise NotImplementedError
