"""Tables of craft, what is said of them, where they were seen, and what was derived from it."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from app.access.models import account_key
from app.core.clock import now
from app.core.models import Table


def _instant(nullable: bool = True, **options: Any) -> Column[Any]:
    return Column(DateTime(timezone=True), nullable=nullable, **options)


def craft_key() -> Column[Any]:
    """A column that names a craft and goes with it."""
    return Column(BigInteger, ForeignKey("crafts.id", ondelete="CASCADE"), nullable=False)


class Craft(Table, table=True):
    """A vessel or aircraft by the one key it is known under, such as `mmsi:422123456`.

    Craft that share an identifier are not merged: two hulls can use one number.
    """

    __tablename__ = "crafts"
    __table_args__ = (
        CheckConstraint("kind IN ('vessel', 'aircraft', 'unknown')", name="kind"),
        Index("ix_crafts_last_at", "last_at"),
        Index("ix_crafts_stale", "stale_since", postgresql_where=text("stale_since IS NOT NULL")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    key: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    first_at: datetime | None = Field(
        default=None, sa_column=_instant(), description="of positions"
    )
    last_at: datetime | None = Field(default=None, sa_column=_instant(), description="of positions")
    synthetic: bool = Field(
        False,
        sa_column=Column(Boolean, nullable=False, server_default=text("false")),
        description="something of it is made up",
    )
    position_count: int = Field(
        0, sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )
    stale_from: datetime | None = Field(
        default=None,
        sa_column=_instant(),
        description="with stale_until: what new positions touched and no analysis has seen",
    )
    stale_until: datetime | None = Field(default=None, sa_column=_instant())
    stale_since: datetime | None = Field(
        default=None, sa_column=_instant(), description="when the first of them came"
    )
    created_at: datetime = Field(
        default_factory=now, sa_column=_instant(nullable=False, server_default=text("now()"))
    )


class CraftIdentity(Table, table=True):
    """One thing said of a craft by one source, with the first and last time it was said or held.

    `field` is name, flag, mmsi, imo, callsign, registration, icao24, msn, type, owner, operator …;
    `folded` is the value as it is searched: upper case, without accents and punctuation.
    """

    __tablename__ = "craft_identities"
    __table_args__ = (
        UniqueConstraint("craft_id", "field", "value", "source"),
        Index("ix_craft_identities_field", "field", "folded"),
        Index(
            "ix_craft_identities_folded",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    craft_id: int = Field(sa_column=craft_key())
    field: str = Field(sa_column=Column(Text, nullable=False))
    value: str = Field(sa_column=Column(Text, nullable=False))
    folded: str = Field(sa_column=Column(Text, nullable=False))
    source: str = Field(sa_column=Column(Text, nullable=False), description="ais, or a file's name")
    first_at: datetime | None = Field(default=None, sa_column=_instant())
    last_at: datetime | None = Field(default=None, sa_column=_instant())
    detail: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))


class PositionRow(Table, table=True):
    """One fix. Partitioned by month; the key begins with the craft, so that it can be distributed.

    It has no foreign key: checking one for each row would cost more than writing it.
    """

    __tablename__ = "positions"
    __table_args__ = ({"postgresql_partition_by": "RANGE (at)"},)

    craft_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    lat: float = Field(sa_column=Column(Double, nullable=False))
    lon: float = Field(sa_column=Column(Double, nullable=False))
    speed_kn: float | None = Field(default=None, sa_column=Column(REAL))
    course_deg: float | None = Field(default=None, sa_column=Column(REAL))
    altitude_ft: float | None = Field(default=None, sa_column=Column(REAL))
    on_ground: int | None = Field(default=None, sa_column=Column(SmallInteger))
    callsign: str | None = Field(default=None, sa_column=Column(Text))


class Presence(Table, table=True):
    """Which craft were heard in a cell of half a degree within six hours, and how often.

    It tells whom a craft can have met, and who else was heard where it fell silent.
    """

    __tablename__ = "craft_presence"
    __table_args__ = (Index("ix_craft_presence_craft_id", "craft_id", "period"),)

    cell: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    period: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    craft_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    fixes: int = Field(sa_column=Column(Integer, nullable=False))


class Activity(Table, table=True):
    """Something derived from positions. `part` tells apart what begins at one moment.

    A new analysis that finds it again keeps its id.
    """

    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("kind", "craft_ids", "start_at", "part"),
        CheckConstraint("end_at >= start_at", name="order"),
        Index("ix_activities_start_at", text("start_at DESC"), text("id DESC")),
        Index("ix_activities_kind", "kind", text("start_at DESC"), text("id DESC")),
        # Each batch looks its craft up one by one, and would go through what is pending each time.
        Index(
            "ix_activities_craft_ids",
            "craft_ids",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
        Index(
            "ix_activities_place_time",
            text("point(lon, lat)"),
            text("tstzrange(start_at, end_at, '[]')"),
            postgresql_using="gist",
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    part: str = Field("", sa_column=Column(Text, nullable=False, server_default=""))
    craft_ids: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))
    start_at: datetime = Field(sa_column=_instant(nullable=False))
    end_at: datetime | None = Field(default=None, sa_column=_instant(), description="open if null")
    lat: float | None = Field(default=None, sa_column=Column(Double))
    lon: float | None = Field(default=None, sa_column=Column(Double))
    place: str | None = Field(default=None, sa_column=Column(Text))
    score: float | None = Field(default=None, sa_column=Column(REAL))
    method: str = Field(sa_column=Column(Text, nullable=False))
    method_version: str = Field(sa_column=Column(Text, nullable=False))
    evidence: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    changed_at: datetime = Field(
        default_factory=now, sa_column=_instant(nullable=False, server_default=text("now()"))
    )


class ChangedCraft(Table, table=True):
    """A craft whose activities changed, and of whose journeys that is not told yet."""

    __tablename__ = "changed_crafts"

    craft_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class CraftCrowd(Table, table=True):
    """When a craft lay in a crowd, by the analysis that its activities are from.

    Fixes of another craft can make a crowd of a place: who lay there is then analysed again.
    """

    __tablename__ = "craft_crowds"

    craft_id: int = Field(
        sa_column=Column(
            BigInteger,
            ForeignKey("crafts.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        )
    )
    method: str = Field(sa_column=Column(Text, primary_key=True))
    start_at: datetime = Field(sa_column=_instant(nullable=False, primary_key=True))
    end_at: datetime = Field(sa_column=_instant(nullable=False))


class Zone(Table, table=True):
    """An account's own area of interest; the bundled ones are package data."""

    __tablename__ = "zones"
    __table_args__ = (Index("ix_zones_account_id", "account_id", "created_at"),)

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    account_id: int = Field(sa_column=account_key(nullable=False))
    name: str = Field(sa_column=Column(Text, nullable=False))
    note: str | None = Field(default=None, sa_column=Column(Text))
    geometry: dict[str, Any] = Field(
        sa_column=Column(JSONB, nullable=False), description="GeoJSON Polygon or MultiPolygon"
    )
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    updated_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))


class Listener(Table, table=True):
    """What came in through one address for receivers, counted with the commits of the lines."""

    __tablename__ = "listeners"

    name: str = Field(sa_column=Column(Text, primary_key=True))
    lines: int = Field(sa_column=Column(BigInteger, nullable=False))
    positions: int = Field(sa_column=Column(BigInteger, nullable=False))
    rejects: int = Field(sa_column=Column(BigInteger, nullable=False))
    committed_at: datetime = Field(sa_column=_instant(nullable=False))


class RoutesVersion(Table, table=True):
    """The one row whose number changes with every committed change of what routes show.

    Apart from the public data's version, which a listener would change every second.
    """

    __tablename__ = "routes_version"
    __table_args__ = (CheckConstraint("only_row", name="one_row"),)

    only_row: bool = Field(True, primary_key=True)
    version: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_at: datetime = Field(sa_column=_instant(nullable=False, server_default=text("now()")))
