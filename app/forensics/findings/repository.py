"""Reading analyses and findings, and the posts that go into an analysis."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import func, tuple_
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import driver_connection
from app.forensics.corpora.models import PostLink
from app.forensics.findings.models import (
    Analysis,
    Finding,
    FindingEvent,
    FindingReply,
    FindingVersion,
)

CHUNK = 5_000
UNFINISHED = ("queued", "running")
_SCOPE = """
SELECT c.name, coalesce(max(p.id), 0) AS until_post, count(p.id) AS posts
FROM corpora c LEFT JOIN posts p ON p.corpus_id = c.id AND p.id <= $2
WHERE c.id = $1 GROUP BY c.name
"""
_POSTS = """
SELECT platform, post_id, account, (extract(epoch FROM at) * 1000000)::bigint AS at_us, is_day_only,
       text, language, urls, hashtags, mentions, media_hashes, repost_of, reply_to, source, owner,
       synthetic, raw_sha256
FROM posts WHERE corpus_id = $1 AND id <= $2 ORDER BY id
"""
_USED = """
SELECT platform, post_id, permalink AS url, at, clock, captured_at, raw_sha256, text, synthetic
FROM posts
WHERE corpus_id = $1 AND id <= $2 AND at IS NOT NULL AND NOT is_day_only
  AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at <= $4)
ORDER BY platform COLLATE "C", post_id COLLATE "C"
"""
_DELETED_OF = """
SELECT count(*) FROM post_tombstones t
WHERE t.corpus_id = $1 AND t.id <= $2 AND t.deleted_at > $3
"""
_UNFINISHED_OF = """
SELECT id FROM analyses WHERE corpus_id = $1 AND status IN ('queued', 'running')
"""


async def list_linked_events(session: AsyncSession, finding: Finding, limit: int) -> Sequence[str]:
    """The ids of events that posts of a finding's corpus are linked to."""
    statement = (
        select(PostLink.target)
        .where(PostLink.corpus_id == finding.corpus_id, PostLink.kind == "event")
        .distinct()
        .order_by(PostLink.target)
        .limit(limit)
    )
    return (await session.exec(statement)).all()


async def fetch_scope(
    snapshot: asyncpg.Connection, corpus_id: int, until_post: int | None
) -> tuple[str, int, int] | None:
    """The name of a corpus, its last post, and how many there are up to it; `None` if it is gone."""
    row = await snapshot.fetchrow(_SCOPE, corpus_id, 2**62 if until_post is None else until_post)
    return None if row is None else (row["name"], row["until_post"], row["posts"])


async def stream_posts(
    snapshot: asyncpg.Connection, corpus_id: int, until_post: int
) -> AsyncIterator[list[asyncpg.Record]]:
    """The posts of a corpus up to one of them, in chunks."""
    cursor = await snapshot.cursor(_POSTS, corpus_id, until_post)
    while rows := await cursor.fetch(CHUNK):
        yield rows


async def stream_used_posts(
    snapshot: asyncpg.Connection,
    corpus_id: int,
    until_post: int,
    since: datetime | None,
    until: datetime | None,
) -> AsyncIterator[list[asyncpg.Record]]:
    """The posts that a finding used, in the order of platform and post id, in chunks.

    Their raw hashes in this order make `input.sha256` of the finding's document, unless posts were
    deleted since.
    """
    cursor = await snapshot.cursor(_USED, corpus_id, until_post, since, until)
    while rows := await cursor.fetch(CHUNK):
        yield rows


async def find_analysis(
    session: AsyncSession, account_id: int, analysis_id: UUID, *, lock: bool = False
) -> Analysis | None:
    """An account's analysis."""
    statement = select(Analysis).where(
        Analysis.id == analysis_id, Analysis.account_id == account_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(statement)).first()


async def count_unfinished(session: AsyncSession, account_id: int) -> int:
    """How many analyses of an account are still to be done."""
    statement = select(func.count()).where(
        Analysis.account_id == account_id, col(Analysis.status).in_(UNFINISHED)
    )
    return (await session.exec(statement)).one()


async def fetch_unfinished_of(connection: asyncpg.Connection, corpus_id: int) -> list[UUID]:
    """The analyses of a corpus that are still to be done."""
    return [row["id"] for row in await connection.fetch(_UNFINISHED_OF, corpus_id)]


