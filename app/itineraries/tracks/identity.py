"""What a craft says of itself, held against how such numbers are given out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.itineraries.tracks.positions import Positions

METHOD = "identity"
METHOD_VERSION = "1"

Check = Literal[
    "imo_check_digit",
    "mmsi_flag",
    "icao24_registration",
    "name_in_registry",
    "mmsi_in_two_places",
    "airframe_marks",
    "near_miss",
]
Verdict = Literal["consistent", "inconsistent", "unknown"]
Field = Literal[
    "name", "flag", "mmsi", "imo", "callsign", "registration", "icao24", "msn", "type", "operator"
]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said of a craft: by itself (AIS, ADS-B), by a registry, or by a report."""

    craft_id: str
    field: Field
    value: str
    said_at: float | None = None


@dataclass(frozen=True, slots=True)
class IdentityFinding:
    """The outcome of one check on one craft, with what was compared."""

    craft_id: str
    check: Check
    verdict: Verdict
    evidence: Mapping[str, object] = field(default_factory=dict)


def analyse_identity(
    statements: Sequence[Statement],
    positions: Positions | None = None,
    registry_names: frozenset[str] | None = None,
) -> list[IdentityFinding]:
    """Every check that the material allows, by craft and check.

    `positions` (in order) serve the check of two places; `registry_names` are the names of the
    register to look in, as given out.
    """
    raise NotImplementedError
