"""The wire: what each answer holds. The list's bytes are built from stored documents of this shape."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Link(BaseModel):
    rel: str
    href: str
    type: str = "application/json"
    title: str | None = Field(None, exclude_if=lambda title: title is None)


class StateMediaMark(BaseModel):
    printed: bool = Field(description="the edition marks the report as one of state media")
    registry: bool = Field(description="the outlet registry names a state of the network as owner")
    ownership: str
    state: str | None


class Source(BaseModel):
    outlet: str
    outlet_id: str
    published_on: date
    language: str
    url: str | None
    state_media: StateMediaMark


class Event(BaseModel):
    """One reported event. A place known only to its country has null coordinates."""

    id: int
    published_on: date = Field(description="the date printed after the outlet")
    occurred_on: date | None = Field(description="when it happened, if the report says")
    occurred_until: date | None
    occurred_precision: str | None
    summary: str
    text_language: str = Field(description="language of the summary")
    actors: list[str]
    countries: list[str]
    category: str
    categories_also: list[str]
    topics: list[str]
    status: str
    place: str | None
    lon: float | None
    lat: float | None
    precision: str | None
    radius_km: float | None
    outlet: str
    language: str = Field(description="language of the main source")
    state_media_marked: bool
    sources: list[Source]
    edition: str | None
    block: str | None
    synthetic: bool
    links: list[Link]


EVENT_FIELDS = tuple(Event.model_fields)


class ListedEvent(Event):
    """An event in a list: all members, or those that `fields` names and the id."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.update(required=["id"]))

    highlight: str = Field(
        "", description="with `highlights`: the summary as escaped HTML, what `q` met in <mark>"
    )


class Position(BaseModel):
    type: Literal["Point"]
    coordinates: list[float] = Field(description="longitude, latitude", min_length=2, max_length=2)


class EventFeature(BaseModel):
    """An event as a GeoJSON feature (RFC 7946); null geometry when only its country is known."""

    type: Literal["Feature"]
    id: int
    geometry: Position | None
    properties: dict[str, Any] = Field(description="the members of an event but lon and lat")


class EventFeatures(BaseModel):
    type: Literal["FeatureCollection"]
    features: list[EventFeature]
    links: list[Link]
    numberReturned: int  # noqa: N815 - as OGC API - Features spells it
    meta: "Meta"


class FeedItem(BaseModel):
    id: str
    url: str
    title: str
    content_text: str
    date_published: datetime
    authors: list[dict[str, str]]
    language: str
    tags: list[str]


class Feed(BaseModel):
    """JSON Feed 1.1."""

    version: Literal["https://jsonfeed.org/version/1.1"]
    title: str
    items: list[FeedItem]
    next_url: str = ""


class Meta(BaseModel):
    model_config = ConfigDict(extra="allow")


class Envelope(BaseModel):
    links: list[Link]
    returned: int
    meta: Meta


class EventPage(Envelope):
    items: list[ListedEvent]


class Correction(BaseModel):
    field: str
    value: Any
    by: str
    reason: str | None
    at: datetime


class Neighbour(BaseModel):
    event: Event
    score: float = Field(description="sum of the parts")
    parts: dict[str, float]


class EventDetail(Event):
    """An event with how it was coded, what was corrected, and what else tells of it."""

    created_at: datetime
    updated_at: datetime
    coding: dict[str, Any] = Field(description="per field: rule, model or editor, and its evidence")
    corrections: list[Correction]
    corroborating: list[Neighbour] = Field(
        description="other outlets' reports of the same, computed"
    )
    related: list[Neighbour]
    citation: str
    licence: str


class HistoryStep(BaseModel):
    seq: int
    kind: str
    at: datetime
    by: str
    document: Event


class History(Envelope):
    items: list[HistoryStep]


class Change(BaseModel):
    seq: int
    event_id: int
    kind: str
    at: datetime
    event: Event | None = Field(description="as it was after the change; null when deleted")


class Changes(Envelope):
    items: list[Change]


class FacetValue(BaseModel):
    value: str
    count: int
    label: str | None = None


class Facet(BaseModel):
    facet: str
    values: list[FacetValue]


class Facets(Envelope):
    items: list[Facet]


class Period(BaseModel):
    start: date
    end: date
    count: int
    split: dict[str, int] | None = None


class Timeline(Envelope):
    items: list[Period]


class Cell(BaseModel):
    country: str
    start: date
    a: list[int] = Field(description="events of actor a in the cell")
    b: list[int] = Field(description="events of actor b in the cell")


class LaggedCorrelation(BaseModel):
    months: int
    best_lag: int | None
    lags: dict[str, float] | None
    reason: str | None = None


class ActorPair(BaseModel):
    a: str
    b: str
    cells_a: int
    cells_b: int
    cells_both: int
    expected_both: float
    lift: float | None
    p: float
    q: float
    lagged: LaggedCorrelation
    cells: list[Cell]
    cells_omitted: int
    links: list[Link]


class Correlations(Envelope):
    items: list[ActorPair]


class Outlet(BaseModel):
    id: str
    name: str
    aliases: list[str]
    country: str | None
    language: str | None
    ownership: str
    state: str | None
    state_media: bool
    url: str | None
    citation: str | None
    cited_on: date | None
    edited_by: str | None
    events: int


class Outlets(Envelope):
    items: list[Outlet]


class Term(BaseModel):
    id: str
    labels: dict[str, str]


class Coverage(BaseModel):
    events: int
    with_point: int
    editions: int
    first_published_on: date | None
    last_published_on: date | None


class MetaAnswer(BaseModel):
    """The terms events are coded with, what the collection covers, and its version."""

    data_version: int
    changed_at: datetime
    coverage: Coverage
    taxonomy: dict[str, list[Term]]
    licence: str
    links: list[Link]
