"""The network of sea lanes that searoute brings (Eurostat's, Apache-2.0), read once when needed."""

from functools import cache

import numpy as np

from app.itineraries.sea_data import load_shore
from app.itineraries.tracks.geometry import normalised_lon
from app.itineraries.tracks.sea_routes import PASSAGES, SeaNetwork


@cache
def load_sea_network() -> SeaNetwork:
    """Its nodes with longitudes within [-180, 180), its lanes in both directions."""
    from searoute.data.marnet_dict import edge_list  # noqa: PLC0415  32 MB, for routes alone

    nodes = {node: row for row, node in enumerate(edge_list)}
    places = np.array(list(nodes), dtype=np.float64)
    lanes = [
        (nodes[start], nodes[end], about.get("passage") or "")
        for start, ends in edge_list.items()
        for end, about in ends.items()
    ]
    return SeaNetwork(
        places[:, 1],
        normalised_lon(places[:, 0]),
        np.array([lane[:2] for lane in lanes]),
        [passage if passage in PASSAGES else "" for *_, passage in lanes],
        load_shore(),
    )
