"""Flight legs: where a track takes off and lands, as far as it was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.itineraries.tracks.airports import Airports
from app.itineraries.tracks.positions import Positions

METHOD = "leg"
METHOD_VERSION = "1"

EndStatus = Literal["observed", "inferred", "unknown"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An airport that an end of a leg may be, with its distance from the last fix there."""

    code: str
    name: str
    distance_km: float
    plausible: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LegEnd:
    """One end of a leg.

    `observed`: seen on the ground there, or on its runway. `inferred`: the track begins or ends
    low and near, climbing or descending, without a fix on the ground. `unknown`: coverage began or
    ended elsewhere; `code` is empty then and `lat`, `lon` are those of the first or last fix.
    """

    code: str
    name: str
    lat: float
    lon: float
    status: EndStatus
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Leg:
    """One flight of one craft. Times are epoch seconds UTC.

    `start_at` and `end_at` are its first and last fix; `off_at` and `on_at` the moments of
    take-off and touch-down, None where they were not seen. `rows` counts its fixes.
    """

    craft_id: str
    callsign: str
    start_at: float
    end_at: float
    origin: LegEnd
    destination: LegEnd
    off_at: float | None
    on_at: float | None
    runway_off: str
    runway_on: str
    go_arounds: int
    fixes: int


@dataclass(frozen=True, slots=True)
class LegOptions:
    """How legs are told apart. `rule` readsb or opdi, as ROUTES names them."""

    rule: Literal["readsb", "opdi"] = "readsb"
    ground_gap_minutes: float = 25.0
    turn_gap_minutes: float = 5.0
    opdi_gap_minutes: float = 30.0
    search_km: float = 30.0


def detect_legs(
    positions: Positions,
    airports: Airports,
    aircraft: Mapping[str, str] = field(default_factory=dict),
    options: LegOptions = LegOptions(),
) -> list[Leg]:
    """Legs of every craft, by craft and time.

    `aircraft` maps craft ids to ICAO type designators where they are known ("B744").
    """
    raise NotImplementedError
