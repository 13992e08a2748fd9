"""The wire: reports."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.pagination import Cursor, Limit
from app.events.schemas import Envelope, Event, Link


class ReportSummary(BaseModel):
    id: str
    title: str
    published_on: date
    language: str
    restated: bool = Field(description="restated in our own words, not the publisher's text")
    imported_at: datetime
    item_count: int
    must_read_count: int
    links: list[Link]


class ReportPage(Envelope):
    items: list[ReportSummary]


class Section(BaseModel):
    position: int
    kind: str
    block: str | None
    heading: str | None
    text: str


class MustRead(BaseModel):
    position: int
    agency: str
    title: str


class Share(BaseModel):
    counted: int
    items: int
    share: float


class BlockShare(Share):
    block: str | None


class MeasuredDefinition(Share):
    name: str
    description: str
    within_promise: bool
    blocks: list[BlockShare]


class Editorial(BaseModel):
    """State-media share against the promised one; a warning is no verdict on a report's truth."""

    promised_share: float
    definitions: list[MeasuredDefinition]
    warnings: list[str]


class Report(ReportSummary):
    """An edition: prose, must-reads, events in its order, and the editorial measure."""

    sections: list[Section]
    must_reads: list[MustRead]
    items: list[Event]
    editorial: Editorial
    licence: str
    citation: str


class ReportsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: Limit = 100
    cursor: Cursor = None
