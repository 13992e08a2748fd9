"""The airports that come with the product, read once and only when a track needs them."""

from functools import cache

from app.itineraries.tracks.airports import Airports


@cache
def load_airports() -> Airports:
    """Every airfield of the package data: OurAirports runways, airportsdata names."""
    raise NotImplementedError
