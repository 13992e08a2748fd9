"""Tables of watchlists and of the alerts they gave rise to."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.access.models import account_key
from app.core.clock import now
from app.core.models import Table


def _instant(nullable: bool = True) -> Column[Any]:
    return Column(DateTime(timezone=True), nullable=nullable)


class Watchlist(Table, table=True):
    """What an account wants to be told of, and where."""

    __tablename__ = "watchlists"
    __table_args__ = (Index("ix_watchlists_account_id", "account_id", "created_at"),)

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    account_id: int = Field(sa_column=account_key(nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    rules: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    active: bool = Field(True, sa_column=Column(Boolean, nullable=False))
    webhook_url: str | None = Field(default=None, sa_column=Column(Text))
    webhook_secret: str | None = Field(
        default=None, sa_column=Column(Text), description="sealed; signs what is sent"
    )
    webhook_secret_previous: str | None = Field(
        default=None, sa_column=Column(Text), description="sealed; signs too, until it ends"
    )
    previous_until: datetime | None = Field(default=None, sa_column=_instant())
    failing_since: datetime | None = Field(default=None, sa_column=_instant())
    webhook_disabled_at: datetime | None = Field(default=None, sa_column=_instant())
    events_seen: int | None = Field(
        default=None,
        sa_column=Column(BigInteger),
        description="the change of the events up to which saved searches were answered",
    )
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    updated_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))


class Alert(Table, table=True):
    """One thing that a watchlist was told of, once."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("watchlist_id", "key"),
        CheckConstraint("delivery IN ('none', 'pending', 'delivered', 'failed')", name="delivery"),
        Index("ix_alerts_account_id", "account_id", text("id DESC")),
    )

    # In the order of commits: a reader that has seen one has seen all before it.
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    account_id: int = Field(sa_column=account_key(nullable=False))
    watchlist_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("watchlists.id", ondelete="CASCADE"), nullable=False)
    )
    rule: int = Field(sa_column=Column(Integer, nullable=False), description="from 0")
    kind: str = Field(sa_column=Column(Text, nullable=False))
    key: str = Field(sa_column=Column(Text, nullable=False), description="of what was observed")
    observed_at: datetime = Field(sa_column=_instant(nullable=False))
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    delivery: str = Field("none", sa_column=Column(Text, nullable=False))
    attempts: int = Field(0, sa_column=Column(Integer, nullable=False))
    last_fault: str | None = Field(default=None, sa_column=Column(Text))
    delivered_at: datetime | None = Field(default=None, sa_column=_instant())
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
