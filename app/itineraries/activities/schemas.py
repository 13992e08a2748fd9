"""What answers about activities look like."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.events.schemas import Link


class CraftName(BaseModel):
    """A craft that took part."""

    id: int
    key: str


class Activity(BaseModel):
    """Something derived from positions, with the method that found it. Each kind adds fields of its
    own; `end_at` is null while a silence goes on; `synthetic` tells that something of a craft that
    took part is made up."""

    model_config = ConfigDict(extra="allow")

    id: int
    kind: str
    crafts: list[CraftName]
    start_at: datetime
    end_at: datetime | None
    lat: float | None
    lon: float | None
    place: str | None
    score: float | None
    method: str
    method_version: str
    synthetic: bool


class Activities(BaseModel):
    """A page of activities."""

    items: list[Activity]
    links: list[Link]
    returned: int
    meta: dict[str, Any]


MEETING = {
    "id": 31,
    "kind": "meeting",
    "crafts": [{"id": 7, "key": "mmsi:422123456"}, {"id": 9, "key": "mmsi:775123456"}],
    "craft_ids": ["mmsi:422123456", "mmsi:775123456"],
    "start_at": "2020-11-02T04:00:00Z",
    "end_at": "2020-11-02T09:30:00Z",
    "lat": 11.4,
    "lon": -64.1,
    "place": None,
    "score": None,
    "method": "meeting",
    "method_version": "1",
    "synthetic": False,
    "median_distance_km": 0.21,
    "median_speed_kn": [0.3, 0.4],
    "seen_min": 300.0,
    "bridged_min": 30.0,
}
