"""Tables of the free tier: events, their history, corrections, and the outlet registry."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Sequence,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB, TSVECTOR
from sqlmodel import Field

from app.core.models import Table
from app.events.vocabulary import CATEGORIES, OWNERSHIPS, PRECISIONS, STATUSES

EVENT_IDS = Sequence("event_ids", metadata=Table.metadata, data_type=BigInteger)


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _codes() -> Column[Any]:
    return Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))


class Outlet(Table, table=True):
    """A publisher of sources: who owns it, by which citation."""

    __tablename__ = "outlets"
    __table_args__ = (_one_of("ownership", OWNERSHIPS),)

    id: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    aliases: list[str] = Field(default_factory=list, sa_column=_codes())
    country: str | None = Field(default=None, sa_column=Column(Text))
    language: str | None = Field(default=None, sa_column=Column(Text))
    ownership: str = Field("unknown", sa_column=Column(Text, nullable=False))
    state: str | None = Field(default=None, sa_column=Column(Text))
    url: str | None = Field(default=None, sa_column=Column(Text))
    citation: str | None = Field(default=None, sa_column=Column(Text))
    cited_on: date | None = Field(default=None, sa_column=Column(Date))
    edited_by: str | None = Field(
        default=None,
        sa_column=Column(Text),
        description="a person whose correction the bundled registry keeps",
    )


class OutletChange(Table, table=True):
    """What the registry said of an outlet's owner until somebody or an update put it otherwise."""

    __tablename__ = "outlet_changes"
    __table_args__ = (Index("ix_outlet_changes_outlet_id", "outlet_id", "seq"),)

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(), primary_key=True)
    )
    outlet_id: str = Field(sa_column=Column(Text, nullable=False))
    ownership: str = Field(sa_column=Column(Text, nullable=False))
    state: str | None = Field(default=None, sa_column=Column(Text))
    citation: str | None = Field(default=None, sa_column=Column(Text))
    cited_on: date | None = Field(default=None, sa_column=Column(Date))
    until_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    by: str = Field(sa_column=Column(Text, nullable=False))


class Event(Table, table=True):
    """One event as it is served. `document` and `search` are derived from the other columns."""

    __tablename__ = "events"
    __table_args__ = (
        _one_of("category", CATEGORIES),
        _one_of("status", STATUSES),
        _one_of("precision", PRECISIONS),
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point_whole"),
        CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="point_range"),
        CheckConstraint("lon IS NULL OR precision <> 'country'", name="point_not_country"),
        CheckConstraint("occurred_until >= occurred_on", name="occurred_order"),
        # The point stands in both, so that a walk by date tests a box without visiting the rows.
        Index("ix_events_newest", text("published_on DESC"), text("id DESC"), "lat", "lon"),
        Index(
            "ix_events_category_newest",
            "category",
            text("published_on DESC"),
            text("id DESC"),
            "lat",
            "lon",
        ),
        Index("ix_events_occurred_on", "occurred_on"),
        Index("ix_events_lat_lon", "lat", "lon", postgresql_where=text("lat IS NOT NULL")),
        Index("ix_events_search", "search", postgresql_using="gin"),
        Index(
            "ix_events_codes",
            "actors",
            "countries",
            "topics",
            "outlets",
            postgresql_using="gin",
        ),
        Index(
            "ix_events_edition",
            "edition",
            "position",
            postgresql_where=text("edition IS NOT NULL"),
        ),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=False)
    )
    published_on: date = Field(sa_column=Column(Date, nullable=False))
    occurred_on: date | None = Field(default=None, sa_column=Column(Date))
    occurred_until: date | None = Field(default=None, sa_column=Column(Date))
    occurred_precision: str | None = Field(default=None, sa_column=Column(Text))
    summary: str = Field(sa_column=Column(Text, nullable=False))
    text_language: str = Field(sa_column=Column(Text, nullable=False))
    actors: list[str] = Field(sa_column=_codes())
    countries: list[str] = Field(sa_column=_codes())
    category: str = Field(sa_column=Column(Text, nullable=False))
    categories_also: list[str] = Field(sa_column=_codes())
    topics: list[str] = Field(sa_column=_codes())
    status: str = Field(sa_column=Column(Text, nullable=False))
    place: str | None = Field(default=None, sa_column=Column(Text))
    lon: float | None = Field(default=None, sa_column=Column(Double))
    lat: float | None = Field(default=None, sa_column=Column(Double))
    precision: str | None = Field(default=None, sa_column=Column(Text))
    radius_km: float | None = Field(default=None, sa_column=Column(REAL))
    sources: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    outlets: list[str] = Field(sa_column=_codes())
    languages: list[str] = Field(sa_column=_codes())
    state_media_printed: bool = Field(sa_column=Column(Boolean, nullable=False))
    state_media_registry: bool = Field(sa_column=Column(Boolean, nullable=False))
    edition: str | None = Field(default=None, sa_column=Column(Text))
    block: str | None = Field(default=None, sa_column=Column(Text))
    position: int | None = None
    synthetic: bool = Field(
        False, sa_column=Column(Boolean, nullable=False, server_default=text("false"))
    )
    coding: dict[str, Any] = Field(
        sa_column=Column(JSONB, nullable=False, server_default=text("'{}'"))
    )
    document: Any = Field(
        sa_column=Column(JSON, nullable=False), description="the event as it is sent"
    )
    search: Any = Field(sa_column=Column(TSVECTOR, nullable=False))
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    updated_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )


class EventChange(Table, table=True):
    """One step in the history of an event: what it was after the step, or before its deletion."""

    __tablename__ = "event_changes"
    __table_args__ = (
        CheckConstraint("kind IN ('created', 'updated', 'deleted')", name="kind"),
        Index("ix_event_changes_event_id", "event_id", "seq"),
        Index("ix_event_changes_at", "at"),
    )

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(), primary_key=True)
    )
    event_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    by: str = Field(sa_column=Column(Text, nullable=False))
    document: Any = Field(sa_column=Column(JSON, nullable=False))


class EventCorrection(Table, table=True):
    """A field that a person corrected; imports keep it. `replaced` is what stood before."""

    __tablename__ = "event_corrections"

    event_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    field: str = Field(sa_column=Column(Text, primary_key=True))
    value: Any = Field(sa_column=Column(JSONB, nullable=False))
    replaced: Any = Field(sa_column=Column(JSONB, nullable=False))
    by: str = Field(sa_column=Column(Text, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )


class EventLink(Table, table=True):
    """What a premium feature holds on an event; shown to those who may use that feature.

    `target_id` is the path below `/v1/FEATURE/`, such as `itineraries/ep-fab-2020-10`.
    """

    __tablename__ = "event_links"
    __table_args__ = (Index("ix_event_links_target", "feature", "target_id"),)

    event_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    feature: str = Field(sa_column=Column(Text, primary_key=True))
    target_id: str = Field(sa_column=Column(Text, primary_key=True))
    title: str = Field(sa_column=Column(Text, nullable=False))
