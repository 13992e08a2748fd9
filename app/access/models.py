"""Accounts and the keys that speak for them."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Text
from sqlmodel import Field

from app.core.clock import now
from app.core.models import Table


class Account(Table, table=True):
    """Who calls. The plan is a key of `app.plans.PLANS`."""

    __tablename__ = "accounts"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    email: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    plan: str = Field("free", sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(
        default_factory=now, sa_column=Column(DateTime(timezone=True), nullable=False)
    )


class ApiKey(Table, table=True):
    """A credential of an account; only a keyed hash of it is stored."""

    __tablename__ = "api_keys"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    account_id: int = Field(
        sa_column=Column(
            BigInteger,
            ForeignKey("accounts.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        )
    )
    name: str = Field(sa_column=Column(Text, nullable=False))
    hint: str = Field(
        sa_column=Column(Text, nullable=False),
        description="the key's first characters, to tell keys apart",
    )
    digest: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    created_at: datetime = Field(
        default_factory=now, sa_column=Column(DateTime(timezone=True), nullable=False)
    )
    revoked_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
