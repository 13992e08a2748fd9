"""Whether one number was heard from two places at once."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from app.itineraries.tracks.heard import heard
from app.itineraries.tracks.jumps import (
    MAX_AIRCRAFT_KN,
    MAX_VESSEL_KN,
    is_aircraft,
    jumps_of,
    steps_of,
)
from app.itineraries.tracks.positions import Positions

Verdict = Literal["consistent", "inconsistent", "unknown"]
MIN_JUMPS = 3
"""There, back and there again: a single jump may be one bad fix, which is two."""


def in_two_places(track: Positions) -> tuple[Verdict, Mapping[str, object]]:
    """Of one craft in order: does it go back and forth faster than it can move?"""
    track = heard(track)
    if len(track) < 2:
        return "unknown", {"fixes": len(track)}
    craft_id = track.craft_ids[int(track.craft[0])]
    max_kn = MAX_AIRCRAFT_KN if is_aircraft(track, craft_id) else MAX_VESSEL_KN
    steps = steps_of(track)
    jumps = jumps_of(steps, max_kn)
    evidence: dict[str, object] = {"fixes": len(track), "max_speed_kn": max_kn, "jumps": len(jumps)}
    if not len(jumps):
        return "consistent", evidence
    first = int(jumps[0])
    evidence |= {
        "places": [
            {"lat": round(float(track.lat[row]), 5), "lon": round(float(track.lon[row]), 5)}
            for row in (first, first + 1)
        ],
        "first_at": float(track.time_s[first]),
        "last_at": float(track.time_s[int(jumps[-1]) + 1]),
        "furthest_km": round(float(np.max(steps.km[jumps])), 1),
        "fastest_kn": round(float(np.max(steps.speed_kn[jumps])), 1),
    }
    return ("inconsistent" if len(jumps) >= MIN_JUMPS else "unknown"), evidence
