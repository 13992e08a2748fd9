"""Query parameters over activities."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from app.core.pagination import PageQuery
from app.events.parameters import BoxText, one_of
from app.itineraries.activities.findings import KINDS
from app.itineraries.parameters import CraftKeys, WindowText, ZoneIds


class ActivityFormat(StrEnum):
    """How activities are sent."""

    JSON = "json"
    GEOJSON = "geojson"


class ActivitiesQuery(PageQuery):
    """Which activities. Several values of one field are alternatives; fields narrow."""

    type: one_of("ActivityKind", KINDS) = Field(  # type: ignore[valid-type]
        [], description=f"Kinds: {', '.join(KINDS)}.", examples=[["meeting"]]
    )
    craft: CraftKeys = Field(
        default_factory=list, description="Ids or keys of craft, one of which took part."
    )
    zone: ZoneIds = Field(
        default_factory=list, description="Where it was: ids of /v1/routes/zones."
    )
    bbox: BoxText | None = Field(
        None,
        description="Where it was: minLon,minLat,maxLon,maxLat; west > east crosses the "
        "antimeridian.",
        examples=["-74,0,-59,13"],
    )
    datetime: WindowText | None = Field(
        None,
        description="When it went on: date, instant or interval `a/b`, `a/..`, `../b`.",
        examples=["2020-11-01/2020-11-30"],
    )
    min_score: float | None = Field(
        None, ge=0, le=1, description="Only what carries a score of so much or more."
    )
    min_hours: float | None = Field(
        None, ge=0, le=876_000, description="Only what lasted so long; open gaps until now."
    )
    sortby: Literal["-start_at", "start_at"] = Field(
        "-start_at", description="By beginning, newest first (`-`) or oldest first."
    )
    f: ActivityFormat | None = Field(None, description="Format; wins over `Accept`.")
