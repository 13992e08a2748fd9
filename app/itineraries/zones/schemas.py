"""What requests and answers about zones look like."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.events.schemas import Link
from app.itineraries.zones.geometry import checked

_NAME = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*[^\s\x00-\x1f][^\x00-\x1f]*$")
Name = Annotated[str, _NAME]
Note = Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]
Geometry = Annotated[
    dict[str, Any],
    AfterValidator(checked),
    Field(description="GeoJSON Polygon or MultiPolygon of at most 1,000 vertices, cut at 180°."),
]
_SQUARE: Any = {
    "type": "Polygon",
    "coordinates": [[[-65, 10], [-64, 10], [-64, 11], [-65, 11], [-65, 10]]],
}


class ZoneWish(BaseModel):
    """A zone to keep."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Off Puerto La Cruz", "geometry": _SQUARE}]},
    )

    name: Name
    note: Note | None = None
    geometry: Geometry


class ZoneChange(BaseModel):
    """What to change of a zone; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Another name"}]}
    )

    name: Name | None = None
    note: Note | None = None
    geometry: Geometry | None = None


class Zone(BaseModel):
    """An area. `bundled` ones come with the product and stay as they are; `rule` is what counts
    there as lying close.

    A zone is its polygon and nothing else: a point counts when it lies inside, and edges are straight
    in longitude and latitude (RFC 7946). The bundled ones have twelve corners on a circle round a
    roadstead, so that between corners they end up to 3.4 % of its radius short of it.
    """

    id: str
    name: str
    note: str | None
    bundled: bool
    rule: dict[str, float] | None = None
    geometry: dict[str, Any]
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Zones(BaseModel):
    """One's zones after the bundled ones."""

    items: list[Zone]
    links: list[Link]
    returned: int
    meta: dict[str, Any]


ZONE = {
    "id": "la-borracha",
    "name": "La Borracha",
    "note": None,
    "bundled": True,
    "rule": {"max_km": 0.25, "min_minutes": 30, "max_speed_kn": 1},
    "geometry": _SQUARE,
    "created_at": None,
    "updated_at": None,
}
