"""The rules of exports: who may have how many, what a repeated request gets, when a file is given."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from app.core.clock import now
from app.core.db import Database, driver_connection
from app.core.errors import (
    ConflictError,
    GoneError,
    InvalidParameterError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from app.core.jobs.queue import cancel, enqueue
from app.core.pagination import decode_cursor, encode_cursor
from app.core.settings import Settings
from app.exports import files, repository, writer
from app.exports.jobs import WRITE
from app.exports.models import Export
from app.exports.schemas import ExportFormat, ExportRequest
from app.plans import Plan

MAX_UNFINISHED = 20
_SORT = "-created_at,-id"


class KeyReusedError(ConflictError):
    code = "idempotency_conflict"


async def create_export(
    database: Database, account_id: int, plan: Plan, request: ExportRequest, key: str | None
) -> Export:
    """Ask for an export; the same key and request give the one that was asked for first.

    Raises:
        KeyReusedError: the key was used for another request.
        RateLimitedError: too many are unfinished.
    """
    export = Export(
        account_id=account_id,
        idempotency_key=key,
        request=request.stored(),
        format=request.format,
        status="queued",
        rows=0,
        plan=plan.key,
        rows_cap=plan.export_rows,
    )
    async with database.session() as session:
        if not await writer.insert_new(session, export):
            assert key is not None
            first = await repository.find_by_key(session, account_id, key)
            if first is None or (first.request, first.format) != (export.request, export.format):
                raise KeyReusedError("this Idempotency-Key was used for another request")
            return first
        connection = await driver_connection(session)
        share, subject = f"account:{account_id}", str(export.id)
        await enqueue(connection, WRITE.name, {"export": subject}, share=share, subject=subject)
        # Counted after the queue has put this account's requests in line.
        if await repository.count_unfinished(session, account_id) > MAX_UNFINISHED:
            raise RateLimitedError(
                f"{MAX_UNFINISHED} exports are unfinished; wait for one or delete one",
                headers={"Retry-After": "30"},
            )
    return export


async def get_export(database: Database, account_id: int, export_id: UUID) -> Export:
    """An account's export.

    Raises:
        NotFoundError: it has none of this id.
    """
    async with database.session() as session:
        export = await repository.find_export(session, account_id, export_id)
    if export is None:
        raise _not_found()
    return export


async def list_exports(
    database: Database, account_id: int, limit: int, cursor: str | None
) -> tuple[list[Export], str | None]:
    """An account's exports, newest first, and the cursor of the next page."""
    after = None
    if cursor is not None:
        created_at, export_id = decode_cursor(cursor, _SORT, (str, str))
        try:
            after = (datetime.fromisoformat(str(created_at)), UUID(str(export_id)))
        except ValueError:
            raise InvalidParameterError.of("cursor", "not a cursor of this list") from None
    async with database.session() as session:
        found = list(await repository.list_exports(session, account_id, limit + 1, after))
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode_cursor(_SORT, (last.created_at.isoformat(), str(last.id)))


def file_of(export: Export, settings: Settings) -> Path:
    """The whole file of an export.

    Raises:
        ConflictError: there is none yet, or never will be.
        GoneError: it has expired.
        UnavailableError: it is not where this process looks.
    """
    if export.status != "done":
        why = f": {export.fault}" if export.fault else ""
        raise ConflictError(f"the export is {export.status}{why}", extra={"export": export.status})
    if export.expires_at is not None and export.expires_at <= now():
        raise GoneError(f"the file expired on {export.expires_at:%Y-%m-%d}; export it again")
    path = files.path_of(files.directory_of(settings), export.id, ExportFormat(export.format))
    if not path.is_file():
        raise UnavailableError("the file is not here; its place is away, or not shared")
    return path


async def delete_export(
    database: Database, settings: Settings, account_id: int, export_id: UUID
) -> None:
    """Cancel an unfinished export; remove another one with its file.

    Raises:
        NotFoundError: the account has none of this id.
    """
    async with database.session() as session:
        if await repository.find_export(session, account_id, export_id) is None:
            raise _not_found()
        await cancel(await driver_connection(session), WRITE.name, str(export_id))
        export = await repository.find_export(session, account_id, export_id, lock=True)
        if export is None:
            raise _not_found()
        if export.status in repository.UNFINISHED:
            await writer.cancel(session, export)
        else:
            await writer.remove(session, export_id)
    files.remove(files.directory_of(settings), export_id)


def _not_found() -> NotFoundError:
    return NotFoundError("there is no such export")
