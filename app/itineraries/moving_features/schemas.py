"""What answers of OGC API - Moving Features look like."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.events.schemas import Link
from app.itineraries.moving_features.examples import FEATURE, FEATURES, SEQUENCE


class Landing(BaseModel):
    """Where to begin."""

    title: str
    links: list[Link]


class Conformance(BaseModel):
    """The classes of the standards that are kept to."""

    conformsTo: list[str]  # noqa: N815 - the standard's name


class Collection(BaseModel):
    """A collection of moving features."""

    id: str
    title: str
    description: str
    itemType: str  # noqa: N815
    links: list[Link]


class Collections(BaseModel):
    """The collections there are."""

    collections: list[Collection]
    links: list[Link]


class MovingFeature(BaseModel):
    """A craft as a GeoJSON feature; `time` is when it was first and last observed."""

    model_config = ConfigDict(json_schema_extra={"examples": [FEATURE]})

    type: str
    id: str
    geometry: None
    properties: dict[str, Any]
    time: list[str | None]
    crs: dict[str, Any]
    trs: dict[str, Any]
    links: list[Link] = Field(default_factory=list)


class MovingFeatures(BaseModel):
    """A page of craft."""

    model_config = ConfigDict(json_schema_extra={"examples": [FEATURES]})

    type: str
    features: list[MovingFeature]
    crs: dict[str, Any]
    trs: dict[str, Any]
    links: list[Link]
    numberReturned: int  # noqa: N815


class MovingPoint(BaseModel):
    """Where a craft was, by time: longitude, latitude and, where known, height in metres."""

    id: str
    type: str
    datetimes: list[str]
    coordinates: list[list[float]]
    interpolation: str
    crs: dict[str, Any]
    trs: dict[str, Any]


class TemporalGeometrySequence(BaseModel):
    """Parts of a track between silences."""

    model_config = ConfigDict(json_schema_extra={"examples": [SEQUENCE]})

    type: str
    geometrySequence: list[MovingPoint]  # noqa: N815
    links: list[Link]
    numberReturned: int  # noqa: N815
