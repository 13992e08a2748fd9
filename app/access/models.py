"""Accounts, the keys that speak for them, what they used, and what happened to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from app.core.clock import now
from app.core.models import Table


def _instant(nullable: bool = True) -> Column[Any]:
    return Column(DateTime(timezone=True), nullable=nullable)


def account_key(**options: Any) -> Column[Any]:
    """A column that names an account and goes with it."""
    return Column(BigInteger, ForeignKey("accounts.id", ondelete="CASCADE"), **options)


class Account(Table, table=True):
    """Who calls. `plan` is what access reads: `plan_in_force` of the two plans below it."""

    __tablename__ = "accounts"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    email: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    plan: str = Field(default="free", sa_column=Column(Text, nullable=False))
    paid_plan: str = Field(
        default="free",
        sa_column=Column(Text, nullable=False, server_default="free"),
        description="what the subscriptions are good for, written by billing alone",
    )
    granted_plan: str | None = Field(
        default=None, sa_column=Column(Text), description="given by an operator, whatever is paid"
    )
    password_hash: str | None = Field(default=None, sa_column=Column(Text))
    verified_at: datetime | None = Field(default=None, sa_column=_instant())
    totp_secret: str | None = Field(
        default=None,
        sa_column=Column(Text),
        description="encrypted; in force once totp_since is set",
    )
    totp_since: datetime | None = Field(default=None, sa_column=_instant())
    totp_last_step: int | None = Field(default=None, sa_column=Column(BigInteger))
    sessions_from: datetime | None = Field(
        default=None, sa_column=_instant(), description="access tokens issued before are refused"
    )
    stripe_customer_id: str | None = Field(default=None, sa_column=Column(Text, unique=True))
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))


class ApiKey(Table, table=True):
    """A credential of an account; only a keyed hash of it is stored."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("kind IN ('secret', 'browser')", name="kind"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    account_id: int = Field(sa_column=account_key(nullable=False, index=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(
        default="secret", sa_column=Column(Text, nullable=False, server_default="secret")
    )
    hint: str = Field(
        sa_column=Column(Text, nullable=False),
        description="the key's first characters, to tell keys apart",
    )
    digest: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    scopes: list[str] | None = Field(
        default=None,
        sa_column=Column(ARRAY(Text)),
        description="features; null for all of the plan",
    )
    origins: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'")),
        description="where a browser key may be used",
    )
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=_instant())
    last_used_at: datetime | None = Field(default=None, sa_column=_instant())
    revoked_at: datetime | None = Field(default=None, sa_column=_instant())


class UsageDay(Table, table=True):
    """What an account used on a day (UTC): answered requests and the units they cost."""

    __tablename__ = "usage_days"

    account_id: int = Field(sa_column=account_key(primary_key=True))
    day: date = Field(sa_column=Column(Date, primary_key=True))
    requests: int = Field(sa_column=Column(BigInteger, nullable=False))
    units: int = Field(sa_column=Column(BigInteger, nullable=False))


class AuditEvent(Table, table=True):
    """Something that happened to an account: a sign-in, a key made, a plan changed."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_account_id", "account_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    account_id: int | None = Field(sa_column=account_key(nullable=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    by: str = Field(
        sa_column=Column(Text, nullable=False), description="owner, operator, stripe, system"
    )
    address: str | None = Field(default=None, sa_column=Column(Text))
    detail: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=text("'{}'"))
    )
    at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))


class IdempotentAnswer(Table, table=True):
    """The first answer to a request that carried an Idempotency-Key; kept for a day, sealed."""

    __tablename__ = "idempotent_answers"

    digest: str = Field(
        sa_column=Column(Text, primary_key=True), description="of the caller, the route and the key"
    )
    account_id: int | None = Field(default=None, sa_column=account_key(nullable=True, index=True))
    body_digest: str = Field(sa_column=Column(Text, nullable=False))
    status: int | None = Field(default=None, sa_column=Column(BigInteger))
    sealed_body: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
