"""Tables of corpora, their posts and uploads, what was deleted, and what posts are linked to."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from app.access.models import account_key
from app.core.clock import now
from app.core.models import Table


def _instant(nullable: bool = True) -> Column[Any]:
    return Column(DateTime(timezone=True), nullable=nullable)


def corpus_key(**options: Any) -> Column[Any]:
    """A column that names a corpus and goes with it."""
    return Column(BigInteger, ForeignKey("corpora.id", ondelete="CASCADE"), **options)


def _texts() -> Column[Any]:
    return Column(ARRAY(Text), nullable=False, server_default=sql("'{}'"))


class Corpus(Table, table=True):
    """A named collection of posts. Without an account it is the operators', who may publish it.

    One that was deleted belongs to nobody and has no name; it is there until its posts are gone.
    """

    __tablename__ = "corpora"
    __table_args__ = (
        UniqueConstraint("account_id", "name", postgresql_nulls_not_distinct=True),
        CheckConstraint("published_at IS NULL OR account_id IS NULL", name="published_by_operator"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    account_id: int | None = Field(default=None, sa_column=account_key(nullable=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    post_count: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default=sql("0"))
    )
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    updated_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    published_at: datetime | None = Field(default=None, sa_column=_instant())
    deleted_at: datetime | None = Field(default=None, sa_column=_instant())


class Post(Table, table=True):
    """One post or article. The key begins with the corpus, so that the table can be distributed.

    Within a corpus `id` rises in the order of commits: what stood there at an instant is what is not
    above an id.
    """

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("corpus_id", "platform", "post_id"),
        CheckConstraint("clock IN ('published', 'modified', 'captured', 'none')", name="clock"),
        Index("ix_posts_at", "corpus_id", "at", "id"),
        Index("ix_posts_account", "corpus_id", "account", "id"),
    )

    corpus_id: int = Field(sa_column=corpus_key(primary_key=True, nullable=False))
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    platform: str = Field(sa_column=Column(Text, nullable=False), description="empty if not told")
    post_id: str = Field(sa_column=Column(Text, nullable=False), description="the platform's")
    account: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime | None = Field(default=None, sa_column=_instant(), description="by that clock")
    clock: str = Field(sa_column=Column(Text, nullable=False))
    is_day_only: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=sql("false"))
    )
    captured_at: datetime | None = Field(default=None, sa_column=_instant())
    text: str | None = Field(default=None, sa_column=Column(Text))
    language: str | None = Field(default=None, sa_column=Column(Text), description="as it was told")
    urls: list[str] = Field(default_factory=list, sa_column=_texts())
    hashtags: list[str] = Field(default_factory=list, sa_column=_texts())
    mentions: list[str] = Field(default_factory=list, sa_column=_texts())
    media_hashes: list[str] = Field(default_factory=list, sa_column=_texts())
    repost_of: str | None = Field(default=None, sa_column=Column(Text))
    reply_to: str | None = Field(default=None, sa_column=Column(Text))
    permalink: str | None = Field(default=None, sa_column=Column(Text), description="of the post")
    source: str | None = Field(default=None, sa_column=Column(Text), description="credit, agency")
    owner: str | None = Field(default=None, sa_column=Column(Text), description="of the account")
    synthetic: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=sql("false"))
    )
    raw_sha256: bytes = Field(
        sa_column=Column(LargeBinary, nullable=False), description="of the line as it came"
    )


class CorpusUpload(Table, table=True):
    """One upload: from which bytes, how far it is, with which counts and rejects."""

    __tablename__ = "corpus_uploads"
    __table_args__ = (
        CheckConstraint("status IN ('running', 'done', 'failed')", name="status"),
        Index("ix_corpus_uploads_corpus_id", "corpus_id", "started_at"),
    )

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    corpus_id: int = Field(sa_column=corpus_key(nullable=False))
    file_name: str | None = Field(default=None, sa_column=Column(Text))
    sha256: str = Field(
        sa_column=Column(Text, nullable=False), description="of the file as it came"
    )
    size_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    status: str = Field(default="running", sa_column=Column(Text, nullable=False))
    fault: str | None = Field(default=None, sa_column=Column(Text))
    counts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    unused_columns: list[str] = Field(default_factory=list, sa_column=_texts())
    rejects: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False), description="the first 1,000"
    )
    started_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=_instant())


class PostTombstone(Table, table=True):
    """That a post was deleted. Which one is a hash: it stays away, and nobody can read it here."""

    __tablename__ = "post_tombstones"

    corpus_id: int = Field(sa_column=corpus_key(primary_key=True, nullable=False))
    digest: bytes = Field(
        sa_column=Column(LargeBinary, primary_key=True),
        description="SHA-256 of platform, unit separator, post_id",
    )
    id: int = Field(sa_column=Column(BigInteger, nullable=False), description="that the post had")
    deleted_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))


class CorpusTombstone(Table, table=True):
    """That a corpus was deleted with all of its posts."""

    __tablename__ = "corpus_tombstones"
    __table_args__ = (Index("ix_corpus_tombstones_account_id", "account_id", "name"),)

    corpus_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    account_id: int | None = Field(default=None, sa_column=account_key(nullable=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    post_count: int = Field(sa_column=Column(BigInteger, nullable=False))
    created_at: datetime = Field(sa_column=_instant(nullable=False))
    deleted_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))


class PostLink(Table, table=True):
    """That a post tells of an event, stands in an outlet, or is cited by a report."""

    __tablename__ = "post_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["corpus_id", "post"], ["posts.corpus_id", "posts.id"], ondelete="CASCADE"
        ),
        CheckConstraint("kind IN ('event', 'outlet', 'report')", name="kind"),
        Index("ix_post_links_target", "kind", "target"),
    )

    corpus_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    post: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: str = Field(sa_column=Column(Text, primary_key=True))
    target: str = Field(
        sa_column=Column(Text, primary_key=True), description="an event's, outlet's or report's id"
    )
    note: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(default_factory=now, sa_column=_instant(nullable=False))
