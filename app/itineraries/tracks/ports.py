"""Places where ships call: ports, terminals and anchorages as points that can be searched by distance."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from app.itineraries.tracks.geometry import arc_km, chord_of, unit_vectors
from app.itineraries.tracks.positions import Floats


@dataclass(frozen=True, slots=True)
class Places:
    """Points with names, one row a place; `kinds` is port, terminal or anchorage."""

    names: Sequence[str]
    countries: Sequence[str]
    kinds: Sequence[str]
    lat: Floats
    lon: Floats
    _tree: cKDTree = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tree", cKDTree(unit_vectors(self.lat, self.lon)))

    def __len__(self) -> int:
        return len(self.names)

    def nearest(self, points: Floats, within_km: float = np.inf) -> tuple[Floats, NDArray[np.intp]]:
        """The distance to the nearest place of each unit vector, and its row; inf where none is."""
        reach = chord_of(within_km) * (1 + 1e-9)
        chord, place = self._tree.query(points, distance_upper_bound=reach)
        found = np.isfinite(chord)
        distance = np.full(len(points), np.inf)
        distance[found] = arc_km(chord[found])
        return distance, np.where(found, place, -1)
