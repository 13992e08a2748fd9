"""The rules of findings: who may see one, what it shows, what becomes of it."""

from uuid import UUID

from app.access.principal import Principal
from app.core.db import Database, driver_connection
from app.core.errors import (
    ConflictError,
    GoneError,
    InvalidBodyError,
    NotFoundError,
    RateLimitedError,
)
from app.events.schemas import Link
from app.forensics.findings import repository, writer
from app.forensics.findings.document import FindingDocument
from app.forensics.findings.models import Finding, FindingReply, FindingVersion
from app.forensics.findings.pages import after_of, cursor_of
from app.forensics.findings.schemas import (
    FindingShown,
    FindingsQuery,
    ReplyFiled,
    ReplyWish,
)
from app.forensics.findings.views import event_shown, outputs_of, summary_shown

MAX_WAITING_REPLIES = 5
MAX_LINKED_EVENTS = 100


class InputGoneError(ConflictError):
    code = "input_changed"


def corpus_of(finding: Finding) -> int:
    """The corpus that a finding was made from.

    Raises:
        InputGoneError: it was deleted since.
    """
    if finding.corpus_id is None:
        raise InputGoneError("its corpus was deleted since it was published")
    return finding.corpus_id


async def list_findings(
    database: Database, caller: Principal, query: FindingsQuery
) -> tuple[list[Finding], str | None]:
    """What the caller may see, newest first, and the cursor of the next page."""
    assert caller.account_id is not None
    after, limit = after_of(query.cursor), query.limit
    async with database.session() as session:
        found = list(
            await repository.list_findings(
                session, caller.account_id, limit + 1, after, query.event
            )
        )
    return found[:limit], cursor_of(found, limit)


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
        linked = await repository.list_linked_events(session, finding, MAX_LINKED_EVENTS)
    summary = summary_shown(finding)
    summary.links += outputs_of(finding_id)
    summary.links += [Link(rel="related", href=f"/v1/events/{event}") for event in linked]
    return FindingShown(
        **summary.model_dump(),
        version=version.number,
        sha256=version.sha256,
        document=FindingDocument.model_validate_json(version.document),
        versions=versions,
        replies=[reply.model_dump() for reply in replies],
        events=[event_shown(event) for event in events],
    )


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
