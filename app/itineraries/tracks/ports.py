"""Places where ships call: ports, terminals and anchorages as points that can be searched by distance."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.itineraries.tracks.positions import Floats


@dataclass(frozen=True, slots=True)
class Places:
    """Points with names, one row a place; `kinds` is port, terminal or anchorage."""

    names: Sequence[str]
    countries: Sequence[str]
    kinds: Sequence[str]
    lat: Floats
    lon: Floats
