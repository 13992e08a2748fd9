"""Tables of journeys: itineraries as they are served, the claims they are made of, redactions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlmodel import Field

from app.core.models import Table


def _texts() -> Column[Any]:
    return Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))


def _text(nullable: bool = False) -> Column[Any]:
    return Column(Text, nullable=nullable)


def _instant(nullable: bool = True, **options: Any) -> Column[Any]:
    return Column(DateTime(timezone=True), nullable=nullable, **options)


def _itinerary_key(**options: Any) -> Column[Any]:
    key = ForeignKey("itineraries.id", ondelete="CASCADE", onupdate="CASCADE")
    return Column(Text, key, nullable=False, **options)


class Itinerary(Table, table=True):
    """One journey as it is served today. All but the id is derived from its claims.

    `people`, `operators` and `craft` are folded names, parted by ` | `, as they are searched;
    `identifiers` are keys such as `imo:9074729`.
    """

    __tablename__ = "itineraries"
    __table_args__ = (
        Index(
            "ix_itineraries_latest",
            text("coalesce(latest, '1800-01-01 00:00:00+00'::timestamptz) DESC"),
            text("id DESC"),
        ),
        Index("ix_itineraries_mover_key", "mover_key"),
        Index("ix_itineraries_identifiers", "identifiers", postgresql_using="gin"),
        Index(
            "ix_itineraries_names",
            "people",
            "operators",
            "craft",
            postgresql_using="gin",
            postgresql_ops={
                "people": "gin_trgm_ops", "operators": "gin_trgm_ops", "craft": "gin_trgm_ops"
            },
        ),
    )  # fmt: skip

    id: str = Field(sa_column=Column(Text, primary_key=True))
    mover_kind: str = Field(sa_column=_text())
    mover_key: str = Field(sa_column=_text())
    people: str = Field(sa_column=_text())
    operators: str = Field(sa_column=_text())
    craft: str = Field(sa_column=_text())
    identifiers: list[str] = Field(sa_column=_texts())
    statuses: list[str] = Field(sa_column=_texts())
    earliest: datetime | None = Field(default=None, sa_column=_instant())
    latest: datetime | None = Field(default=None, sa_column=_instant())
    has_private_person: bool = Field(
        False, sa_column=Column(Boolean, nullable=False, server_default=text("false"))
    )
    redacted: bool = Field(
        False, sa_column=Column(Boolean, nullable=False, server_default=text("false"))
    )
    document: Any = Field(sa_column=Column(JSON, nullable=False))
    summary: Any = Field(sa_column=Column(JSON, nullable=False), description="as lists show it")
    updated_at: datetime = Field(
        sa_column=_instant(nullable=False, server_default=text("now()"))
    )  # fmt: skip


class ItineraryLeg(Table, table=True):
    """One leg of an itinerary as it is searched: ends by folded name, code and country.

    `lats` and `lons` are its known stops in order.
    """

    __tablename__ = "itinerary_legs"
    __table_args__ = (
        Index("ix_itinerary_legs_from_country", "from_country"),
        Index("ix_itinerary_legs_to_country", "to_country"),
    )

    itinerary_id: str = Field(sa_column=_itinerary_key(primary_key=True))
    position: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    status: str = Field(sa_column=_text())
    from_country: str | None = Field(default=None, sa_column=_text(nullable=True))
    to_country: str | None = Field(default=None, sa_column=_text(nullable=True))
    from_names: list[str] = Field(sa_column=_texts())
    to_names: list[str] = Field(sa_column=_texts())
    via_names: list[str] = Field(sa_column=_texts())
    via_countries: list[str] = Field(sa_column=_texts())
    lats: list[float] = Field(sa_column=Column(ARRAY(Double), nullable=False))
    lons: list[float] = Field(sa_column=Column(ARRAY(Double), nullable=False))


class ItineraryClaim(Table, table=True):
    """One reported leg as it came in; it is never changed, only superseded, or redacted in place."""

    __tablename__ = "itinerary_claims"
    __table_args__ = (
        Index("ix_itinerary_claims_itinerary_id", "itinerary_id", "id"),
        Index("ix_itinerary_claims_collection", "collection", "digest"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    itinerary_id: str = Field(sa_column=_text(), description="no key: claims outlive the itinerary")
    collection: str = Field(sa_column=_text(), description="the file or set that it came with")
    digest: str = Field(sa_column=_text(), description="of the content, to tell what is new")
    content: Any = Field(sa_column=Column(JSON, nullable=False))
    known_on: date | None = Field(default=None, sa_column=Column(Date))
    recorded_at: datetime = Field(
        sa_column=_instant(nullable=False, server_default=text("now()"))
    )  # fmt: skip
    superseded_at: datetime | None = Field(default=None, sa_column=_instant())


class ItineraryChange(Table, table=True):
    """One step in the history of an itinerary, in the order of the commits."""

    __tablename__ = "itinerary_changes"
    __table_args__ = (
        CheckConstraint("kind IN ('created', 'updated', 'redacted', 'removed')", name="kind"),
        Index("ix_itinerary_changes_itinerary_id", "itinerary_id", "seq"),
    )

    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(), primary_key=True)
    )
    itinerary_id: str = Field(sa_column=_text())
    kind: str = Field(sa_column=_text())
    at: datetime = Field(sa_column=_instant(nullable=False, server_default=text("now()")))
    by: str = Field(sa_column=_text())
    reason: str | None = Field(default=None, sa_column=_text(nullable=True))
    added: int = 0
    withdrawn: int = 0


class ItineraryRedaction(Table, table=True):
    """A name that must not come back. Only a keyed hash of it is kept."""

    __tablename__ = "itinerary_redactions"

    digest: str = Field(sa_column=Column(Text, primary_key=True))
    word_count: int = Field(
        sa_column=Column(Integer, nullable=False), description="of the folded name, to look for it"
    )
    grounds: str = Field(sa_column=_text(), description="objection or retention")
    at: datetime = Field(sa_column=_instant(nullable=False, server_default=text("now()")))


class ObservedUntil(Table, table=True):
    """The one row that tells until when craft were heard as journeys last told of silences."""

    __tablename__ = "observed_until"
    __table_args__ = (CheckConstraint("only_row", name="one_row"),)

    only_row: bool = Field(True, primary_key=True)
    until: datetime = Field(sa_column=_instant(nullable=False))
