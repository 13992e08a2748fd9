"""Fixes that say something new."""

import numpy as np

from app.itineraries.tracks.positions import Positions

MOVING_KN = 40.0


def heard(track: Positions) -> Positions:
    """One craft's fixes in order less those that were not heard anew.

    Some feeds send the last place on while nothing is heard: a craft that says it moves, in the very
    place of the fix before, was not heard; neither was one without a place. Of a silence so filled
    only the first fix stays, and it is a silence again.
    """
    same = (np.diff(track.lat) == 0) & (np.diff(track.lon) == 0)
    repeated = same & (track.speed_kn[1:] > MOVING_KN) & (track.on_ground[1:] != 1)
    placed = np.isfinite(track.lat) & np.isfinite(track.lon)
    return track.take(placed & ~np.append(np.zeros(min(len(track), 1), dtype=np.bool_), repeated))
