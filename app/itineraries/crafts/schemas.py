"""What answers about craft look like."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.events.schemas import Link
from app.itineraries.crafts.examples import CRAFT_DETAIL, IDENTITY


class Said(BaseModel):
    """One thing that one source says of a craft."""

    field: str
    value: str
    source: str
    first_at: datetime | None
    last_at: datetime | None
    detail: dict[str, Any] | None = None


class Craft(BaseModel):
    """A craft as lists show it; `current` is what was said last of each field, `synthetic` tells that
    something of it is made up."""

    id: int
    key: str
    kind: str
    first_at: datetime | None
    last_at: datetime | None
    positions: int
    synthetic: bool
    current: dict[str, str]


class RelatedCraft(BaseModel):
    """Another craft that goes by the same identifier: perhaps one craft, perhaps not."""

    craft_id: int
    key: str
    field: str
    value: str


class CraftDetail(Craft):
    """A craft with all that is said of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [CRAFT_DETAIL]})

    identities: list[Said]
    related: list[RelatedCraft]
    links: list[Link]


class Crafts(BaseModel):
    """A page of craft; `meta.near` has those that are only alike."""

    items: list[Craft]
    links: list[Link]
    returned: int
    meta: dict[str, Any]


class Fix(BaseModel):
    """One position. Speed in knots, course in degrees from true north, altitude in feet."""

    at: datetime
    lat: float
    lon: float
    speed_kn: float | None
    course_deg: float | None
    altitude_ft: float | None
    on_ground: bool | None
    callsign: str | None


class Track(BaseModel):
    """Fixes of one craft in order of time."""

    items: list[Fix]
    links: list[Link]
    returned: int
    meta: dict[str, Any]


class IdentityFinding(BaseModel):
    """The outcome of one check: consistent, inconsistent, or unknown where too little is known."""

    kind: str
    method: str
    method_version: str
    check: str
    verdict: str
    evidence: dict[str, Any]


class IdentityReport(BaseModel):
    """The checks of one craft, and how much they had to compare."""

    model_config = ConfigDict(json_schema_extra={"examples": [IDENTITY]})

    craft_id: int
    key: str
    synthetic: bool
    findings: list[IdentityFinding]
    compared: dict[str, Any]
