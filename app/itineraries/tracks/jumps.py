"""Steps between two fixes of one craft that no craft of its kind can make."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.geometry import KM_PER_NM, haversine_km
from app.itineraries.tracks.positions import Floats, Positions

MAX_VESSEL_KN = 60.0
MAX_AIRCRAFT_KN = 900.0
MIN_JUMP_KM = 10.0
"""Fixes seconds apart imply any speed by their error alone: a jump is this far at least."""
STRAY_KM = 2.0


@dataclass(frozen=True, slots=True)
class Steps:
    """From each fix of one craft to the next: km, seconds and the speed they imply in knots."""

    km: Floats
    seconds: Floats
    speed_kn: Floats


def steps_of(track: Positions) -> Steps:
    """The steps of one craft in order; of two fixes at one moment the speed is as within a second."""
    km = haversine_km(track.lat[:-1], track.lon[:-1], track.lat[1:], track.lon[1:])
    seconds = np.diff(track.time_s)
    return Steps(km, seconds, km / KM_PER_NM / (np.maximum(seconds, 1) / 3600))


def is_aircraft(track: Positions, craft_id: str) -> bool:
    """Whether one craft flies: by the kind of its id, else by altitudes or speeds that it sent."""
    kind = craft_id.partition(":")[0]
    if kind in ("mmsi", "imo"):
        return False
    return (
        kind == "icao24"
        or bool(np.any(track.altitude_ft > 500))
        or bool(np.mean(track.speed_kn > MAX_VESSEL_KN) > 0.2)
    )


def jumps_of(steps: Steps, max_kn: float, min_km: float = MIN_JUMP_KM) -> NDArray[np.intp]:
    """The steps that are further and faster than these."""
    return np.flatnonzero((steps.km >= min_km) & (steps.speed_kn > max_kn))


def without_strays(track: Positions, max_kn: float = MAX_AIRCRAFT_KN) -> Positions:
    """One craft's fixes in order less single ones far off the way, as multilateration makes them.

    A fix is stray when the craft cannot come to it nor go on from it, but can go on without it; the
    first and last are when nothing leads to them.
    """
    if len(track) < 3:
        return track
    fast = np.zeros(len(track) - 1, dtype=np.bool_)
    steps = steps_of(track)
    fast[jumps_of(steps, max_kn, STRAY_KM)] = True
    past = haversine_km(track.lat[:-2], track.lon[:-2], track.lat[2:], track.lon[2:])
    hours = (track.time_s[2:] - track.time_s[:-2]) / 3600
    stray = np.zeros(len(track), dtype=np.bool_)
    stray[1:-1] = fast[:-1] & fast[1:] & (past <= np.maximum(hours * max_kn * KM_PER_NM, STRAY_KM))
    stray[0] = fast[0] and not fast[1]
    stray[-1] = fast[-1] and not fast[-2]
    return track.take(~stray)
