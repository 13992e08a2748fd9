"""Tables of billing: what Stripe says of an account's subscriptions, and which events were handled."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.access.models import account_key
from app.core.clock import now
from app.core.models import Table


class Subscription(Table, table=True):
    """A subscription as it was last read from Stripe."""

    __tablename__ = "subscriptions"

    id: str = Field(sa_column=Column(Text, primary_key=True), description="Stripe's id")
    account_id: int = Field(sa_column=account_key(nullable=False, index=True))
    status: str = Field(sa_column=Column(Text, nullable=False))
    lookup_key: str | None = Field(sa_column=Column(Text), description="of its price")
    plan: str | None = Field(
        sa_column=Column(Text), description="that the price stands for; null for an unknown price"
    )
    period_end: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    cancel_at_period_end: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    past_due_since: datetime | None = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True)),
        description="the grace counts from here",
    )
    read_at: datetime = Field(
        default_factory=now, sa_column=Column(DateTime(timezone=True), nullable=False)
    )


class StripeEvent(Table, table=True):
    """An event that was handled: written in the same transaction as its effect."""

    __tablename__ = "stripe_events"

    id: str = Field(sa_column=Column(Text, primary_key=True))
    type: str = Field(sa_column=Column(Text, nullable=False))
    account_id: int | None = Field(sa_column=account_key(nullable=True, index=True))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    handled_at: datetime = Field(
        default_factory=now, sa_column=Column(DateTime(timezone=True), nullable=False)
    )


class CheckoutAttempt(Table, table=True):
    """A checkout that was begun; its number makes the idempotency key towards Stripe."""

    __tablename__ = "checkout_attempts"
    __table_args__ = (UniqueConstraint("account_id", "idempotency_key"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    account_id: int = Field(sa_column=account_key(nullable=False, index=True))
    lookup_key: str = Field(sa_column=Column(Text, nullable=False))
    trial_days: int = Field(
        default=0, sa_column=Column(Integer, nullable=False, server_default="0")
    )
    session_id: str | None = Field(default=None, sa_column=Column(Text, unique=True))
    begun_at: datetime = Field(
        default_factory=now, sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    done_at: datetime | None = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True)),
        description="paid, expired or given up",
    )
    idempotency_key: str | None = Field(
        default=None, sa_column=Column(Text), description="the caller's own"
    )
    answer: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSONB), description="what the caller was told first"
    )
