"""The rules of what leaves a finding: who gets it, from which version, and what it costs at most."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import UUID

import asyncpg

from app.access.principal import Principal
from app.core.db import Database
from app.core.errors import ConflictError, RateLimitedError
from app.core.settings import Settings
from app.forensics.evidence.keys import signing_key
from app.forensics.evidence.package import MAX_POSTS, InputChangedError, PackageWriter
from app.forensics.evidence.pictures.timeline import Posted
from app.forensics.evidence.posts import UsedPost
from app.forensics.evidence.repository import fetch_posted
from app.forensics.evidence.source import Event, FindingVersion, Reply
from app.forensics.findings import repository, service
from app.forensics.findings.document import FindingDocument
from app.forensics.findings.models import Finding
from app.forensics.findings.models import FindingVersion as Stored
from app.forensics.findings.schemas import FINDINGS


class Packing:
    """Holds each account to one package at a time at each server process."""

    def __init__(self) -> None:
        self._accounts: set[int] = set()

    @asynccontextmanager
    async def of(self, account_id: int) -> AsyncIterator[None]:
        """Raises:
        RateLimitedError: another package is being made for the account.
        """
        if account_id in self._accounts:
            raise RateLimitedError(
                "a package is being made for you; wait for it", headers={"Retry-After": "5"}
            )
        self._accounts.add(account_id)
        try:
            yield
        finally:
            self._accounts.discard(account_id)


async def get_version(
    database: Database, settings: Settings, caller: Principal, finding_id: UUID, number: int | None
) -> FindingVersion:
    """A version of a finding that the caller may see, with its replies and corrections.

    Raises:
        NotFoundError: there is no such finding or version.
        GoneError: it was deleted.
    """
    finding, version = await _stored(database, caller, finding_id, number)
    async with database.session() as session:
        replies = await repository.list_replies(session, finding_id, "confirmed")
        events = await repository.list_events(session, finding_id)
    return FindingVersion(
        id=finding.id,
        number=version.number,
        document=FindingDocument.model_validate_json(version.document),
        sha256=version.sha256,
        created_at=version.created_at,
        first_created_at=finding.created_at,
        url=f"{settings.public_url}{FINDINGS}/{finding.id}",
        retracted_at=finding.retracted_at,
        replies=[Reply(one.account, one.text, one.filed_at) for one in replies],
        events=[Event(one.kind, one.at, one.note) for one in events],
    )


async def get_posted(
    database: Database, caller: Principal, finding: FindingVersion
) -> list[Posted]:
    """When the accounts of the groups of a finding posted; nothing of a corpus that was deleted."""
    names = [one.account for one in finding.document.behaviour.accounts]
    if not names:
        return []
    found, stored = await _stored(database, caller, finding.id, finding.number)
    if found.corpus_id is None:
        return []
    async with database.snapshot() as connection:
        rows = await fetch_posted(
            connection, found.corpus_id, stored.until_post, *_bounds(stored), names
        )
    return [Posted(account, at) for account, at in rows]


async def make_package(
    database: Database, settings: Settings, caller: Principal, finding_id: UUID, number: int | None
) -> tuple[BinaryIO, Stored]:
    """The evidence package of a version, as a file that goes when it is closed.

    Raises:
        InputGoneError: posts that it was made from were deleted.
        ConflictError: it rests on more posts than a package holds.
    """
    finding, version = await _stored(database, caller, finding_id, number)
    corpus_id = service.corpus_of(finding)
    used = FindingDocument.model_validate_json(version.document).input.posts_used
    if used > MAX_POSTS:
        raise ConflictError(f"it rests on {used:,} posts; a package holds {MAX_POSTS:,}")
    file: BinaryIO = await asyncio.to_thread(TemporaryFile)
    try:
        async with database.snapshot() as connection:
            await _fill(connection, settings, corpus_id, version, file)
    except BaseException:
        file.close()
        raise
    return file, version


async def _fill(
    connection: asyncpg.Connection,
    settings: Settings,
    corpus_id: int,
    version: Stored,
    file: BinaryIO,
) -> None:
    with PackageWriter(file, version.document, signing_key(settings)) as package:
        async for rows in repository.stream_used_posts(
            connection, corpus_id, version.until_post, *_bounds(version)
        ):
            posts = [UsedPost(**row) for row in rows]
            await asyncio.to_thread(package.add, posts)
        try:
            await asyncio.to_thread(package.seal)
        except InputChangedError:
            raise service.InputGoneError(
                "posts that it was made from were deleted; ask for another version"
            ) from None


async def _stored(
    database: Database, caller: Principal, finding_id: UUID, number: int | None
) -> tuple[Finding, Stored]:
    finding = await service.get_finding(database, caller, finding_id)
    return finding, await service.get_version(database, caller, finding_id, number)


def _bounds(version: Stored) -> tuple[datetime | None, datetime | None]:
    """The first and the last instant that were asked for."""
    since, until = (version.parameters.get(name) for name in ("since", "until"))
    return (
        datetime.fromisoformat(since) if since else None,
        datetime.fromisoformat(until) if until else None,
    )