async def list_analyses(
    session: AsyncSession, account_id: int, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Analysis]:
    """At most `limit` analyses of an account, newest first."""
    order = (col(Analysis.created_at), col(Analysis.id))
    statement = select(Analysis).where(Analysis.account_id == account_id)
    if after is not None:
        statement = statement.where(tuple_(*order) < after)
    ordered = statement.order_by(*(column.desc() for column in order)).limit(limit)
    return (await session.exec(ordered)).all()


async def find_finding(session: AsyncSession, account_id: int, finding_id: UUID) -> Finding | None:
    """A finding that an account may see: its own, or a published one."""
    statement = select(Finding).where(
        Finding.id == finding_id,
        or_(Finding.account_id == account_id, col(Finding.published_at).is_not(None)),
    )
    return (await session.exec(statement)).first()


async def find_version(
    session: AsyncSession, finding_id: UUID, number: int | None
) -> FindingVersion | None:
    """A version of a finding, without a number the latest that is there."""
    statement = select(FindingVersion).where(FindingVersion.finding_id == finding_id)
    if number is not None:
        statement = statement.where(FindingVersion.number == number)
    return (await session.exec(statement.order_by(col(FindingVersion.number).desc()))).first()


async def list_versions(session: AsyncSession, finding_id: UUID) -> list[dict[str, Any]]:
    """The versions of a finding that are there, without their documents."""
    statement = (
        select(FindingVersion.number, FindingVersion.sha256, FindingVersion.created_at)
        .where(FindingVersion.finding_id == finding_id)
        .order_by(col(FindingVersion.number))
    )
    rows = (await session.exec(statement)).all()
    return [{"number": row[0], "sha256": row[1], "created_at": row[2]} for row in rows]


async def list_findings(
    session: AsyncSession,
    account_id: int,
    limit: int,
    after: tuple[datetime, UUID] | None,
    event: int | None,
) -> Sequence[Finding]:
    """At most `limit` findings that an account may see, newest first; of an event those whose
    corpus has a post on it."""
    order = (col(Finding.created_at), col(Finding.id))
    statement = select(Finding).where(
        or_(Finding.account_id == account_id, col(Finding.published_at).is_not(None))
    )
    if event is not None:
        told = select(PostLink.corpus_id).where(
            PostLink.kind == "event", PostLink.target == str(event)
        )
        statement = statement.where(col(Finding.corpus_id).in_(told))
    if after is not None:
        statement = statement.where(tuple_(*order) < after)
    ordered = statement.order_by(*(column.desc() for column in order)).limit(limit)
    return (await session.exec(ordered)).all()


async def list_events(session: AsyncSession, finding_id: UUID) -> Sequence[FindingEvent]:
    """What happened to a finding, first thing first."""
    statement = select(FindingEvent).where(FindingEvent.finding_id == finding_id)
    return (await session.exec(statement.order_by(col(FindingEvent.id)))).all()


async def list_replies(
    session: AsyncSession, finding_id: UUID, status: str
) -> Sequence[FindingReply]:
    """The replies to a finding, oldest first."""
    statement = select(FindingReply).where(
        FindingReply.finding_id == finding_id, FindingReply.status == status
    )
    return (await session.exec(statement.order_by(col(FindingReply.filed_at)))).all()


async def list_waiting_replies(session: AsyncSession) -> Sequence[FindingReply]:
    """The replies that an operator has to look at, oldest first."""
    statement = select(FindingReply).where(FindingReply.status == "filed")
    return (await session.exec(statement.order_by(col(FindingReply.filed_at)).limit(1_000))).all()


async def count_replies(session: AsyncSession, finding_id: UUID, account_id: int) -> int:
    """How many replies of an account to a finding wait to be looked at."""
    statement = select(func.count()).where(
        FindingReply.finding_id == finding_id,
        FindingReply.filed_by == account_id,
        FindingReply.status == "filed",
    )
    return (await session.exec(statement)).one()


async def find_recomputed(
    session: AsyncSession, account_id: int, finding_id: UUID
) -> Analysis | None:
    """The last time that an account had a finding made again."""
    statement = (
        select(Analysis)
        .where(
            Analysis.finding_id == finding_id,
            Analysis.account_id == account_id,
            Analysis.purpose == "recompute",
        )
        .order_by(col(Analysis.created_at).desc())
    )
    return (await session.exec(statement)).first()


async def count_deleted(
    session: AsyncSession, corpus_id: int, until_post: int, since: datetime
) -> int:
    """How many posts that a version was made from have been deleted since."""
    connection = await driver_connection(session)
    return int(await connection.fetchval(_DELETED_OF, corpus_id, until_post, since))
