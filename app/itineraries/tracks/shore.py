"""Distance to the nearest shore, and what is land."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from app.itineraries.tracks.geometry import arc_km, chords, unit_vectors
from app.itineraries.tracks.positions import Floats

SPACING_KM = 2.0
"""Points along the shore are at most so far apart: 2 km from the shore the distance is exact to
0.24 km, 20 km from it to 0.03 km. The coastline itself may be off by its own scale."""


@dataclass(frozen=True)
class Shore:
    """Coastlines as closed rings, one after another, in degrees.

    `ring` numbers the ring of each point; `outer` tells of each ring whether land lies inside it.
    """

    lat: Floats
    lon: Floats
    ring: NDArray[np.int32]
    outer: NDArray[np.bool_]

    def distance_km(self, lat: Floats, lon: Floats) -> Floats:
        """Kilometres from each point to the nearest shore; 0 on land."""
        chord, _ = self._tree.query(unit_vectors(lat, lon))
        return np.where(self.on_land(lat, lon), 0.0, arc_km(chord))

    def on_land(self, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
        """Whether each point lies on land."""
        # Rings round a pole do not close over it on a flat map: what lies beyond the southernmost
        # shore is Antarctica.
        inside = np.asarray(shapely.contains_xy(self._land, lon, lat), dtype=np.bool_)
        return inside | (lat < np.min(self.lat))

    @cached_property
    def _tree(self) -> cKDTree:
        points = unit_vectors(self.lat, self.lon)
        along = np.flatnonzero(np.diff(self.ring) == 0)
        length = arc_km(chords(points[along], points[along + 1]))
        parts = np.maximum(np.ceil(length / SPACING_KM).astype(np.int64), 1)
        start = np.repeat(along, parts)
        place = np.arange(len(start)) - np.repeat(np.cumsum(parts) - parts, parts)
        share = (place / np.repeat(parts, parts))[:, None]
        dense = points[start] * (1 - share) + points[start + 1] * share
        return cKDTree(
            dense / np.linalg.norm(dense, axis=1, keepdims=True),
            balanced_tree=False,
            compact_nodes=False,
        )

    @cached_property
    def _land(self) -> shapely.MultiPolygon:
        rings = shapely.linearrings(np.column_stack((self.lon, self.lat)), indices=self.ring)
        # A lake or an inland sea follows the land that it lies in.
        owner = np.cumsum(self.outer) - 1
        holes = ~self.outer
        shells = shapely.polygons(rings[self.outer])
        with_holes = np.unique(owner[holes])
        for land in with_holes.tolist():
            shells[land] = shapely.polygons(
                rings[self.outer][land], holes=rings[holes & (owner == land)]
            )
        land = shapely.multipolygons(shells)
        shapely.prepare(land)
        return land
