"""Airports and runways as an index of places."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import orjson
from scipy.spatial import KDTree

from app.itineraries.tracks.bearings import bearing_deg
from app.itineraries.tracks.geometry import arc_km, chord_of, unit_vectors
from app.itineraries.tracks.positions import Floats


class AirportKind(StrEnum):
    """What an airfield can take, told by its runways and codes."""

    LARGE = "large"  # an IATA code and a paved runway of 7,800 ft or more
    MEDIUM = "medium"  # a paved runway of 4,000 ft or more
    SMALL = "small"  # any other airfield with an ICAO or IATA code
    STRIP = "strip"  # a private or unpaved strip with a local code only
    WATER = "water"
    HELIPORT = "heliport"


@dataclass(frozen=True, slots=True)
class RunwayEnd:
    """One direction of a runway: the threshold one lands over, and the true bearing of landing."""

    name: str
    lat: float
    lon: float
    bearing_deg: float
    elevation_ft: float
    length_ft: float
    paved: bool


@dataclass(frozen=True, slots=True)
class Airport:
    """An airfield with its runways in both directions. `country` is ISO 3166-1 alpha-2.

    `longest_ft` is 0 where no runway is known.
    """

    code: str
    iata: str
    name: str
    country: str
    lat: float
    lon: float
    elevation_ft: float
    kind: AirportKind
    longest_ft: float
    runways: Sequence[RunwayEnd]


class Airports:
    """The airfields of the world, found by place or code.

    Made from lines of JSON, one an airport, as app/itineraries/data/build_airports.py writes them;
    a line becomes an `Airport` only when it is asked for.
    """

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        rows = [orjson.loads(line) for line in lines]
        self._codes = np.array([row["code"] for row in rows])
        self._iata = np.array([row["iata"] for row in rows])
        lat = np.array([row["lat"] for row in rows], dtype=np.float64)
        lon = np.array([row["lon"] for row in rows], dtype=np.float64)
        self._tree = KDTree(unit_vectors(lat, lon))

    def __len__(self) -> int:
        return len(self._lines)

    def find(self, code: str) -> Airport | None:
        """The airport of an ICAO, local or IATA code."""
        code = code.upper()
        rows = np.flatnonzero(self._codes == code)
        if not len(rows) and len(code) == 3:
            rows = np.flatnonzero(self._iata == code)
        return self._airport(int(rows[0])) if len(rows) else None

    def near(self, lat: float, lon: float, within_km: float) -> list[tuple[Airport, float]]:
        """Airfields around a point with the km to their reference points, nearest first."""
        point = unit_vectors(np.array([lat]), np.array([lon]))[0]
        rows = np.array(self._tree.query_ball_point(point, chord_of(within_km)), dtype=np.intp)
        km = arc_km(np.linalg.norm(self._tree.data[rows] - point, axis=1))
        order = np.lexsort((rows, km))
        return [(self._airport(int(rows[i])), float(km[i])) for i in order]

    def around(self, lat: Floats, lon: Floats, within_km: float) -> list[Airport]:
        """Every airfield near any of the points, in the order of their codes."""
        if not len(lat):
            return []
        found = self._tree.query_ball_point(unit_vectors(lat, lon), chord_of(within_km))
        return [self._airport(row) for row in sorted({row for rows in found for row in rows})]

    def _airport(self, row: int) -> Airport:
        fields: dict[str, Any] = orjson.loads(self._lines[row])
        fields["kind"] = AirportKind(fields["kind"])
        fields["runways"] = tuple(end for runway in fields["runways"] for end in _ends(runway))
        return Airport(**fields)


def _ends(runway: Sequence[Any]) -> Iterator[RunwayEnd]:
    name, lat, lon, elevation, far_name, far_lat, far_lon, far_elevation, length, paved = runway
    lats, lons = np.array([lat, far_lat]), np.array([lon, far_lon])
    there, back = bearing_deg(lats, lons, lats[::-1], lons[::-1]).tolist()
    yield RunwayEnd(name, lat, lon, there, elevation, length, bool(paved))
    yield RunwayEnd(far_name, far_lat, far_lon, back, far_elevation, length, bool(paved))
