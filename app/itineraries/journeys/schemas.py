"""The wire of itineraries, for the API's document."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.events.schemas import Envelope, Link
from app.itineraries.journeys.examples import ITINERARY, ITINERARY_HISTORY

Score = float


class Span(BaseModel):
    earliest: datetime
    latest: datetime


class SaidTime(BaseModel):
    at: str = Field(description="as given: a day, a month, a time with its zone, or a/b")
    words: str | None = Field(None, description="the report's own words")
    part: Literal["headline", "body"] | None = None
    sources: list[int] = Field(description="numbers into the itinerary's sources")


class WhenSpan(Span):
    precision: str = Field(description="minute, local, day, range, month or year")
    claims: list[SaidTime]


class Conflict(BaseModel):
    field: str
    kind: str = Field(
        description="weekday, dates, time_zone, headline_body, printed_before, order, place, "
        "status, carrier, registration, imo or mode"
    )
    detail: str
    candidates: list[str] | None = None
    claims: list[SaidTime]


class Confidence(BaseModel):
    score: float = Field(description="geometric mean of the parts")
    parts: dict[str, float] = Field(description="status, sources, date and place, 0 to 1")


class LegPlace(BaseModel):
    name: str | None
    country: str | None
    code: str | None
    lat: float | None
    lon: float | None
    precision: str | None


class LegEnd(BaseModel):
    place: LegPlace | None
    status: str
    when: WhenSpan | None
    sources: list[int]
    independent_sources: int
    confidence: Confidence
    conflicts: list[Conflict]


class ItinerarySource(BaseModel):
    number: int
    outlet: str
    published_on: date | None
    url: str | None
    language: str | None
    cites: list[str]
    state: str | None = Field(description="the state that owns or controls the outlet")


class DarkPeriod(BaseModel):
    """A time without a position; from where to where, how far and how fast, when sensors tell it.

    `POST /v1/routes/reachability` with the `activity_id` tells what was in reach meanwhile.
    """

    earliest: datetime
    latest: datetime | None = Field(description="null while it goes on")
    words: str | None
    activity_id: int | None
    from_lat: float | None
    from_lon: float | None
    to_lat: float | None
    to_lon: float | None
    distance_km: float | None
    implied_speed_kn: float | None


class LegTrack(BaseModel):
    """The positions that show a leg."""

    craft_id: int
    datetime: str
    href: str


class Leg(BaseModel):
    position: int
    status: str = Field(
        description="observed, reported, inferred, planned, unconfirmed, alleged or denied"
    )
    mode: str
    start: LegEnd = Field(alias="from")
    to: LegEnd
    via: list[LegPlace]
    carrier: str | None
    craft: dict[str, Any] | None
    false_identity: dict[str, Any] | None
    count: int | None
    count_is_minimum: bool
    cargo: list[dict[str, Any]]
    escort: list[str]
    dark: list[DarkPeriod] = Field(description="when it was not re-observed")
    track: LegTrack | None
    note: str | None
    sources: list[int]
    independent_sources: int
    confidence: Confidence
    conflicts: list[Conflict]


class Mover(BaseModel):
    kind: str
    name: str
    role: str | None
    country: str | None
    members: list[str]


class ItinerarySummary(BaseModel):
    """An itinerary in a list."""

    id: str
    title: str
    mover: Mover
    statuses: list[str]
    period: Span | None
    route: list[str] = Field(description="its first stops in words")
    leg_count: int
    source_count: int
    independent_sources: int
    conflict_count: int
    synthetic: bool
    sanctioned: bool
    links: list[Link]


class ItineraryPage(Envelope):
    items: list[ItinerarySummary]


class Listed(BaseModel):
    list_id: str
    entry_id: str
    kind: str
    name: str
    programs: list[str]


class ListedMatch(Listed):
    identifier: str


class Sanctions(BaseModel):
    matches: list[ListedMatch]
    leads: list[Listed] = Field(description="the same name, which proves nothing")
    basis: str


class LinkedEvent(BaseModel):
    id: int
    published_on: date
    summary: str
    href: str


class ItineraryDetail(BaseModel):
    """One journey as it was known: legs with both ends, sources, confidence and conflicts."""

    model_config = ConfigDict(json_schema_extra={"examples": [ITINERARY]})

    id: str
    title: str
    mover: Mover
    statuses: list[str]
    period: Span | None
    legs: list[Leg]
    sources: list[ItinerarySource]
    independent_sources: int
    source_groups: list[list[int]] = Field(
        description="sources that may rest on one origin, together"
    )
    conflict_count: int
    synthetic: bool
    redacted: bool
    sanctioned: bool
    sanctions: Sanctions
    events: list[LinkedEvent]
    as_of: str | None
    recorded_by: str | None
    method: str
    method_version: str
    links: list[Link]


class ItineraryStep(BaseModel):
    seq: int
    kind: str
    at: datetime
    by: str
    reason: str | None
    added: int
    withdrawn: int
    href: str


class ItineraryHistory(Envelope):
    model_config = ConfigDict(json_schema_extra={"examples": [ITINERARY_HISTORY]})

    items: list[ItineraryStep]
