"""Tables of the reports: editions, their sections, must-reads and items as printed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.core.models import Table


def _edition_key() -> Column[Any]:
    return Column(Text, ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)


class Edition(Table, table=True):
    """A dated publication; `id` is the slug it is keyed by."""

    __tablename__ = "editions"

    id: str = Field(sa_column=Column(Text, primary_key=True))
    title: str = Field(sa_column=Column(Text, nullable=False))
    published_on: date = Field(sa_column=Column(Date, nullable=False))
    language: str = Field(sa_column=Column(Text, nullable=False))
    restated: bool = Field(False, description="our own short words, not the publisher's text")
    imported_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )


class EditionSection(Table, table=True):
    """Running prose of an edition: overview, narrative of a block, disclaimer."""

    __tablename__ = "edition_sections"

    edition_id: str = Field(sa_column=_edition_key())
    position: int = Field(primary_key=True)
    kind: str = Field(sa_column=Column(Text, nullable=False))
    block: str | None = Field(default=None, sa_column=Column(Text))
    heading: str | None = Field(default=None, sa_column=Column(Text))
    text: str = Field(sa_column=Column(Text, nullable=False))


class EditionMustRead(Table, table=True):
    """A document an edition recommends."""

    __tablename__ = "edition_must_reads"

    edition_id: str = Field(sa_column=_edition_key())
    position: int = Field(primary_key=True)
    agency: str = Field(sa_column=Column(Text, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))


class EditionItem(Table, table=True):
    """An item as printed and as coded, and the event it became. Gone items keep their row."""

    __tablename__ = "edition_items"
    __table_args__ = (Index("ix_edition_items_edition_id", "edition_id", "position"),)

    event_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    edition_id: str = Field(
        sa_column=Column(Text, ForeignKey("editions.id", ondelete="CASCADE"), nullable=False)
    )
    position: int
    line: int
    block: str | None = Field(default=None, sa_column=Column(Text))
    subheading: str | None = Field(default=None, sa_column=Column(Text))
    outlet: str = Field(sa_column=Column(Text, nullable=False), description="as printed")
    published_on: date = Field(sa_column=Column(Date, nullable=False))
    summary: str = Field(sa_column=Column(Text, nullable=False))
    coded: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    gone_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
