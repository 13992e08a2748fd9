"""The shortest ways by sea: a network of lanes, the shore that links to it may not cross, closed straits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from app.itineraries.tracks.geometry import arc_km, chord_of, haversine_km, unit_vectors
from app.itineraries.tracks.positions import Floats
from app.itineraries.tracks.shore import Shore

PASSAGES = frozenset(
    {
        "babalmandab", "bering", "bosporus", "chili", "dardanelles", "gibraltar", "malacca",
        "northwest", "ormuz", "panama", "south_africa", "suez", "sunda",
    }
)  # fmt: skip
"""Straits, canals and capes that the network names and that may be closed."""

_LINKS = 12
"""So many nodes near a point are tried as its way into the network."""
_LAND_SLACK_KM = 3.0
"""Ports lie on land at the shore's scale; links with little more land than the best are kept."""
_DIRECT_KM = 1_000.0
"""Up to this far a straight way is tried beside the network, which is coarse near shores."""
_DIRECT_LAND_KM = 6.0
_STEP_KM = 3.0
_STRAIT_KM = 25.0
"""A straight way that comes so near a closed passage uses it."""

Rows = NDArray[np.intp]


class SeaNetwork:
    """Lanes between nodes, undirected; each lane may belong to a passage of PASSAGES."""

    def __init__(
        self,
        lat: Floats,
        lon: Floats,
        lanes: NDArray[np.int64],
        passages: Sequence[str],
        shore: Shore,
    ) -> None:
        """`lanes` has a row of two nodes a lane, both directions; `passages` its name or ""."""
        self.lat, self.lon, self.shore = lat, lon, shore
        self._tree = KDTree(unit_vectors(lat, lon))
        self._lanes = lanes
        self._passages = np.array(passages)
        start, end = lanes.T
        # Nodes that coincide are a metre apart: a sparse matrix drops a lane of length zero.
        self._km = np.maximum(haversine_km(lat[start], lon[start], lat[end], lon[end]), 0.001)
        named = np.flatnonzero(self._passages != "")
        self._passage_of = {
            (int(start[lane]), int(end[lane])): str(self._passages[lane]) for lane in named
        }
        self._open_lanes = lru_cache(maxsize=16)(self._without)
        self._closed_points = lru_cache(maxsize=16)(self._points_on)
        self.links = lru_cache(maxsize=2_048)(self._links)

    def from_point(self, lat: float, lon: float, closed: frozenset[str]) -> "SeaReach":
        """The shortest ways from a point to everywhere, past the passages that are `closed`.

        Raises:
            ValueError: a name is none of PASSAGES.
        """
        if unknown := closed - PASSAGES:
            raise ValueError(f"no such passage: {', '.join(sorted(unknown))}")
        lanes = self._open_lanes(closed)
        nodes, links_km = self.links(lat, lon, closed)
        order = np.argsort(nodes)
        count = len(self.lat)
        graph = csr_array(
            (
                np.append(lanes.data, links_km[order]),
                np.append(lanes.indices, nodes[order]),
                np.append(lanes.indptr, len(lanes.data) + len(nodes)),
            ),
            shape=(count + 1, count + 1),
        )
        km, before = dijkstra(graph, indices=count, return_predecessors=True)
        return SeaReach(self, lat, lon, closed, km[:count], before[:count])

    def _links(self, lat: float, lon: float, closed: frozenset[str]) -> tuple[Rows, Floats]:
        """The nodes by which a point joins the network and the km to each, over the least land.

        A way to a node through a closed passage is none of them, as long as there are others.
        """
        point = unit_vectors(np.array([lat]), np.array([lon]))
        chord, near = self._tree.query(point[0], k=min(_LINKS, len(self.lat)))
        nodes, km = np.atleast_1d(near), arc_km(np.atleast_1d(chord))
        here = np.full(len(nodes), lat), np.full(len(nodes), lon)
        barred = self.through(closed, *here, self.lat[nodes], self.lon[nodes])
        if not barred.all():
            nodes, km = nodes[~barred], km[~barred]
        land = self.land_km(
            np.full(len(nodes), lat), np.full(len(nodes), lon), self.lat[nodes], self.lon[nodes]
        )
        kept = land <= land.min() + _LAND_SLACK_KM
        return nodes[kept], np.maximum(km[kept], 0.001)

    def _without(self, closed: frozenset[str]) -> csr_array:
        """The lanes that are no part of a closed passage, as km from node to node."""
        kept = ~np.isin(self._passages, sorted(closed))
        start, end = self._lanes[kept].T
        count = len(self.lat)
        return csr_array((self._km[kept], (start, end)), shape=(count, count))

    def land_km(self, lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
        """How many km of each straight way from a to b lie on land, to about 3 km."""
        way, lat, lon = _sampled(lat_a, lon_a, lat_b, lon_b)
        on_land = self.shore.on_land(lat, lon)
        return np.asarray(np.bincount(way[on_land], minlength=len(lat_a)) * _STEP_KM)

    def through(
        self, closed: frozenset[str], lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats
    ) -> NDArray[np.bool_]:
        """Which of the straight ways from a to b come near a closed passage."""
        barred = np.zeros(len(lat_a), dtype=np.bool_)
        shut = self._closed_points(closed)
        if shut is not None:
            way, lat, lon = _sampled(lat_a, lon_a, lat_b, lon_b)
            chord, _ = shut.query(unit_vectors(lat, lon), distance_upper_bound=chord_of(_STRAIT_KM))
            barred[way[np.isfinite(chord)]] = True
        return barred

    def _points_on(self, names: frozenset[str]) -> KDTree | None:
        """Points closely along the lanes of some passages; None where there are none."""
        start, end = self._lanes[np.isin(self._passages, sorted(names))].T
        if not len(start):
            return None
        ways = self.lat[start], self.lon[start], self.lat[end], self.lon[end]
        _, lat, lon = _sampled(*ways, step_km=10.0)
        return KDTree(unit_vectors(lat, lon))

    def passage_of(self, node: int, other: int) -> str:
        """The passage that the lane between two nodes belongs to, or ""."""
        return self._passage_of.get((node, other), "")


@dataclass(frozen=True, slots=True)
class SeaReach:
    """Shortest ways from one point: `km` to each node of the network, `before` the node on the way."""

    network: SeaNetwork
    lat: float
    lon: float
    closed: frozenset[str]
    km: Floats
    before: NDArray[np.int32]

    def to_points(self, lat: Floats, lon: Floats) -> Floats:
        """Kilometres by sea to each point; inf where no way is open."""
        straight = self._straight(lat, lon)
        return np.array(
            [
                min(direct, self._through(y, x)[0])
                for y, x, direct in zip(lat.tolist(), lon.tolist(), straight.tolist(), strict=True)
            ]
        )

    def to_nodes(self) -> tuple[Floats, Floats, Floats]:
        """Every node of the network, and the km to it."""
        return self.network.lat, self.network.lon, self.km

    def passages_to(self, lat: float, lon: float) -> tuple[str, ...]:
        """The passages on the shortest way to a point, in the order they are met."""
        km, node = self._through(lat, lon)
        direct = float(self._straight(np.array([lat]), np.array([lon]))[0])
        if direct <= km or not np.isfinite(km):
            return ()
        found: list[str] = []
        while self.before[node] >= 0 and self.before[node] < len(self.km):
            previous = int(self.before[node])
            passage = self.network.passage_of(previous, node)
            if passage and passage not in found:
                found.append(passage)
            node = previous
        return tuple(reversed(found))

    def _through(self, lat: float, lon: float) -> tuple[float, int]:
        """Kilometres over the network, and the last node of it on the way."""
        nodes, links_km = self.network.links(lat, lon, self.closed)
        total = self.km[nodes] + links_km
        best = int(np.argmin(total))
        return float(total[best]), int(nodes[best])

    def _straight(self, lat: Floats, lon: Floats) -> Floats:
        """Kilometres straight ahead where that way is short, wet and not closed; else inf."""
        here = np.full(len(lat), self.lat), np.full(len(lat), self.lon)
        km = haversine_km(*here, lat, lon)
        clear = km <= _DIRECT_KM
        near = np.flatnonzero(clear)
        if len(near):
            way = here[0][near], here[1][near], lat[near], lon[near]
            clear[near] = self.network.land_km(*way) <= _DIRECT_LAND_KM
        near = np.flatnonzero(clear)
        if len(near):
            way = here[0][near], here[1][near], lat[near], lon[near]
            clear[near] = ~self.network.through(self.closed, *way)
        return np.where(clear, km, np.inf)


def _sampled(
    lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats, step_km: float = _STEP_KM
) -> tuple[Rows, Floats, Floats]:
    """Points along great circles, at most a step apart: the number of the way, lat, lon."""
    km = haversine_km(lat_a, lon_a, lat_b, lon_b)
    steps = np.maximum(np.ceil(km / step_km).astype(np.int64), 1)
    way = np.repeat(np.arange(len(km)), steps)
    share = (np.arange(len(way)) - (np.cumsum(steps) - steps)[way] + 0.5) / steps[way]
    first, second = unit_vectors(lat_a, lon_a)[way], unit_vectors(lat_b, lon_b)[way]
    angle = np.maximum(km / 6371.0, 1e-12)[way]
    vectors = (
        np.sin((1 - share) * angle)[:, None] * first + np.sin(share * angle)[:, None] * second
    ) / np.sin(angle)[:, None]
    lat = np.degrees(np.arcsin(np.clip(vectors[:, 2], -1, 1)))
    return way, lat, np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))
