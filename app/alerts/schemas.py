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


class WatchlistWish(BaseModel):
    """What a watchlist is to be."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Tankers off La Borracha",
                    "rules": [
                        {"on": "meeting", "zones": ["la-borracha"], "min_score": 0.5},
                        {"on": "gap", "crafts": ["imo:9187629"], "min_hours": 12},
                    ],
                    "webhook_url": "https://example.org/hooks/vric",
                }
            ]
        },
    )

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
    webhook_secret: str | None = Field(
        description="`whsec_…`, with which you check the signatures; shown this once"
    )


class SecretMade(BaseModel):
    """A new secret of a watchlist's webhook."""

    webhook_secret: str = Field(description="shown this once")
    previous_until: datetime = Field(description="until when the one before signs as well")


class TestSent(BaseModel):
    """What came of a request that was sent to try a webhook."""

    status: int | None = Field(description="of the answer; null when there was none")
    accepted: bool = Field(description="whether it was 2xx")
    fault: str | None = Field(description="why there was no answer")


class AlertShown(BaseModel):
    """An alert: one thing that a watchlist was told of, once."""

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
