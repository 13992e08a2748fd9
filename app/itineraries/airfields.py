"""The airports that come with the product, read once and only when a track needs them."""

import gzip
from functools import cache
from importlib.resources import files

from app.itineraries.tracks.airports import Airports


@cache
def load_airports() -> Airports:
    """Every airfield of the package data: names of airportsdata, runways of OurAirports."""
    packed = files("app.itineraries.data").joinpath("airports.ndjson.gz").read_bytes()
    return Airports(gzip.decompress(packed).splitlines())
