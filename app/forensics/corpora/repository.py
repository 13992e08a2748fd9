"""Reading corpora, their posts, uploads and links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import func, tuple_
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import Database, Row
from app.forensics.corpora.models import Corpus, CorpusTombstone, CorpusUpload

_LINKS = """
coalesce((SELECT json_agg(json_build_object('kind', l.kind, 'target', l.target, 'note', l.note)
                          ORDER BY l.kind, l.target)
          FROM post_links l WHERE l.corpus_id = p.corpus_id AND l.post = p.id), '[]') AS links
"""
_POSTS = f"""
SELECT p.id, platform, post_id, account, at, clock, is_day_only, captured_at, text, language, urls,
       hashtags, mentions, media_hashes, repost_of, reply_to, permalink, source, owner, synthetic,
       encode(raw_sha256, 'hex') AS raw_sha256, {_LINKS}
FROM posts p
WHERE corpus_id = $1 AND p.id > $2 AND ($4::text IS NULL OR account = $4)
  AND ($5::text IS NULL OR post_id = $5)
  AND ($6::text IS NULL OR p.id = ANY(ARRAY(SELECT l.post FROM post_links l
                                            WHERE l.corpus_id = $1 AND l.kind = $6
                                              AND l.target = $7 AND l.post > $2)))
ORDER BY p.id LIMIT $3
"""
_CORPORA_OF = "SELECT id FROM corpora WHERE account_id = $1 ORDER BY id"
_ACCOUNT_OF = "SELECT account_id FROM corpora WHERE id = $1"
_COUNT_OF = "SELECT count(*) FROM posts WHERE corpus_id = $1 AND account = $2"
_TARGETS = {
    "event": "SELECT EXISTS (SELECT FROM events WHERE id::text = $1)",
    "outlet": "SELECT EXISTS (SELECT FROM outlets WHERE id = $1)",
    "report": "SELECT EXISTS (SELECT FROM editions WHERE id = $1)",
}


async def find_own(
    session: AsyncSession, account_id: int | None, name: str, *, lock: bool = False
) -> Corpus | None:
    """The corpus of an account, or without one the operators'."""
    statement = select(Corpus).where(
        Corpus.name == name, col(Corpus.account_id).is_not_distinct_from(account_id)
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def find_visible(session: AsyncSession, account_id: int, name: str) -> Corpus | None:
    """The account's own corpus of a name, else the published one."""
    statement = (
        select(Corpus)
        .where(Corpus.name == name, _visible(account_id))
        .order_by(col(Corpus.account_id).nulls_last())
    )
    return (await session.exec(statement)).first()


async def find_tombstone(
    session: AsyncSession, account_id: int, name: str
) -> CorpusTombstone | None:
    """The last deletion of a corpus of a name."""
    statement = (
        select(CorpusTombstone)
        .where(CorpusTombstone.account_id == account_id, CorpusTombstone.name == name)
        .order_by(col(CorpusTombstone.deleted_at).desc())
    )
    return (await session.exec(statement)).first()


async def list_deleted(session: AsyncSession) -> Sequence[int]:
    """The corpora that are deleted and whose posts are not all gone yet."""
    statement = select(Corpus.id).where(col(Corpus.deleted_at).is_not(None))
    return [id_ for id_ in (await session.exec(statement)).all() if id_ is not None]


async def count_corpora(session: AsyncSession, account_id: int) -> int:
    """How many corpora an account has."""
    statement = select(func.count()).where(Corpus.account_id == account_id)
    return (await session.exec(statement)).one()


async def list_corpora(
    session: AsyncSession, account_id: int, limit: int, after: int | None
) -> Sequence[Corpus]:
    """At most `limit` corpora that an account may see, newest first."""
    statement = select(Corpus).where(_visible(account_id))
    if after is not None:
        statement = statement.where(col(Corpus.id) < after)
    return (await session.exec(statement.order_by(col(Corpus.id).desc()).limit(limit))).all()


def _visible(account_id: int) -> Any:
    return or_(Corpus.account_id == account_id, col(Corpus.published_at).is_not(None))


async def list_uploads(
    session: AsyncSession, corpus_id: int, limit: int, after: tuple[datetime, Any] | None
) -> Sequence[CorpusUpload]:
    """At most `limit` uploads of a corpus, newest first."""
    order = (col(CorpusUpload.started_at), col(CorpusUpload.id))
    statement = select(CorpusUpload).where(CorpusUpload.corpus_id == corpus_id)
    if after is not None:
        statement = statement.where(tuple_(*order) < after)
    ordered = statement.order_by(*(column.desc() for column in order)).limit(limit)
    return (await session.exec(ordered)).all()


async def fetch_posts(
    database: Database,
    corpus_id: int,
    limit: int,
    after: int,
    account: str | None,
    post_id: str | None,
    linked_to: tuple[str, str] | None,
) -> list[Row]:
    """At most `limit` posts in the order in which they came, with their links as JSON bytes."""
    kind, target = linked_to or (None, None)
    arguments = [corpus_id, after, limit, account, post_id, kind, target]
    return await database.fetch(_POSTS, arguments)


async def fetch_corpora_of(connection: asyncpg.Connection, account_id: int) -> list[int]:
    """The corpora of an account."""
    return [row["id"] for row in await connection.fetch(_CORPORA_OF, account_id)]


async def fetch_account_of(connection: asyncpg.Connection, corpus_id: int) -> int | None:
    """Whose a corpus is; `None` for the operators', and when it is gone."""
    account_id: int | None = await connection.fetchval(_ACCOUNT_OF, corpus_id)
    return account_id


async def count_posts_of(connection: asyncpg.Connection, corpus_id: int, account: str) -> int:
    """How many posts of an account a corpus holds."""
    return int(await connection.fetchval(_COUNT_OF, corpus_id, account))


async def has_target(connection: asyncpg.Connection, kind: str, target: str) -> bool:
    """Whether there is the event, outlet or report that a post is to be linked to."""
    return bool(await connection.fetchval(_TARGETS[kind], target))
