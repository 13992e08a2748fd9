"""The rules of analyses and findings: who may ask, what a finding shows, what becomes of it."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.idempotency import Once
from app.access.principal import Principal
from app.core.db import Database, driver_connection
from app.core.errors import (
    CommandError,
    ConflictError,
    GoneError,
    InvalidBodyError,
    InvalidParameterError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from app.core.jobs.queue import cancel, enqueue
from app.core.pagination import decode_cursor, encode_cursor
from app.forensics.corpora import repository as corpora
from app.forensics.findings import repository, writer
from app.forensics.findings.document import FindingDocument
from app.forensics.findings.jobs import ANALYSE
from app.forensics.findings.models import Analysis, Finding, FindingReply, FindingVersion
from app.forensics.findings.schemas import (
    AnalysisShown,
    AnalysisWish,
    FindingShown,
    ReplyFiled,
    ReplyWish,
)
from app.forensics.findings.views import analysis_shown, event_shown, summary_shown

MAX_UNFINISHED = 10
MAX_WAITING_REPLIES = 5
_SORT = "-created_at,-id"


async def create_analysis(
    database: Database, caller: Principal, wish: AnalysisWish, once: Once | None
) -> AnalysisShown:
    """Ask for an analysis.

    Raises:
        InvalidBodyError: there is no such corpus, or no such finding of the caller's.
        ConflictError: the finding that is to get a version is of another corpus, or was taken back.
        RateLimitedError: too many are unfinished.
        UnavailableError: the engine is not installed; the message says what to install.
    """
    account_id = caller.account_id
    assert account_id is not None
    await _check_engine(wish)
    async with database.session() as session:
        if once is not None and (first := await once.begin(session, account_id)):
            return AnalysisShown.model_validate_json(first.body)
        corpus = await corpora.find_visible(session, account_id, wish.corpus)
        if corpus is None:
            raise InvalidBodyError.of("corpus", "there is no such corpus")
        assert corpus.id is not None
        if wish.finding is not None:
            await _check_versionable(session, account_id, wish, corpus.id)
        analysis = Analysis(
            account_id=account_id,
            corpus_id=corpus.id,
            finding_id=wish.finding,
            purpose="new" if wish.finding is None else "version",
            kind=wish.kind,
            parameters=wish.stored(),
        )
        await _queue(session, analysis)
        shown = analysis_shown(analysis)
        if once is not None:
            await once.keep(session, 202, shown.model_dump_json())
    return shown


async def _check_engine(wish: AnalysisWish) -> None:
    if wish.engine == "none":
        return
    from app.forensics.engines import engine_named  # noqa: PLC0415 - heavy, and rarely asked for

    try:
        await asyncio.to_thread(engine_named, wish.engine)
    except CommandError as error:
        raise UnavailableError(str(error), extra={"engine": wish.engine}) from None


async def _check_versionable(
    session: AsyncSession, account_id: int, wish: AnalysisWish, corpus_id: int
) -> None:
    assert wish.finding is not None
    finding = await repository.find_finding(session, account_id, wish.finding)
    if finding is None or finding.account_id != account_id:
        raise InvalidBodyError.of("finding", "you have no such finding")
    if finding.retracted_at is not None or finding.deleted_at is not None:
        raise ConflictError("the finding was taken back; ask for a new one")
    if finding.corpus_id != corpus_id or finding.kind != wish.kind:
        raise ConflictError("the finding is of another corpus or kind")


async def _queue(session: AsyncSession, analysis: Analysis) -> None:
    session.add(analysis)
    await session.flush()
    connection = await driver_connection(session)
    subject = str(analysis.id)
    share = f"account:{analysis.account_id}"
    await enqueue(connection, ANALYSE.name, {"analysis": subject}, share=share, subject=subject)
    # Counted after the queue has put this account's requests in line.
    if await repository.count_unfinished(session, analysis.account_id) > MAX_UNFINISHED:
        raise RateLimitedError(
            f"{MAX_UNFINISHED} analyses are unfinished; wait for one or cancel one",
            headers={"Retry-After": "30"},
        )


async def get_analysis(database: Database, caller: Principal, analysis_id: UUID) -> AnalysisShown:
    """How far an analysis is.

    Raises:
        NotFoundError: the caller has none of this id.
    """
    assert caller.account_id is not None
    async with database.session() as session:
        analysis = await repository.find_analysis(session, caller.account_id, analysis_id)
        if analysis is None:
            raise NotFoundError("there is no such analysis")
        version = await _version_made_again(session, analysis)
    return analysis_shown(analysis, version)


async def _version_made_again(session: AsyncSession, analysis: Analysis) -> FindingVersion | None:
    if analysis.recomputed is None or analysis.finding_id is None:
        return None
    return await repository.find_version(session, analysis.finding_id, analysis.version)


async def list_analyses(
    database: Database, caller: Principal, limit: int, cursor: str | None
) -> tuple[list[AnalysisShown], str | None]:
    """The caller's analyses, newest first, and the cursor of the next page."""
    assert caller.account_id is not None
    async with database.session() as session:
        found = list(
            await repository.list_analyses(session, caller.account_id, limit + 1, _after(cursor))
        )
    return [analysis_shown(one) for one in found[:limit]], _cursor(found, limit)


