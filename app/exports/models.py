"""The table of exports."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.access.models import account_key
from app.core.clock import now
from app.core.models import Table


class Export(Table, table=True):
    """A filter and a format that become a file."""

    __tablename__ = "exports"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="status"
        ),
        UniqueConstraint("account_id", "idempotency_key"),
        Index("ix_exports_account_id", "account_id", "created_at"),
    )

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    account_id: int = Field(sa_column=account_key(nullable=False))
    idempotency_key: str | None = Field(default=None, sa_column=Column(Text))
    request: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    format: str = Field(sa_column=Column(Text, nullable=False))
    status: str = Field("queued", sa_column=Column(Text, nullable=False))
    plan: str = Field(sa_column=Column(Text, nullable=False), description="when it was asked for")
    rows_cap: int | None = Field(default=None, sa_column=Column(BigInteger))
    data_version: int | None = Field(default=None, sa_column=Column(BigInteger))
    matched: int | None = Field(default=None, sa_column=Column(BigInteger))
    rows: int = Field(0, sa_column=Column(BigInteger, nullable=False))
    size_bytes: int | None = Field(default=None, sa_column=Column(BigInteger))
    sha256: str | None = Field(default=None, sa_column=Column(Text))
    fault: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(
        default_factory=now, sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    finished_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    expires_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
