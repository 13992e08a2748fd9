"""The wire of takedowns and claims, for the API's document."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.events.schemas import Envelope, Link
from app.forensics.records.examples import CLAIM, CLAIM_PAGE, TAKEDOWN, TAKEDOWN_PAGE
from app.forensics.records.records import ClaimRecord, TakedownRecord


class _Served(BaseModel):
    attribution: str | None = Field(description="who attributes it to whom, in one sentence")
    revision: int
    updated_at: datetime
    links: list[Link]


class LinkedEvent(BaseModel):
    id: int
    published_on: date
    summary: str
    href: str


class RecordStep(BaseModel):
    change: Literal["created", "updated", "withdrawn", "restored"]
    revision: int
    at: datetime
    by: str


class _Detailed(BaseModel):
    events: list[LinkedEvent] = Field(description="the events that its sources tell of")
    history: list[RecordStep]


class Takedown(TakedownRecord, _Served):
    pass


class Claim(ClaimRecord, _Served):
    pass


class TakedownDetail(Takedown, _Detailed):
    model_config = ConfigDict(
        json_schema_extra={"example": {**TAKEDOWN, "events": [], "history": []}}
    )


class ClaimDetail(Claim, _Detailed):
    model_config = ConfigDict(json_schema_extra={"example": {**CLAIM, "events": [], "history": []}})


class TakedownPage(Envelope):
    model_config = ConfigDict(json_schema_extra={"example": TAKEDOWN_PAGE})

    items: list[Takedown]


class ClaimPage(Envelope):
    model_config = ConfigDict(json_schema_extra={"example": CLAIM_PAGE})

    items: list[Claim]