async def cancel_analysis(database: Database, caller: Principal, analysis_id: UUID) -> None:
    """Stop an analysis, wherever it is; one that has ended stays as it is.

    Raises:
        NotFoundError: the caller has none of this id.
    """
    assert caller.account_id is not None
    async with database.session() as session:
        if await repository.find_analysis(session, caller.account_id, analysis_id) is None:
            raise NotFoundError("there is no such analysis")
        connection = await driver_connection(session)
        await cancel(connection, ANALYSE.name, str(analysis_id))
        await writer.cancel(connection, analysis_id)


async def list_findings(
    database: Database, caller: Principal, limit: int, cursor: str | None
) -> tuple[list[Finding], str | None]:
    """What the caller may see, newest first, and the cursor of the next page."""
    assert caller.account_id is not None
    async with database.session() as session:
        found = list(
            await repository.list_findings(session, caller.account_id, limit + 1, _after(cursor))
        )
    return found[:limit], _cursor(found, limit)


async def get_finding(
    database: Database, caller: Principal, finding_id: UUID, *, own: bool = False
) -> Finding:
    """A finding that the caller may see, or with `own` may change.

    Raises:
        NotFoundError: there is none.
        GoneError: its corpus was deleted.
    """
    assert caller.account_id is not None
    async with database.session() as session:
        finding = await repository.find_finding(session, caller.account_id, finding_id)
    if finding is None or (own and finding.account_id != caller.account_id):
        raise NotFoundError("there is no such finding")
    if finding.deleted_at is not None:
        raise GoneError(
            f"the finding went with its corpus on {finding.deleted_at:%Y-%m-%d}",
            extra={"finding": "deleted"},
        )
    return finding


async def get_version(
    database: Database, caller: Principal, finding_id: UUID, number: int | None
) -> FindingVersion:
    """One version of a finding, the latest by default.

    Raises:
        NotFoundError: there is no such finding or version.
        GoneError: it was deleted.
    """
    await get_finding(database, caller, finding_id)
    async with database.session() as session:
        version = await repository.find_version(session, finding_id, number)
        events = await repository.list_events(session, finding_id)
    if version is not None:
        return version
    if number is None or any(event.version == number for event in events):
        raise GoneError("the version was deleted, because it named an account whose posts were")
    raise NotFoundError("there is no such version")


async def show_finding(database: Database, caller: Principal, finding_id: UUID) -> FindingShown:
    """A finding with its latest version, and what has happened to it.

    Raises:
        NotFoundError: there is none.
        GoneError: its corpus, or every version of it, was deleted.
    """
    finding = await get_finding(database, caller, finding_id)
    version = await get_version(database, caller, finding_id, None)
    async with database.session() as session:
        versions = await repository.list_versions(session, finding_id)
        events = await repository.list_events(session, finding_id)
        replies = await repository.list_replies(session, finding_id, "confirmed")
    return FindingShown(
        **summary_shown(finding).model_dump(),
        version=version.number,
        sha256=version.sha256,
        document=FindingDocument.model_validate_json(version.document),
        versions=versions,
        replies=[reply.model_dump() for reply in replies],
        events=[event_shown(event) for event in events],
    )


