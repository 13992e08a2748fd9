"""What answers about craft look like."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from app.events.schemas import Link


class Said(BaseModel):
    """One thing that one source says of a craft."""

    field: str
    value: str
    source: str
    first_at: datetime | None
    last_at: datetime | None
    detail: dict[str, Any] | None = None


class Craft(BaseModel):
    """A craft as lists show it; `current` is what was said last of each field."""

    id: int
    key: str
    kind: str
    first_at: datetime | None
    last_at: datetime | None
    positions: int
    current: dict[str, str]


class RelatedCraft(BaseModel):
    """Another craft that goes by the same identifier: perhaps one craft, perhaps not."""

    craft_id: int
    key: str
    field: str
    value: str


class CraftDetail(Craft):
    """A craft with all that is said of it."""

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

    craft_id: int
    key: str
    findings: list[IdentityFinding]
    compared: dict[str, Any]


CRAFT = {
    "id": 7,
    "key": "mmsi:422123456",
    "kind": "vessel",
    "first_at": "2020-11-01T00:00:00Z",
    "last_at": "2020-11-30T23:55:00Z",
    "positions": 8640,
    "current": {"mmsi": "422123456", "name": "EXAMPLE"},
}
TRACK = {
    "items": [
        {
            "at": "2020-11-01T00:00:00Z",
            "lat": 10.2,
            "lon": -64.7,
            "speed_kn": 0.1,
            "course_deg": None,
            "altitude_ft": None,
            "on_ground": None,
            "callsign": None,
        }
    ],
    "links": [],
    "returned": 1,
    "meta": {"craft_id": 7, "key": "mmsi:422123456"},
}
