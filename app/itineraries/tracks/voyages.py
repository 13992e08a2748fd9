"""Voyages: what a vessel did between two calls at ports, as far as it was seen.

A call is a port visit of confidence 2 or more: the craft stopped or was silent there (Global Fishing
Watch names voyages by the least confidence of their visits in the same way).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from app.itineraries.tracks.geometry import KM_PER_NM, haversine_km

METHOD = "voyage"
METHOD_VERSION = "1"
CALL_CONFIDENCE = 2
FASTEST_KN = 60.0
"""Two calls that even a fast ferry could not have joined are of two hulls with one identity."""
ANCHORAGE_KM = 8.0
"""Both ends of a voyage may lie so far, twice the exit distance, nearer than the places they name."""


@dataclass(frozen=True, slots=True)
class Call:
    """A stay in port. `entered` and `left` tell whether it was seen outside before and after."""

    place: str
    country: str
    lat: float
    lon: float
    start_at: float
    end_at: float
    entered: bool
    left: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """A gap between two fixes. `activity_id` names it where it is stored.

    While it goes on `end_at` is infinite, and None what its end would tell.
    """

    activity_id: int
    start_at: float
    end_at: float
    from_lat: float
    from_lon: float
    to_lat: float | None
    to_lon: float | None
    distance_km: float | None
    implied_speed_kn: float | None


@dataclass(frozen=True, slots=True)
class VoyageEnd:
    """Where a voyage began or ended, and between which moments.

    It is observed where the craft was seen crossing the limits of the port, inferred where it was
    not seen for hours then, so that it may have called elsewhere.
    """

    call: Call
    status: Literal["observed", "inferred"]
    earliest_at: float
    latest_at: float


@dataclass(frozen=True, slots=True)
class Voyage:
    """The way between two calls; an end is None where the track begins or ends at sea."""

    origin: VoyageEnd | None
    destination: VoyageEnd | None
    silences: tuple[Silence, ...]


def detect_voyages(calls: Sequence[Call], silences: Sequence[Silence]) -> Iterator[Voyage]:
    """The voyages of one vessel, of its calls and silences by time."""
    for before, after in pairwise([None, *calls, None]):
        origin = None if before is None else _origin(before, silences)
        destination = None if after is None else _destination(after, silences)
        if before is None or after is None:
            # At the ends of the track it is a voyage only if the craft was seen under way.
            if not (before.left if before else after is not None and after.entered):
                continue
        elif not _is_way(before, after):
            continue
        start = before.end_at if before else float("-inf")
        end = after.start_at if after else float("inf")
        inside = tuple(s for s in silences if start <= s.start_at and s.end_at <= end)
        yield Voyage(origin, destination, inside)


def _origin(call: Call, silences: Sequence[Silence]) -> VoyageEnd:
    dark = next((s for s in silences if s.start_at == call.end_at), None)
    status: Literal["observed", "inferred"] = "observed" if call.left and not dark else "inferred"
    return VoyageEnd(call, status, call.end_at, dark.end_at if dark else call.end_at)


def _destination(call: Call, silences: Sequence[Silence]) -> VoyageEnd:
    dark = next((s for s in silences if s.end_at == call.start_at), None)
    status: Literal["observed", "inferred"] = (
        "observed" if call.entered and not dark else "inferred"
    )
    return VoyageEnd(call, status, dark.start_at if dark else call.start_at, call.start_at)


def _is_way(before: Call, after: Call) -> bool:
    """Whether the craft was away between two calls, and can have come from one to the other."""
    if before.place == after.place and not (before.left or after.entered):
        return False
    ends = np.array([before.lat, before.lon, after.lat, after.lon])
    hours = (after.start_at - before.end_at) / 3600
    return float(haversine_km(*ends)) - ANCHORAGE_KM <= FASTEST_KN * KM_PER_NM * hours
