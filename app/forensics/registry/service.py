"""What callers get of the registry, and the rules of disputes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.access.idempotency import Once
from app.access.principal import Principal
from app.core import data_version
from app.core.db import Database, driver_connection
from app.core.errors import ConflictError, NotFoundError, RateLimitedError
from app.core.pagination import clipped, hints_of
from app.forensics.registry import repository, writer
from app.forensics.registry.queries import RegistryQuery
from app.forensics.registry.schemas import DisputeShown, DisputeWish
from app.forensics.registry.views import dispute_shown, entry_shown, former_shown
from app.plans import Plan

MAX_OPEN_DISPUTES = 10


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A page of the registry."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    meta: dict[str, Any]


async def list_entries(database: Database, query: RegistryQuery, plan: Plan) -> ListAnswer:
    """The entries that meet all of a query, within the plan's page cap."""
    limit, meta = clipped(query.limit, plan.page_cap, plan.key)
    page = await repository.fetch_page(database, query, limit)
    if not page.rows and query.cursor is None:
        meta["hints"] = hints_of(query, "entries")
    return ListAnswer([entry_shown(row) for row in page.rows], page.next_cursor, meta)


async def get_entry(
    database: Database, caller: Principal, kind: str, entry_id: str
) -> dict[str, Any]:
    """An entry with its disputes and with what it said before; one that was withdrawn says so.

    Raises:
        NotFoundError: there never was such a one.
    """
    row = await repository.find_entry(database, kind, entry_id)
    if row is None:
        raise NotFoundError(f"the registry has no {kind} {entry_id}")
    disputes = await list_disputes(database, caller, kind, entry_id)
    return {
        **entry_shown(row),
        "open_disputes": sum(dispute["outcome"] == "open" for dispute in disputes),
        "disputes": disputes,
        "history": [
            former_shown(former)
            for former in await repository.fetch_history(database, kind, entry_id)
        ],
    }


async def list_disputes(
    database: Database, caller: Principal, kind: str, entry_id: str
) -> list[dict[str, Any]]:
    """The disputes of an entry, oldest first."""
    rows = await repository.fetch_disputes(database, kind, entry_id)
    return [dispute_shown(row, caller.account_id) for row in rows]


async def get_disputes(
    database: Database, caller: Principal, kind: str, entry_id: str
) -> list[dict[str, Any]]:
    """The disputes of an entry that is there.

    Raises:
        NotFoundError: there is no such entry.
    """
    if await repository.find_entry(database, kind, entry_id) is None:
        raise NotFoundError(f"the registry has no {kind} {entry_id}")
    return await list_disputes(database, caller, kind, entry_id)


async def file_dispute(
    database: Database,
    caller: Principal,
    kind: str,
    entry_id: str,
    wish: DisputeWish,
    once: Once | None,
) -> DisputeShown:
    """File what the caller says against an entry.

    Raises:
        NotFoundError: there is no such entry.
        ConflictError: a dispute of the caller's against it is open.
        RateLimitedError: many of the caller's disputes are open.
    """
    account_id = caller.account_id
    assert account_id is not None
    async with database.session() as session:
        if once is not None and (first := await once.begin(session, account_id)):
            return DisputeShown.model_validate_json(first.body)
        connection = await driver_connection(session)
        await data_version.bump(connection)
        await writer.lock_account(connection, account_id)
        if not await repository.entry_exists(connection, kind, entry_id):
            raise NotFoundError(f"the registry has no {kind} {entry_id}")
        in_all, here = await repository.count_open_disputes(connection, account_id, kind, entry_id)
        if here:
            raise ConflictError("a dispute of yours against this entry is open")
        if in_all >= MAX_OPEN_DISPUTES:
            raise RateLimitedError(
                f"{in_all} of your disputes are open; wait for one to be decided",
                headers={"Retry-After": "3600"},
            )
        row = await writer.add_dispute(
            connection, kind, entry_id, account_id, wish.standing, wish.statement,
            wish.evidence_url,
        )  # fmt: skip
        shown = DisputeShown.model_validate(dispute_shown(row, account_id))
        if once is not None:
            await once.keep(session, 201, shown.model_dump_json())
    return shown


async def withdraw_dispute(
    database: Database, caller: Principal, kind: str, entry_id: str, dispute_id: UUID
) -> None:
    """Take a dispute of the caller's back; it stays in the list as withdrawn.

    Raises:
        NotFoundError: the caller has none of this id against this entry.
        ConflictError: it is no longer open.
    """
    async with database.transaction() as connection:
        await data_version.bump(connection)
        row = await repository.fetch_dispute(connection, dispute_id)
        ours = row is not None and row["account_id"] == caller.account_id
        if row is None or not ours or (row["entry_kind"], row["entry_id"]) != (kind, entry_id):
            raise NotFoundError("there is no such dispute of yours")
        if not await writer.withdraw_dispute(connection, dispute_id):
            raise ConflictError(f"the dispute is no longer open: {row['outcome']}")
