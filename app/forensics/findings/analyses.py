"""The rules of analyses: who may ask for how many, what a repeated request gets, how one is stopped."""

import asyncio
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.idempotency import Once
from app.access.principal import Principal
from app.core.db import Database, driver_connection
from app.core.errors import (
    CommandError,
    ConflictError,
    InvalidBodyError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from app.core.jobs.queue import cancel, enqueue
from app.core.settings import Settings
from app.forensics.corpora import repository as corpora
from app.forensics.findings import repository, writer
from app.forensics.findings.jobs import ANALYSE
from app.forensics.findings.models import Analysis, FindingVersion
from app.forensics.findings.pages import after_of, cursor_of
from app.forensics.findings.schemas import AnalysisShown, AnalysisWish
from app.forensics.findings.service import InputGoneError, corpus_of, get_finding, get_version
from app.forensics.findings.views import analysis_shown

MAX_UNFINISHED = 10


async def create_analysis(
    database: Database,
    settings: Settings,
    caller: Principal,
    wish: AnalysisWish,
    once: Once | None,
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
    parameters = wish.stored()
    if wish.engine == "endpoint":
        parameters["model"] = _endpoint_model(settings)
    elif wish.engine != "none":
        await _check_engine(wish.engine)
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
            parameters=parameters,
        )
        await _queue(session, analysis)
        shown = analysis_shown(analysis)
        if once is not None:
            await once.keep(session, 202, shown.model_dump_json())
    return shown


def _endpoint_model(settings: Settings) -> str:
    if settings.embeddings_url is None:
        raise UnavailableError(
            "no endpoint of embeddings is set: VRIC_EMBEDDINGS_URL", extra={"engine": "endpoint"}
        )
    return settings.embeddings_model


async def _check_engine(name: str) -> None:
    from app.forensics.engines import engine_named  # noqa: PLC0415 - heavy, and rarely asked for

    try:
        await asyncio.to_thread(engine_named, name)
    except CommandError as error:
        raise UnavailableError(str(error), extra={"engine": name}) from None


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
            await repository.list_analyses(session, caller.account_id, limit + 1, after_of(cursor))
        )
    return [analysis_shown(one) for one in found[:limit]], cursor_of(found, limit)


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


async def recompute(
    database: Database, caller: Principal, finding_id: UUID, number: int | None
) -> AnalysisShown:
    """Ask that a version be made again from the same posts.

    Raises:
        InputGoneError: posts that it was made from were deleted.
    """
    assert caller.account_id is not None
    finding = await get_finding(database, caller, finding_id)
    version = await get_version(database, caller, finding_id, number)
    corpus_id = corpus_of(finding)
    async with database.session() as session:
        deleted = await repository.count_deleted(
            session, corpus_id, version.until_post, version.created_at
        )
        if deleted:
            raise InputGoneError(
                f"{deleted} posts that it was made from were deleted; ask for another version",
                extra={"deleted_posts": deleted},
            )
        analysis = Analysis(
            account_id=caller.account_id,
            corpus_id=corpus_id,
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
