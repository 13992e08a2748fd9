"""Makes shore.npz out of Natural Earth's land at 1:10,000,000 (public domain).

    npm pack world-atlas && tar xzf world-atlas-*.tgz
    python -m app.itineraries.data.build_shore package/land-10m.json

`world-atlas` brings Natural Earth as TopoJSON, quantised to 0.0036° of longitude and 0.0017° of
latitude (at most 400 m). The rings are kept in these whole units.
"""

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TARGET = Path(__file__).with_name("shore.npz")
Ints = NDArray[np.int32]


def main(source: Path) -> None:
    """Write the package data, the same bytes for the same source."""
    topology = json.loads(source.read_bytes())
    arcs = [np.cumsum(np.array(arc, dtype=np.int32), axis=0) for arc in topology["arcs"]]
    rings = [
        _ring(arcs, parts)
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in geometry["arcs"]
        for parts in polygon
    ]
    outer = [
        place == 0
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in geometry["arcs"]
        for place in range(len(polygon))
    ]
    # Differences are small and pack well; each ring begins with its own first point.
    steps = np.concatenate(
        [np.diff(ring, axis=0, prepend=np.zeros((1, 2), np.int32)) for ring in rings]
    )
    np.savez_compressed(
        TARGET,
        steps=steps.T.astype(np.int32),
        lengths=np.array([len(ring) for ring in rings], dtype=np.int32),
        outer=np.array(outer),
        scale=np.array(topology["transform"]["scale"]),
        translate=np.array(topology["transform"]["translate"]),
    )


def _ring(arcs: list[Ints], parts: list[int]) -> Ints:
    """The points of a ring, closed; an arc numbered ~n runs backwards."""
    points = [arcs[part] if part >= 0 else arcs[~part][::-1] for part in parts]
    return np.concatenate([points[0], *(arc[1:] for arc in points[1:])])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
