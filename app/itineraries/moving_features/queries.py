"""Query parameters as OGC API - Moving Features names them."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.core.pagination import Cursor, Limit, PageQuery
from app.events.parameters import BoxText
from app.itineraries.parameters import InstantRange, WindowText

MAX_LEAVES = 1_000


def _instants(text: str) -> str:
    parts = text.split(",")
    if len(parts) > MAX_LEAVES:
        raise ValueError(f"at most {MAX_LEAVES} instants")
    instants = [InstantRange.parse(part.strip()) for part in parts]
    if any(one.start != one.end for one in instants):
        raise ValueError("give instants such as 2020-11-01T12:00:00Z")
    starts = [one.start for one in instants]
    if starts != sorted(set(starts)):
        raise ValueError("give each instant once, the earliest first")
    return text


Leaves = Annotated[str, Field(max_length=40_000), AfterValidator(_instants)]


class ItemsQuery(PageQuery):
    """Which moving features."""

    bbox: BoxText | None = Field(
        None, description="Was there, to half a degree: minLon,minLat,maxLon,maxLat."
    )
    datetime: WindowText | None = Field(
        None, description="Was there then, to six hours: instant or interval."
    )


class SequenceQuery(BaseModel):
    """Which part of a temporal geometry."""

    model_config = ConfigDict(extra="forbid")

    datetime: WindowText | None = Field(
        None,
        description="Instant or interval: parts that overlap it; with `subTrajectory` cut to it.",
        examples=["2020-11-01T00:00:00Z/2020-11-02T00:00:00Z"],
    )
    leaf: Leaves | None = Field(
        None,
        description="Instants in order, by commas: where it was then, by interpolation between "
        "fixes less than six hours apart. Not with `subTrajectory`.",
        examples=["2020-11-01T06:00:00Z,2020-11-01T12:00:00Z"],
    )
    subTrajectory: bool = Field(  # noqa: N815 - the standard's name
        False, description="Cut to the interval of `datetime`, its ends interpolated."
    )
    limit: Limit = 10_000
    cursor: Cursor = None

    @model_validator(mode="after")
    def _together(self) -> "SequenceQuery":
        if self.leaf is not None and self.subTrajectory:
            raise ValueError("leaf and subTrajectory exclude each other")
        if self.subTrajectory and (self.datetime is None or "/" not in self.datetime):
            raise ValueError("subTrajectory needs an interval in datetime")
        return self
