"""The tables of takedowns and claims: records as they are served, and every step they took."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlmodel import Field

from app.core.models import Table

_KINDS = "kind IN ('takedown', 'claim')"


def _text(nullable: bool = False, **options: Any) -> Column[Any]:
    return Column(Text, nullable=nullable, **options)


def _texts() -> Column[Any]:
    return Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))


def _now(nullable: bool = False) -> Column[Any]:
    default = None if nullable else text("now()")
    return Column(DateTime(timezone=True), nullable=nullable, server_default=default)


class ForensicRecord(Table, table=True):
    """A takedown or a claim as it stands; what is searched is derived from the document.

    `folded` holds its words as they are compared, each after a space. A withdrawn record stays, and
    is not served.
    """

    __tablename__ = "forensic_records"
    __table_args__ = (
        CheckConstraint(_KINDS, name="kind"),
        Index(
            "ix_forensic_records_dated",
            "kind",
            text("coalesce(dated_on, '-infinity'::date) DESC"),
            text("id DESC"),
        ),
        Index("ix_forensic_records_collection", "collection"),
        Index(
            "ix_forensic_records_folded",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
        ),
        Index(
            "ix_forensic_records_terms", "states", "platforms", "hashtags", postgresql_using="gin"
        ),
        Index("ix_forensic_records_named", "accounts", "domains", postgresql_using="gin"),
    )

    kind: str = Field(sa_column=_text(primary_key=True))
    id: str = Field(sa_column=_text(primary_key=True))
    collection: str = Field(sa_column=_text(), description="the file or set that it came with")
    dated_on: date | None = Field(default=None, sa_column=Column(Date))
    states: list[str] = Field(sa_column=_texts())
    platforms: list[str] = Field(sa_column=_texts())
    hashtags: list[str] = Field(sa_column=_texts())
    accounts: list[str] = Field(sa_column=_texts(), description="as platform:handle")
    domains: list[str] = Field(sa_column=_texts())
    subkind: str | None = Field(default=None, sa_column=_text(nullable=True))
    verdict: str | None = Field(default=None, sa_column=_text(nullable=True))
    folded: str = Field(sa_column=_text())
    document: Any = Field(sa_column=Column(JSON, nullable=False))
    revision: int = Field(sa_column=Column(Integer, nullable=False, server_default=text("1")))
    updated_at: datetime = Field(sa_column=_now())
    withdrawn_at: datetime | None = Field(default=None, sa_column=_now(nullable=True))


class ForensicRecordChange(Table, table=True):
    """One step of a record: what it said from then on, or what it had said when it was withdrawn."""

    __tablename__ = "forensic_record_changes"
    __table_args__ = (
        CheckConstraint("change IN ('created', 'updated', 'withdrawn', 'restored')", name="change"),
        Index("ix_forensic_record_changes_record", "kind", "record_id", "seq"),
    )

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(), primary_key=True)
    )
    kind: str = Field(sa_column=_text())
    record_id: str = Field(sa_column=_text())
    change: str = Field(sa_column=_text())
    revision: int = Field(sa_column=Column(Integer, nullable=False))
    at: datetime = Field(sa_column=_now())
    by: str = Field(sa_column=_text())
    document: Any = Field(sa_column=Column(JSON, nullable=False))
