"""The tables of the registry: accounts and domains, what was said of them before, and disputes.

Outlets and what was said of them have their own tables in app.events; disputes are filed against all
three.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlmodel import Field

from app.core.models import Table
from app.forensics.registry.vocabulary import ENTRY_KINDS, OUTCOMES, STANDINGS, STATUSES


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _text(nullable: bool = False, **options: Any) -> Column[Any]:
    return Column(Text, nullable=nullable, **options)


def _instant(nullable: bool = False) -> Column[Any]:
    default = None if nullable else text("now()")
    return Column(DateTime(timezone=True), nullable=nullable, server_default=default)


class RegistryEntry(Table, table=True):
    """An account or a domain: what cited publications say of it, and since when it is listed.

    `key` is what it is found by: the registrable domain in lower-case ASCII, or the handle without @.
    `folded` holds its words as they are compared, each after a space. A withdrawn entry stays, and is
    in no list.
    """

    __tablename__ = "registry_entries"
    __table_args__ = (
        _one_of("kind", ENTRY_KINDS[1:]),
        _one_of("status", STATUSES),
        UniqueConstraint("kind", "platform", "key", postgresql_nulls_not_distinct=True),
        Index("ix_registry_entries_sort_name", "sort_name", "kind", "id"),
        Index("ix_registry_entries_collection", "collection"),
        Index(
            "ix_registry_entries_folded",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
        ),
    )

    kind: str = Field(sa_column=_text(primary_key=True))
    id: str = Field(sa_column=_text(primary_key=True))
    key: str = Field(sa_column=_text())
    platform: str | None = Field(default=None, sa_column=_text(nullable=True))
    name: str = Field(sa_column=_text())
    sort_name: str = Field(
        sa_column=Column(Text(collation="C"), nullable=False, server_default=text("''")),
        description="the name in lower case, whose order is the same everywhere",
    )
    status: str = Field(sa_column=_text())
    state: str | None = Field(default=None, sa_column=_text(nullable=True))
    outlet_id: str | None = Field(default=None, sa_column=_text(nullable=True))
    imitates: str | None = Field(default=None, sa_column=_text(nullable=True))
    citations: Any = Field(sa_column=Column(JSON, nullable=False))
    synthetic: bool = Field(
        False, sa_column=Column(Boolean, nullable=False, server_default=text("false"))
    )
    folded: str = Field(sa_column=_text(server_default=text("''")))
    collection: str = Field(sa_column=_text())
    edited_by: str | None = Field(
        default=None, sa_column=_text(nullable=True), description="a person; imports leave it alone"
    )
    listed_on: date = Field(
        sa_column=Column(Date, nullable=False, server_default=text("CURRENT_DATE"))
    )
    updated_at: datetime = Field(sa_column=_instant())
    withdrawn_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class RegistryChange(Table, table=True):
    """What an entry said until somebody or an import put it otherwise, or took it out."""

    __tablename__ = "registry_changes"
    __table_args__ = (Index("ix_registry_changes_entry", "entry_kind", "entry_id", "seq"),)

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(), primary_key=True)
    )
    entry_kind: str = Field(sa_column=_text())
    entry_id: str = Field(sa_column=_text())
    status: str = Field(sa_column=_text())
    state: str | None = Field(default=None, sa_column=_text(nullable=True))
    citations: Any = Field(sa_column=Column(JSON, nullable=False))
    until_at: datetime = Field(sa_column=_instant())
    by: str = Field(sa_column=_text())


class RegistryDispute(Table, table=True):
    """What a subscriber says against an entry, and what an operator decided."""

    __tablename__ = "registry_disputes"
    __table_args__ = (
        _one_of("entry_kind", ENTRY_KINDS),
        _one_of("outcome", OUTCOMES),
        _one_of("standing", STANDINGS),
        Index("ix_registry_disputes_entry", "entry_kind", "entry_id"),
        Index("ix_registry_disputes_account_id", "account_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    entry_kind: str = Field(sa_column=_text())
    entry_id: str = Field(sa_column=_text())
    account_id: int | None = Field(
        default=None, sa_column=Column(BigInteger, ForeignKey("accounts.id", ondelete="SET NULL"))
    )
    standing: str = Field(sa_column=_text(), description="by own word")
    statement: str = Field(sa_column=_text())
    evidence_url: str | None = Field(default=None, sa_column=_text(nullable=True))
    filed_at: datetime = Field(sa_column=_instant())
    outcome: str = Field("open", sa_column=_text(server_default=text("'open'")))
    decision: str | None = Field(default=None, sa_column=_text(nullable=True))
    decided_by: str | None = Field(default=None, sa_column=_text(nullable=True))
    decided_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
