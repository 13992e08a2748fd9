"""The rules of corpora: who sees and fills them, how much they hold, what goes for good."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.principal import Principal
from app.core.db import Database, Row, driver_connection
from app.core.errors import (
    ConflictError,
    GoneError,
    InvalidBodyError,
    InvalidParameterError,
    NotFoundError,
    RateLimitedError,
)
from app.core.jobs.queue import cancel, enqueue
from app.core.pagination import decode_cursor, encode_cursor
from app.core.settings import Settings
from app.forensics.corpora import repository, writer
from app.forensics.corpora.importer import CorpusGoneError, import_posts
from app.forensics.corpora.jobs import PURGE, enqueue_forgetting
from app.forensics.corpora.models import Corpus, CorpusUpload
from app.forensics.corpora.schemas import NAME_PATTERN, LinkKey, LinkWish, PostsQuery, UploadQuery
from app.forensics.corpora.spool import spooled
from app.forensics.findings.jobs import ANALYSE
from app.forensics.findings.repository import fetch_unfinished_of
from app.forensics.findings.writer import (
    delete_versions_naming,
    link_events,
    note_deleted_posts,
    withdraw_findings,
)
from app.forensics.sources.posts import ALIASES
from app.plans import Plan

MAX_UPLOADS_AT_ONCE = 2  # of one account, at each server process
MAX_RATIO = 200  # posts pack to a tenth or so; what unpacks to far more is a bomb
MIN_UNPACKED_BYTES = 32 << 20  # however little was sent
_CORPORA, _POSTS, _UPLOADS = "-id", "id", "-started_at,-id"


class PlanCapError(ConflictError):
    code = "plan_cap"


class Uploads:
    """Counts the uploads that this process takes in."""

    def __init__(self) -> None:
        self._open: dict[int, int] = {}

    def enter(self, account_id: int) -> Callable[[], None]:
        """Take a place; call the answer to give it back.

        Raises:
            RateLimitedError: the account has as many as it may.
        """
        if self._open.get(account_id, 0) >= MAX_UPLOADS_AT_ONCE:
            raise RateLimitedError(
                f"{MAX_UPLOADS_AT_ONCE} uploads are under way; wait for one",
                headers={"Retry-After": "10"},
            )
        self._open[account_id] = self._open.get(account_id, 0) + 1

        def leave() -> None:
            self._open[account_id] -= 1
            if not self._open[account_id]:
                del self._open[account_id]

        return leave


async def upload_posts(
    database: Database,
    settings: Settings,
    account_id: int,
    plan: Plan,
    name: str,
    query: UploadQuery,
    chunks: AsyncIterator[bytes],
) -> CorpusUpload:
    """Take a body of CSV or NDJSON into the caller's corpus, which is made when it is new.

    Raises:
        PlanCapError: the plan holds no more corpora, or no more posts in one.
        InvalidBodyError: the body is no table of posts.
        ConflictError: the name is that of a published corpus.
        NotFoundError: the corpus was deleted meanwhile.
    """
    columns = read_columns(query.column)
    corpus = await _get_or_create(database, account_id, plan, name)
    assert corpus.id is not None
    async with spooled(settings, chunks, query.file_name) as body:
        if body.start == b"PAR1":
            raise InvalidBodyError("Parquet is taken in by `vric ingest posts`; send CSV or NDJSON")
        unpacked = max(body.size_bytes * MAX_RATIO, MIN_UNPACKED_BYTES)
        most = min(settings.max_unpacked_bytes, unpacked)
        try:
            done = await import_posts(
                database, corpus.id, body, columns, plan.posts_per_corpus, most
            )
        except CorpusGoneError:
            raise NotFoundError("the corpus was deleted meanwhile") from None
    record = {"counts": done.counts, "upload": str(done.id)}
    if done.counts.get("over_cap"):
        raise PlanCapError(
            f"the plan {plan.key}: {done.fault}", extra={**record, "upgrade_url": "/plans"}
        )
    if done.fault is not None:
        raise InvalidBodyError(done.fault, extra=record)
    return done


async def _get_or_create(database: Database, account_id: int, plan: Plan, name: str) -> Corpus:
    async with database.session() as session:
        if (found := await repository.find_visible(session, account_id, name)) is not None:
            if found.account_id != account_id:
                raise ConflictError("a published corpus has this name; choose another")
            return found
        if await repository.count_corpora(session, account_id) >= plan.corpora:
            raise PlanCapError(f"the plan {plan.key} holds {plan.corpora} corpora; delete one")
        await writer.create_corpus(await driver_connection(session), account_id, name)
        made = await repository.find_own(session, account_id, name)
        assert made is not None
        return made


def check_name(name: str) -> None:
    """See that a corpus may have this name.

    Raises:
        InvalidParameterError: it may not.
    """
    if re.fullmatch(NAME_PATTERN, name) is None:
        raise InvalidParameterError(
            "the name of a corpus is 1 to 64 letters of A to Z, digits, '.', '_' and '-', a letter"
            " or digit first"
        )


def read_columns(given: Sequence[str]) -> dict[str, str]:
    """`field=column` pairs as a mapping.

    Raises:
        InvalidParameterError: one is no such pair, or names no field.
    """
    columns = {}
    for pair in given:
        field, equals, column = pair.partition("=")
        if field == "id":
            field = "post_id"
        if not equals or not column or field not in ALIASES or len(column) > 200:
            fields = ", ".join(name for name in ALIASES if name != "post_id")
            raise InvalidParameterError.of(
                "column", f"{pair[:60]!r}: give field=column; fields are id, {fields}"
            )
        columns[field] = column
    return columns


async def get_corpus(database: Database, account_id: int, name: str) -> Corpus:
    """A corpus that the caller may see.

    Raises:
        NotFoundError: there is none of this name.
        GoneError: there was one, which was deleted.
    """
    async with database.session() as session:
        corpus = await repository.find_visible(session, account_id, name)
        if corpus is not None:
            return corpus
        tombstone = await repository.find_tombstone(session, account_id, name)
    if tombstone is not None:
        raise GoneError(
            f"the corpus was deleted on {tombstone.deleted_at:%Y-%m-%d},"
            f" with its {tombstone.post_count:,} posts"
        )
    raise NotFoundError("there is no such corpus")


async def get_own_corpus(database: Database, account_id: int, name: str) -> Corpus:
    """A corpus of the caller's own.

    Raises:
        NotFoundError: the caller has none of this name.
        GoneError: there was one, which was deleted.
    """
    corpus = await get_corpus(database, account_id, name)
    if corpus.account_id != account_id:
        raise NotFoundError("there is no such corpus of yours; a published one cannot be changed")
    return corpus


async def list_corpora(
    database: Database, caller: Principal, limit: int, cursor: str | None
) -> tuple[list[Corpus], str | None]:
    """What the caller may see, newest first, and the cursor of the next page."""
    assert caller.account_id is not None
    after = None if cursor is None else int(decode_cursor(cursor, _CORPORA, (int,))[0])
    async with database.session() as session:
        found = list(await repository.list_corpora(session, caller.account_id, limit + 1, after))
    if len(found) <= limit:
        return found, None
    last = found[limit - 1].id
    assert last is not None
    return found[:limit], encode_cursor(_CORPORA, (last,))


async def list_uploads(
    database: Database, corpus: Corpus, limit: int, cursor: str | None
) -> tuple[list[CorpusUpload], str | None]:
    """The uploads of a corpus, newest first, and the cursor of the next page."""
    after = None
    if cursor is not None:
        at, upload_id = decode_cursor(cursor, _UPLOADS, (str, str))
        try:
            after = (datetime.fromisoformat(str(at)), UUID(str(upload_id)))
        except ValueError:
            raise InvalidParameterError.of("cursor", "not a cursor of this list") from None
    assert corpus.id is not None
    async with database.session() as session:
        found = list(await repository.list_uploads(session, corpus.id, limit + 1, after))
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor(_UPLOADS, (last.started_at.isoformat(), str(last.id)))


async def list_posts(
    database: Database, corpus: Corpus, query: PostsQuery
) -> tuple[list[Row], str | None]:
    """The posts of a corpus in the order in which they came, and the cursor of the next page."""
    after = 0 if query.cursor is None else int(decode_cursor(query.cursor, _POSTS, (int,))[0])
    assert corpus.id is not None
    found = await repository.fetch_posts(
        database, corpus.id, query.limit + 1, after, query.account, query.id, query.linked_to
    )
    if len(found) <= query.limit:
        return found, None
    page = found[: query.limit]
    return page, encode_cursor(_POSTS, (page[-1]["id"],))


async def delete_post(database: Database, corpus: Corpus, platform: str, post_id: str) -> None:
    """Delete a post for good; findings that had it in hold an event of it.

    Raises:
        NotFoundError: there is none.
    """
    assert corpus.id is not None
    async with database.transaction() as connection:
        if not await writer.delete_post(connection, corpus.id, platform, post_id):
            raise NotFoundError("there is no such post")
        await note_deleted_posts(connection, corpus.id, 1)


async def delete_posts_of(database: Database, corpus: Corpus, account: str) -> tuple[int, int]:
    """Delete all posts of an account for good; how many went, and how many a job will take.

    Findings that had them in hold an event of it; versions that name the account go.

    Raises:
        NotFoundError: there are none.
    """
    assert corpus.id is not None
    async with database.transaction() as connection:
        count = await repository.count_posts_of(connection, corpus.id, account)
        if not count:
            raise NotFoundError("there is no such post")
        is_first = True
        if count > writer.PURGED_AT_ONCE:
            is_first = await enqueue_forgetting(connection, corpus.id, account)
        deleted = await writer.delete_posts_of(connection, corpus.id, account)
        if is_first:  # else the job that is under way has told of all
            await note_deleted_posts(connection, corpus.id, count)
        await delete_versions_naming(connection, corpus.id, account)
    return deleted, count - deleted


async def delete_corpus(database: Database, corpus: Corpus) -> None:
    """Delete a corpus with its posts, uploads, links and analyses, and the documents of findings.

    The posts of a large one are deleted in steps by a job.
    """
    assert corpus.id is not None
    async with database.transaction() as connection:
        await _take_away(connection, corpus.id)
        if await writer.purge_step(connection, corpus.id):
            await enqueue(connection, PURGE.name, {}, subject="all")


async def delete_corpora_of(session: AsyncSession, account_id: int) -> None:
    """Delete what an account has here, before it is deleted itself, within the same transaction.

    Tombstones stay, of nobody and without names; posts are deleted in steps by a job.
    """
    connection = await driver_connection(session)
    for corpus_id in await repository.fetch_corpora_of(connection, account_id):
        await _take_away(connection, corpus_id)
        await enqueue(connection, PURGE.name, {}, subject="all")
    await writer.disown_tombstones(connection, account_id)


async def _take_away(connection: asyncpg.Connection, corpus_id: int) -> None:
    """End all that is made of a corpus, and take it from everybody."""
    for analysis_id in await fetch_unfinished_of(connection, corpus_id):
        await cancel(connection, ANALYSE.name, str(analysis_id))
    await withdraw_findings(connection, corpus_id)
    await writer.mark_deleted(connection, corpus_id)


async def link_post(database: Database, corpus: Corpus, wish: LinkWish) -> None:
    """Link a post to an event, an outlet or a report.

    Raises:
        InvalidBodyError: there is no such target.
        NotFoundError: there is no such post.
    """
    assert corpus.id is not None
    async with database.transaction() as connection:
        if not await repository.has_target(connection, wish.kind, wish.target):
            raise InvalidBodyError.of("target", f"there is no such {wish.kind}")
        if not await writer.link_post(
            connection, corpus.id, wish.platform, wish.id, wish.kind, wish.target, wish.note
        ):
            raise NotFoundError("there is no such post in the corpus")
        if wish.kind == "event":
            await link_events(connection, corpus_id=corpus.id)


async def unlink_post(database: Database, corpus: Corpus, wish: LinkKey) -> None:
    """Take a link away.

    Raises:
        NotFoundError: there was none.
    """
    assert corpus.id is not None
    async with database.transaction() as connection:
        if not await writer.unlink_post(
            connection, corpus.id, wish.platform, wish.id, wish.kind, wish.target
        ):
            raise NotFoundError("there is no such link")
        if wish.kind == "event":
            await link_events(connection, corpus_id=corpus.id)
