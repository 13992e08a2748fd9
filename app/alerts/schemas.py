"""The wire: watchlists and alerts as they are asked for and shown."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.alerts.rules import MAX_RULES, Rule
from app.events.schemas import Envelope

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Url = Annotated[str, Field(min_length=1, max_length=2_000)]
Rules = Annotated[list[Rule], Field(min_length=1, max_length=MAX_RULES)]


_WISH: dict[str, Any] = {
    "name": "Tankers off La Borracha",
    "rules": [
        {"on": "meeting", "zones": ["la-borracha"], "min_score": 0.5},
        {"on": "gap", "crafts": ["imo:9187629"], "min_hours": 12},
    ],
    "webhook_url": "https://example.org/hooks/vric",
}
_ID = "3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21"
_SHOWN: dict[str, Any] = {
    "id": _ID,
    **_WISH,
    "active": True,
    "webhook_disabled_at": None,
    "created_at": "2026-11-20T09:00:00Z",
    "updated_at": "2026-11-20T09:00:00Z",
}
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 - the standard's own example
_ALERT: dict[str, Any] = {
    "id": 1204,
    "watchlist_id": _ID,
    "rule": 0,
    "kind": "zone_entry",
    "observed_at": "2026-11-20T21:40:00Z",
    "data": {
        "craft": {"id": 12, "key": "mmsi:775000001", "synthetic": False},
        "zone": "la-borracha",
        "lat": 10.29,
        "lon": -64.75,
        "entered_at": "2026-11-20T21:40:00Z",
        "last_outside_at": "2026-11-20T21:20:00Z",
        "method": "zone_entry",
        "method_version": "1",
    },
    "delivery": "delivered",
    "attempts": 1,
    "last_fault": None,
    "delivered_at": "2026-11-20T21:41:03Z",
    "created_at": "2026-11-20T21:41:02Z",
}


class WatchlistWish(BaseModel):
    """What a watchlist is to be."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_WISH]})

    name: Name
    rules: Rules
    webhook_url: Url | None = Field(
        None, description="where alerts are posted, signed; a public https address"
    )
    active: bool = True


class WatchlistChange(BaseModel):
    """What is to change of a watchlist; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"active": False}]})

    name: Name = ""
    rules: Rules = Field(default_factory=list)
    webhook_url: Url | None = Field(None, description="null for none; a new one is enabled anew")
    active: bool = True


class WatchlistShown(BaseModel):
    """A watchlist."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOWN]})

    id: UUID
    name: str
    rules: list[Rule]
    active: bool
    webhook_url: str | None
    webhook_disabled_at: datetime | None = Field(
        description="since when nothing is posted, because nothing was accepted for days"
    )
    created_at: datetime
    updated_at: datetime


class WatchlistMade(WatchlistShown):
    """A watchlist that was made, with its webhook's secret."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_SHOWN, "webhook_secret": _SECRET}]}
    )

    webhook_secret: str | None = Field(
        description="`whsec_…`, with which you check the signatures; shown this once"
    )


class SecretMade(BaseModel):
    """A new secret of a watchlist's webhook."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"webhook_secret": _SECRET, "previous_until": "2026-11-21T09:00:00Z"}]
        }
    )

    webhook_secret: str = Field(description="shown this once")
    previous_until: datetime = Field(description="until when the one before signs as well")


class TestSent(BaseModel):
    """What came of a request that was sent to try a webhook."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": 204, "accepted": True, "fault": None}]}
    )

    status: int | None = Field(description="of the answer; null when there was none")
    accepted: bool = Field(description="whether it was 2xx")
    fault: str | None = Field(description="why there was no answer")


class AlertShown(BaseModel):
    """An alert: one thing that a watchlist was told of, once."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ALERT]})

    id: int = Field(description="rises with time")
    watchlist_id: UUID
    rule: int = Field(description="which rule of the watchlist, from 0")
    kind: str
    observed_at: datetime
    data: dict[str, Any] = Field(
        description="what was observed: evidence, `method` and `method_version`"
    )
    delivery: str = Field(description="none, pending, delivered, failed")
    attempts: int
    last_fault: str | None
    delivered_at: datetime | None
    created_at: datetime


class WatchlistPage(Envelope):
    items: list[WatchlistShown]


class AlertPage(Envelope):
    items: list[AlertShown]
