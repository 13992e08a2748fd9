"""The parameters of each route over events: the one filter and what the route adds to it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from app.core.pagination import Cursor, Limit
from app.events.formats import Format
from app.events.parameters import Codes, SinceText, Slugs, one_of
from app.events.query import EventFilter
from app.events.repository.counts import FACETS
from app.events.repository.sorting import SortText
from app.events.schemas import EVENT_FIELDS
from app.events.vocabulary import OWNERSHIPS

ItemFormat = StrEnum("ItemFormat", {"JSON": "json", "GEOJSON": "geojson"})


class Count(StrEnum):
    EXACT = "exact"
    ESTIMATED = "estimated"


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class CellPeriod(StrEnum):
    WEEK = "week"
    MONTH = "month"


class EventListQuery(EventFilter):
    """A page of events."""

    sortby: SortText = Field(
        "-published_on",
        description="Fields in order, `-` for downwards. `relevance` needs `q`. Ends in the id.",
        examples=["-published_on,country"],
    )
    limit: Limit = 100
    cursor: Cursor = None
    count: Count | None = Field(
        None, description="`exact` adds `meta.matched`, `estimated` adds `meta.estimated_matched`."
    )
    fields: one_of("EventField", EVENT_FIELDS) = Field(  # type: ignore[valid-type]
        [], description="Only these members of each event, besides its id; not for the feeds."
    )
    highlights: bool = Field(
        False,
        description="Adds `highlight`: the summary as escaped HTML with the words of `q` in <mark>; "
        "in the JSON formats.",
    )
    f: Format | None = Field(None, description="Format; wins over `Accept`.")


class FacetsQuery(EventFilter):
    """Which facets to count."""

    facets: one_of("FacetName", tuple(FACETS)) = Field(  # type: ignore[valid-type]
        [], description="Which facets; all by default."
    )
    values: int = Field(20, ge=1, le=500, description="How many values of each, commonest first.")


class TimelineQuery(EventFilter):
    """How to cut time."""

    interval: Interval = Field(Interval.MONTH, description="Weeks are ISO weeks.")
    split: str | None = Field(
        None,
        pattern=rf"^({'|'.join(FACETS)})$",
        description=f"Counts by the values of a facet as well: {', '.join(FACETS)}.",
    )


class CorrelationsQuery(EventFilter):
    """What a cell is."""

    period: CellPeriod = Field(
        CellPeriod.WEEK, description="A cell is a country in an ISO week or month."
    )
    between: Codes = Field(
        default_factory=list,
        description="The actors to compare; by default Venezuela, Russia, Iran and China.",
        json_schema_extra={"minItems": 2, "maxItems": 12, "uniqueItems": True},
    )


class ItemQuery(BaseModel):
    """How to send one event."""

    model_config = ConfigDict(extra="forbid")

    f: ItemFormat | None = Field(None, description="Format; wins over `Accept`.")


class ChangesQuery(BaseModel):
    """From where to read the changes."""

    model_config = ConfigDict(extra="forbid")

    since: SinceText = Field(
        "0",
        description="A sequence number (changes after it) or an instant (changes from it).",
        examples=["2020-11-18T00:00:00Z"],
    )
    limit: Limit = 100


class OutletsQuery(BaseModel):
    """Which outlets."""

    model_config = ConfigDict(extra="forbid")

    id: Slugs = Field(default_factory=list, description="Ids of outlets.")
    ownership: one_of("Ownership", OWNERSHIPS) = Field(  # type: ignore[valid-type]
        [], description="Classes of ownership.", examples=[["state_controlled"]]
    )
    state: Codes = Field(default_factory=list, description="States that own or control.")
