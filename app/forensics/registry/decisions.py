"""What an operator decides on a dispute, and what becomes of the entry."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.core import data_version
from app.core.db import Database
from app.core.errors import CommandError
from app.events.vocabulary import OWNERSHIPS
from app.events.writer import correct_outlet, load_outlets
from app.forensics.registry import writer
from app.forensics.registry.entries import MAX_CITATIONS
from app.forensics.registry.vocabulary import STATUSES


async def decide_dispute(
    database: Database,
    dispute_id: UUID,
    outcome: str,
    decision: str,
    status: str | None,
    state: str | None,
    by: str,
    today: date,
) -> tuple[str, str]:
    """Decide on an open dispute, and put its entry otherwise where a status is given.

    `state` goes with `status`: an entry that gets a status without one is no state's. Returns the
    kind and id of the entry.

    Raises:
        CommandError: no such dispute is open, or the entry cannot have that status.
    """
    async with database.transaction() as connection:
        await data_version.bump(connection)
        entry = await writer.decide_dispute(connection, dispute_id, outcome, decision, by)
        if entry is None:
            raise CommandError("no such dispute is open")
        if status is not None:
            if outcome == "rejected":
                raise CommandError("a rejected dispute changes no entry")
            put = _put_outlet if entry[0] == "outlet" else _put_entry
            await put(connection, *entry, status, state, decision, by, today)
    return entry


async def _put_outlet(
    connection: asyncpg.Connection,
    kind: str,
    entry_id: str,
    status: str,
    state: str | None,
    decision: str,
    by: str,
    today: date,
) -> None:
    if status not in OWNERSHIPS:
        raise CommandError(f"an outlet is one of {', '.join(OWNERSHIPS)}")
    outlets = await load_outlets(connection)
    if entry_id not in outlets:
        raise CommandError(f"the registry has no {kind} {entry_id} any more")
    corrected = replace(
        outlets[entry_id], ownership=status, state=state, citation=decision, cited_on=today
    )
    await correct_outlet(connection, corrected, by)


async def _put_entry(
    connection: asyncpg.Connection,
    kind: str,
    entry_id: str,
    status: str,
    state: str | None,
    decision: str,
    by: str,
    today: date,
) -> None:
    if status not in STATUSES:
        raise CommandError(f"{kind}s are one of {', '.join(STATUSES)}")
    held = await writer.load_held(connection, "", [(kind, entry_id)])
    if (kind, entry_id) not in held:
        raise CommandError(f"the registry has no {kind} {entry_id} any more")
    citations: list[dict[str, Any]] = orjson.loads(held[kind, entry_id].row.citations)
    ground = {
        "publisher": "VRIC Monitor", "url": None, "published_on": today.isoformat(),
        "says": decision,
    }  # fmt: skip
    cited = orjson.dumps([ground, *citations][:MAX_CITATIONS]).decode()
    await writer.correct_entry(connection, kind, entry_id, status, state, cited, by)
