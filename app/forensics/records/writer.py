"""Writes takedowns and claims, each step with its place in their history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import asyncpg

_COLUMNS = (
    "kind", "id", "collection", "dated_on", "states", "platforms", "hashtags", "accounts",
    "domains", "subkind", "verdict", "folded", "document",
)  # fmt: skip
_SAVE = f"""
INSERT INTO forensic_records ({", ".join(_COLUMNS)})
VALUES ({", ".join(f"${n}" for n in range(1, len(_COLUMNS) + 1))})
ON CONFLICT (kind, id) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[2:])},
    revision = forensic_records.revision + 1, updated_at = now(), withdrawn_at = NULL
"""
_NOTE = """
INSERT INTO forensic_record_changes (kind, record_id, change, revision, by, document)
SELECT kind, id, $3, revision, $4, document FROM forensic_records WHERE kind = $1 AND id = $2
"""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record as it is stored."""

    kind: str
    id: str
    collection: str
    dated_on: date | None
    states: Sequence[str]
    platforms: Sequence[str]
    hashtags: Sequence[str]
    accounts: Sequence[str]
    domains: Sequence[str]
    subkind: str | None
    verdict: str | None
    folded: str
    document: str


@dataclass(frozen=True, slots=True)
class Held:
    """What is there of a record: whose it is, what it says, whether it is withdrawn."""

    collection: str
    document: str
    withdrawn: bool


async def load_held(
    connection: asyncpg.Connection, kind: str, collection: str, ids: Sequence[str]
) -> dict[str, Held]:
    """The records of a collection and those that have these ids, withdrawn ones too, by id."""
    rows = await connection.fetch(
        "SELECT id, collection, document, withdrawn_at IS NOT NULL AS withdrawn"
        " FROM forensic_records WHERE kind = $1 AND (collection = $2 OR id = ANY($3::text[]))",
        kind, collection, list(ids),
    )  # fmt: skip
    return {row["id"]: Held(row["collection"], row["document"], row["withdrawn"]) for row in rows}


async def save_records(connection: asyncpg.Connection, rows: Sequence[RecordRow]) -> None:
    """Create records or replace what they say."""
    await connection.executemany(
        _SAVE, [[getattr(row, column) for column in _COLUMNS] for row in rows]
    )


async def withdraw_records(connection: asyncpg.Connection, kind: str, ids: Sequence[str]) -> None:
    """Take records out of every list; they and their history stay."""
    await connection.execute(
        "UPDATE forensic_records SET withdrawn_at = now(), updated_at = now(),"
        " revision = revision + 1 WHERE kind = $1 AND id = ANY($2::text[])",
        kind, list(ids),
    )  # fmt: skip


async def note_changes(
    connection: asyncpg.Connection, kind: str, changes: Mapping[str, str], by: str
) -> None:
    """Add a step to the history of each record.

    Args:
        changes: created, updated, withdrawn or restored, by id.
    """
    await connection.executemany(_NOTE, [(kind, id_, c, by) for id_, c in changes.items()])
