"""Tables of analyses, of the findings they give, and of what happens to findings afterwards."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.access.models import account_key
from app.core.clock import now
from app.core.models import Table
from app.forensics.corpora.models import corpus_key


def _instant(nullable: bool = True) -> Column[Any]:
    return Column(DateTime(timezone=True), nullable=nullable)


def finding_key(**options: Any) -> Column[Any]:
    """A column that names a finding and goes with it."""
    return Column(Uuid, ForeignKey("findings.id", ondelete="CASCADE"), **options)


class Finding(Table, table=True):
    """What an analysis found, through all of its versions; `deleted_at` tells it was taken out.

    It goes with its account, and its documents with the corpus that they tell of, until it is
    published: from then on it outlives both.
    """

    __tablename__ = "findings"
    __table_args__ = (
        Index("ix_findings_account_id", "account_id", "created_at", "id"),
        CheckConstraint("(published_at IS NULL) = (private_to IS NOT NULL)", name="private_or_not"),
    )

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    account_id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("accounts.id", ondelete="SET NULL")),
        description="who asked for it, and may correct it and take it back",
    )
    private_to: int | None = Field(default=None, sa_column=account_key(nullable=True, index=True))
    corpus_id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, ForeignKey("corpora.id", ondelete="SET NULL"), index=True),
    )
    kind: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    published_at: datetime | None = Field(
        default=None, sa_column=_instant(), description="by an operator; then all may read it"
    )
    retracted_at: datetime | None = Field(default=None, sa_column=_instant())
    deleted_at: datetime | None = Field(default=None, sa_column=_instant())


class FindingVersion(Table, table=True):
    """One version: the document's bytes, and all that is needed to make them again."""

    __tablename__ = "finding_versions"

    finding_id: UUID = Field(sa_column=finding_key(primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    document: bytes = Field(
        sa_column=Column(LargeBinary, nullable=False), description="canonical JSON (RFC 8785)"
    )
    sha256: str = Field(sa_column=Column(Text, nullable=False), description="of the document")
    parameters: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    context: dict[str, Any] = Field(
        sa_column=Column(JSONB, nullable=False),
        description="source status and third-party claims as they stood when it was made",
    )
    until_post: int = Field(
        sa_column=Column(BigInteger, nullable=False), description="the last post that was there"
    )
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))


class Analysis(Table, table=True):
    """One run that was asked for: how far it is, and the finding it gave or made again."""

    __tablename__ = "analyses"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="status"
        ),
        CheckConstraint("purpose IN ('new', 'version', 'recompute')", name="purpose"),
        Index("ix_analyses_account_id", "account_id", "created_at", "id"),
    )

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    account_id: int = Field(sa_column=account_key(nullable=False))
    corpus_id: int = Field(sa_column=corpus_key(nullable=False, index=True))
    finding_id: UUID | None = Field(default=None, sa_column=finding_key(nullable=True, index=True))
    version: int | None = Field(default=None, sa_column=Column(Integer))
    purpose: str = Field(default="new", sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    parameters: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = Field(default="queued", sa_column=Column(Text, nullable=False))
    stage: str | None = Field(default=None, sa_column=Column(Text))
    done: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False), description="posts read"
    )
    total: int | None = Field(default=None, sa_column=Column(BigInteger))
    fault: str | None = Field(default=None, sa_column=Column(Text))
    recomputed: bytes | None = Field(
        default=None, sa_column=Column(LargeBinary), description="the document made again"
    )
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    started_at: datetime | None = Field(default=None, sa_column=_instant())
    finished_at: datetime | None = Field(default=None, sa_column=_instant())


class FindingEvent(Table, table=True):
    """Something that happened to a finding; nothing of it is ever taken back."""

    __tablename__ = "finding_events"
    __table_args__ = (Index("ix_finding_events_finding_id", "finding_id", "id"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    finding_id: UUID = Field(sa_column=finding_key(nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    version: int | None = Field(default=None, sa_column=Column(Integer))
    by: str = Field(sa_column=Column(Text, nullable=False), description="owner, operator, system")
    note: str | None = Field(default=None, sa_column=Column(Text))
    at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))


class FindingReply(Table, table=True):
    """What the holder of a named account says; shown once an operator has confirmed the holder."""

    __tablename__ = "finding_replies"
    __table_args__ = (
        CheckConstraint("status IN ('filed', 'confirmed', 'refused')", name="status"),
        Index("ix_finding_replies_finding_id", "finding_id", "filed_at"),
    )

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    finding_id: UUID = Field(sa_column=finding_key(nullable=False))
    filed_by: int | None = Field(
        default=None, sa_column=Column(BigInteger, ForeignKey("accounts.id", ondelete="SET NULL"))
    )
    account: str = Field(
        sa_column=Column(Text, nullable=False), description="as the finding names it"
    )
    text: str = Field(sa_column=Column(Text, nullable=False))
    proof: str = Field(sa_column=Column(Text, nullable=False), description="for the operator alone")
    status: str = Field(default="filed", sa_column=Column(Text, nullable=False))
    filed_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=_instant())
