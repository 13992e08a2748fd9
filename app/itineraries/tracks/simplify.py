"""Fewer fixes that draw the same line."""

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.positions import Floats


def simplify_track(lat: Floats, lon: Floats, tolerance_m: float) -> NDArray[np.intp]:
    """The rows to keep so that no fix lies further than `tolerance_m` from the line left.

    Douglas and Peucker's method on the sphere: it holds across 180° and over the poles. The first
    and last row stay.
    """
    raise NotImplementedError
