"""Tables of self-service: mailed links and refresh tokens, by keyed hash only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, Index, Text, Uuid
from sqlmodel import Field

from app.access.models import account_key
from app.core.clock import now
from app.core.models import Table


class MailedLink(Table, table=True):
    """A link that was mailed; its token stands in the fragment, its keyed hash here. Used once."""

    __tablename__ = "mailed_links"
    __table_args__ = (CheckConstraint("purpose IN ('verify', 'reset', 'change')", name="purpose"),)

    digest: str = Field(sa_column=Column(Text, primary_key=True))
    account_id: int = Field(sa_column=account_key(nullable=False, index=True))
    purpose: str = Field(sa_column=Column(Text, nullable=False))
    email: str = Field(sa_column=Column(Text, nullable=False), description="the address it went to")
    password_hash: str | None = Field(
        default=None,
        sa_column=Column(Text),
        description="that verifying sets: who signs up with another's address gains nothing",
    )
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))


class RefreshToken(Table, table=True):
    """One link of a chain of refresh tokens. A used one that comes back revokes its family."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index("ix_refresh_tokens_family", "family"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    digest: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    family: UUID = Field(sa_column=Column(Uuid, nullable=False))
    account_id: int = Field(sa_column=account_key(nullable=False, index=True))
    issued_at: datetime = Field(
        default_factory=now, sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
