"""Tables of sanctions lists."""

from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Column, Date, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.core.models import Table


def _texts() -> Column[Any]:
    return Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))


class SanctionEntry(Table, table=True):
    """An entry of a sanctions list, as the list tells it."""

    __tablename__ = "sanction_entries"
    __table_args__ = (
        Index("ix_sanction_entries_folded_names", "folded_names", postgresql_using="gin"),
    )

    list_id: str = Field(sa_column=Column(Text, primary_key=True))
    entry_id: str = Field(sa_column=Column(Text, primary_key=True))
    kind: str = Field(
        sa_column=Column(Text, nullable=False),
        description="vessel, aircraft, individual or entity",
    )
    name: str = Field(sa_column=Column(Text, nullable=False))
    folded_names: list[str] = Field(sa_column=_texts())
    programs: list[str] = Field(sa_column=_texts())
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    listed_on: date | None = Field(default=None, sa_column=Column(Date))


class SanctionIdentifier(Table, table=True):
    """An identifier of a listed craft, such as `imo:9074729`."""

    __tablename__ = "sanction_identifiers"

    identifier: str = Field(sa_column=Column(Text, primary_key=True))
    list_id: str = Field(sa_column=Column(Text, primary_key=True))
    entry_id: str = Field(sa_column=Column(Text, primary_key=True))
