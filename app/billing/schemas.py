"""Billing on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.plans import PLANS

LOOKUP_KEYS = [key for plan in PLANS.values() for key in plan.lookup_keys]


def _known(lookup_key: str) -> str:
    if lookup_key not in LOOKUP_KEYS:
        raise ValueError("is none of " + ", ".join(LOOKUP_KEYS))
    return lookup_key


SESSION_ID = r"^cs_[A-Za-z0-9_]{1,200}$"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NoBody(_Body):
    """Nothing may be given."""


class CheckoutRequest(_Body):
    lookup_key: Annotated[
        str,
        AfterValidator(_known),
        Field(
            description="which price to subscribe to",
            examples=["premium_monthly"],
            json_schema_extra={"enum": [*LOOKUP_KEYS]},
        ),
    ]


class SyncRequest(_Body):
    session_id: Annotated[
        str | None,
        Field(
            pattern=SESSION_ID,
            description="the checkout that Stripe returned from",
            examples=["cs_test_a1"],
        ),
    ] = None


class RedirectAnswer(BaseModel):
    kind: Literal["checkout", "portal"] = Field(
        description="portal for an account that is subscribed already"
    )
    url: str = Field(
        description="where to send the customer's browser",
        examples=["https://checkout.stripe.com/c/pay/cs_test_a1"],
    )


class SubscriptionItem(BaseModel):
    id: str
    status: str = Field(examples=["active"])
    lookup_key: str | None
    plan: str | None = Field(description="null for a price that no plan has")
    grants_access: bool
    period_end: datetime | None
    cancel_at_period_end: bool
    past_due_since: datetime | None
    grace_until: datetime | None = Field(description="while past due: until when access lasts")
    read_at: datetime = Field(description="when Stripe was asked last")


class TrailItem(BaseModel):
    at: datetime
    kind: str = Field(examples=["plan_changed"])
    by: str = Field(examples=["stripe"])
    detail: dict[str, Any]


class BillingAnswer(BaseModel):
    enabled: bool = Field(description="false: this service takes no payments")
    plan: str = Field(description="the plan in force", examples=["premium"])
    paid_plan: str = Field(description="what the subscriptions are good for")
    granted_plan: str | None = Field(description="what the operator gave, whatever is paid")
    subscriptions: list[SubscriptionItem]
    trail: list[TrailItem] = Field(description="what happened to the plan, the latest first")


EVENT_EXAMPLE = {
    "id": "evt_1",
    "object": "event",
    "type": "invoice.paid",
    "livemode": False,
    "data": {"object": {"id": "in_1", "object": "invoice", "customer": "cus_1"}},
}


class WebhookAnswer(BaseModel):
    outcome: str = Field(examples=["changed"])


class SyncAnswer(BaseModel):
    outcome: str = Field(examples=["changed"])
    plan: str = Field(description="the plan in force now", examples=["premium"])