async def recompute(
    database: Database, caller: Principal, finding_id: UUID, number: int | None
) -> AnalysisShown:
    """Ask that a version be made again from the same posts.

    Raises:
        ConflictError: posts that it was made from were deleted.
    """
    assert caller.account_id is not None
    finding = await get_finding(database, caller, finding_id)
    version = await get_version(database, caller, finding_id, number)
    assert finding.corpus_id is not None
    async with database.session() as session:
        deleted = await repository.count_deleted(
            session, finding.corpus_id, version.until_post, version.created_at
        )
        if deleted:
            raise ConflictError(
                f"{deleted} posts that it was made from were deleted; ask for another version",
                extra={"deleted_posts": deleted},
            )
        analysis = Analysis(
            account_id=caller.account_id,
            corpus_id=finding.corpus_id,
            finding_id=finding_id,
            version=version.number,
            purpose="recompute",
            kind=finding.kind,
            parameters=version.parameters,
        )
        await _queue(session, analysis)
    return analysis_shown(analysis)


async def get_recomputed(database: Database, caller: Principal, finding_id: UUID) -> Analysis:
    """The last document that the caller had made again.

    Raises:
        ConflictError: there is none yet.
    """
    assert caller.account_id is not None
    await get_finding(database, caller, finding_id)
    async with database.session() as session:
        analysis = await repository.find_recomputed(session, caller.account_id, finding_id)
    if analysis is None or analysis.recomputed is None:
        state = f"it is {analysis.status}" if analysis is not None else "POST asks for it"
        why = f": {analysis.fault}" if analysis is not None and analysis.fault else ""
        raise ConflictError(f"the finding was not made again yet; {state}{why}")
    return analysis


async def correct(database: Database, caller: Principal, finding_id: UUID, note: str) -> None:
    """Add a correction to the caller's own finding; it is shown with it from then on."""
    await get_finding(database, caller, finding_id, own=True)
    async with database.transaction() as connection:
        await writer.add_event(connection, finding_id, "correction", "owner", note)


async def retract(database: Database, caller: Principal, finding_id: UUID, reason: str) -> None:
    """Take the caller's own finding back; it stays, and says so.

    Raises:
        ConflictError: it was taken back before.
    """
    await get_finding(database, caller, finding_id, own=True)
    async with database.transaction() as connection:
        if not await writer.retract(connection, finding_id, "owner", reason):
            raise ConflictError("the finding was taken back before")


async def file_reply(
    database: Database, caller: Principal, finding_id: UUID, wish: ReplyWish
) -> ReplyFiled:
    """File what the holder of a named account says; whoever knows the finding's id may.

    Raises:
        NotFoundError: there is no such finding.
        InvalidBodyError: it names no such account.
        RateLimitedError: several of the caller's replies wait to be looked at.
    """
    async with database.session() as session:
        finding = await session.get(Finding, finding_id)
        version = await repository.find_version(session, finding_id, None)
        if finding is None or version is None:
            raise NotFoundError("there is no such finding")
        document = FindingDocument.model_validate_json(version.document)
        if wish.account not in _named_in(document):
            raise InvalidBodyError.of("account", "the finding does not name it")
        assert caller.account_id is not None
        waiting = await repository.count_replies(session, finding_id, caller.account_id)
        if waiting >= MAX_WAITING_REPLIES:
            raise RateLimitedError(
                f"{waiting} of your replies wait to be looked at", headers={"Retry-After": "3600"}
            )
        reply = FindingReply(
            finding_id=finding_id,
            filed_by=caller.account_id,
            account=wish.account,
            text=wish.text,
            proof=wish.proof,
        )
        session.add(reply)
        connection = await driver_connection(session)
        await writer.add_event(connection, finding_id, "reply_filed", "named account")
    return ReplyFiled(id=reply.id)


def _named_in(document: FindingDocument) -> set[str]:
    """Every account that a finding names."""
    named = {one.account for one in document.behaviour.accounts}
    for edge in document.behaviour.edges:
        named |= {edge.account_a, edge.account_b}
    return named


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    created_at, id_ = decode_cursor(cursor, _SORT, (str, str))
    try:
        return datetime.fromisoformat(str(created_at)), UUID(str(id_))
    except ValueError:
        raise InvalidParameterError.of("cursor", "not a cursor of this list") from None


def _cursor(found: list[Analysis] | list[Finding], limit: int) -> str | None:
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    return encode_cursor(_SORT, (last.created_at.isoformat(), str(last.id)))
