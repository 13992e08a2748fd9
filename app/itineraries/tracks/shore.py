"""Distance to the nearest shore, from the vertices of a simplified coastline."""

from dataclasses import dataclass

from app.itineraries.tracks.positions import Floats


@dataclass(frozen=True, slots=True)
class Shore:
    """A coastline as points close together, degrees."""

    lat: Floats
    lon: Floats

    def distance_km(self, lat: Floats, lon: Floats) -> Floats:
        """Kilometres from each point to the nearest shore."""
        raise NotImplementedError
