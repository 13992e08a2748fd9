"""Rules of a watchlist: what of all that is observed its owner is told of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.events.query import EventFilter

MAX_RULES = 50
_MAX_VALUES = 500

Token = Annotated[
    str,
    Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x20]+$"),
]


On = Literal["zone_entry", "leg", "meeting", "gap", "identity_change", "sanctioned_craft"]


class RouteRule(BaseModel):
    """Something that craft do. Several values of one field are alternatives; fields narrow."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"on": "zone_entry", "zones": ["la-borracha"], "crafts": ["imo:9187629"]}]
        },
    )

    on: On = Field(description="What sets it off.")
    crafts: list[Token] = Field(
        default_factory=list,
        max_length=_MAX_VALUES,
        description="ids of /v1/routes/crafts, or identifiers such as `mmsi:422123456`, "
        "`imo:9187629`, `icao24:730abc`, `registration:EP-FAB`",
    )
    zones: list[Token] = Field(
        default_factory=list, max_length=_MAX_VALUES, description="ids of /v1/routes/zones"
    )
    origins: list[Token] = Field(
        default_factory=list,
        max_length=_MAX_VALUES,
        description="codes of places or countries a leg begins in, such as `SVMI` or `IR`",
    )
    destinations: list[Token] = Field(
        default_factory=list,
        max_length=_MAX_VALUES,
        description="codes of places or countries a leg ends in",
    )
    min_score: float | None = Field(None, ge=0, le=1, description="of what carries a score")
    min_hours: float | None = Field(None, ge=0, le=8_784, description="how long a gap is at least")

    @model_validator(mode="after")
    def _fitting(self) -> "RouteRule":
        if (self.origins or self.destinations) and self.on != "leg":
            raise ValueError("origins and destinations go with the rule `leg`")
        if self.min_hours is not None and self.on != "gap":
            raise ValueError("min_hours goes with the rule `gap`")
        if self.on == "zone_entry" and not self.zones:
            raise ValueError("the rule `zone_entry` needs zones")
        return self


class EventRule(BaseModel):
    """A saved search: events that are new and match."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"on": "event", "filter": {"actor": ["IR"], "q": "oil"}}]},
    )

    on: Literal["event"]
    filter: EventFilter


Rule = Annotated[RouteRule | EventRule, Field(discriminator="on")]
