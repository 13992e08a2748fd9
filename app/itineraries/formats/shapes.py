"""What every format is made from: named lines of fixes, and named points."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.itineraries.tracks.positions import Floats


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the map: a track, or a leg of an itinerary.

    Columns are of one length; `time_s` is epoch seconds UTC, NaN where unknown; altitude, speed and
    course may be left out. Fixes without a finite place are left out of every format. `properties`
    must be JSON types. `colour` is `#rrggbb`; formats that draw heed it, and `dashed` if they can.
    """

    id: str
    name: str
    time_s: Floats
    lat: Floats
    lon: Floats
    altitude_ft: Floats | None = None
    speed_kn: Floats | None = None
    course_deg: Floats | None = None
    properties: Mapping[str, object] = field(default_factory=dict)
    colour: str = "#ffa500"
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the map: an airport, port or stop. Times are epoch seconds UTC."""

    id: str
    name: str
    lat: float
    lon: float
    start_at: float | None = None
    end_at: float | None = None
    properties: Mapping[str, object] = field(default_factory=dict)
