"""The parameters of the routes over itineraries."""

import re
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.core.pagination import Cursor, Limit
from app.events.parameters import BoxText, DatetimeText, one_of, parse_instant
from app.itineraries.journeys.claims import MOVER_KINDS, STATUSES

MAX_CORRIDOR_POINTS = 50
_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{1,15})?")


class ListFormat(StrEnum):
    JSON = "json"
    GEOJSON = "geojson"
    NDJSON = "ndjson"
    CSV = "csv"


class ItineraryFormat(StrEnum):
    JSON = "json"
    GEOJSON = "geojson"
    MFJSON = "mfjson"
    GPX = "gpx"
    KML = "kml"
    CZML = "czml"
    CSV = "csv"
    SVG = "svg"
    PNG = "png"


class ItinerarySort(StrEnum):
    LATEST_DOWN = "-latest"
    LATEST = "latest"
    ID = "id"
    ID_DOWN = "-id"


@lru_cache(1024)
def parse_corridor(text: str) -> tuple[tuple[float, float], ...]:
    """`lon,lat,lon,lat…`: the points of a line as (lon, lat).

    Raises:
        ValueError: not two to fifty such pairs in range.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) % 2 or not 4 <= len(parts) <= 2 * MAX_CORRIDOR_POINTS:
        raise ValueError(f"give two to {MAX_CORRIDOR_POINTS} points as lon,lat,lon,lat…")
    if not all(_NUMBER.fullmatch(part) for part in parts):
        raise ValueError("give lon,lat,lon,lat… as decimal degrees")
    numbers = [float(part) for part in parts]
    points = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    if not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points):
        raise ValueError("longitudes are within -180..180, latitudes within -90..90")
    return points


def _corridor(text: str) -> str:
    parse_corridor(text)
    return text


def _day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("give a day as YYYY-MM-DD")
    date.fromisoformat(text)
    return text


def _instant(text: str) -> str:
    if not isinstance(parse_instant(text), datetime):
        raise ValueError("give an instant as YYYY-MM-DDThh:mm:ssZ, or a day")
    return text


Words = Annotated[str, Field(min_length=1, max_length=200)]


class ItineraryFilter(BaseModel):
    """Which itineraries are meant; all that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    craft: Words | None = Field(
        None,
        description="Registration, IMO number, MMSI, ICAO 24-bit address (`mmsi:422123456` is one "
        "too), or words of a name, a false one included.",
        examples=["EP-FAB"],
    )
    person: Words | None = Field(None, description="Words of a person's name.", examples=["Zarif"])
    operator: Words | None = Field(
        None, description="Words of a carrier's or owner's name.", examples=["Conviasa"]
    )
    kind: one_of("MoverKind", MOVER_KINDS) = Field(  # type: ignore[valid-type]
        [], description="Who or what moved."
    )
    origin: Words | None = Field(
        None,
        alias="from",
        description="Where a leg begins: a country's code, or a place by name or code.",
        examples=["IR"],
    )
    to: Words | None = Field(
        None, description="Where the same or a later leg ends, likewise.", examples=["Caracas"]
    )
    via: Words | None = Field(None, description="A place or country on the way, likewise.")
    datetime: DatetimeText | None = Field(
        None,
        description="Date, instant or interval `a/b`, `a/..`, `../b` that the journey meets.",
        examples=["2020-11-01/2020-11-30"],
    )
    status: one_of("LegStatus", STATUSES) = Field(  # type: ignore[valid-type]
        [], description="A leg has one of these."
    )
    sanctioned: bool | None = Field(
        None, description="Whether an identifier of the craft is on a sanctions list taken in here."
    )
    bbox: BoxText | None = Field(
        None,
        description="minLon,minLat,maxLon,maxLat; a stop lies in it.",
        examples=["-74,0,-59,13"],
    )
    corridor: Annotated[str, Field(max_length=2_000), AfterValidator(_corridor)] | None = Field(
        None,
        description="lon,lat,lon,lat…; the great circle of a leg comes within `corridor_km` of it.",
        examples=["-66.99,10.6,-82.4,23.0"],
    )
    corridor_km: float = Field(
        100, gt=0, le=2_000, allow_inf_nan=False, description="With corridor."
    )


class ItinerariesQuery(ItineraryFilter):
    """A page of itineraries."""

    sortby: ItinerarySort = Field(
        ItinerarySort.LATEST_DOWN, description="`latest` is the last known moment."
    )
    limit: Limit = 100
    cursor: Cursor = None
    f: ListFormat | None = Field(None, description="Format; wins over `Accept`.")


class MapFormat(StrEnum):
    SVG = "svg"
    PNG = "png"


class MapQuery(BaseModel):
    """As of when a map is drawn."""

    model_config = ConfigDict(extra="forbid")

    as_of: Annotated[str, AfterValidator(_day)] | None = Field(
        None,
        description="A day: only what had been published by then.",
        examples=["2020-11-06"],
        json_schema_extra={"format": "date"},
    )


class ItineraryQuery(MapQuery):
    """As of when, and how, one itinerary is sent."""

    recorded_by: Annotated[str, Field(max_length=40), AfterValidator(_instant)] | None = Field(
        None, description="An instant: only what this service held by then, as it held it."
    )
    f: ItineraryFormat | None = Field(None, description="Format; wins over `Accept`.")
