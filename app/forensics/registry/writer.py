"""Writes the registry: entries with what they said before, disputes and what was decided of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

_COLUMNS = (
    "kind", "id", "key", "platform", "name", "sort_name", "status", "state", "outlet_id", "imitates",
    "citations", "synthetic", "folded", "collection",
)  # fmt: skip
_SAVE = f"""
INSERT INTO registry_entries ({", ".join(_COLUMNS)})
VALUES ({", ".join(f"${n}" for n in range(1, len(_COLUMNS) + 1))})
ON CONFLICT (kind, id) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[2:])},
    updated_at = now(), withdrawn_at = NULL
"""
_KEEP = """
INSERT INTO registry_changes (entry_kind, entry_id, status, state, citations, by)
SELECT kind, id, status, state, citations, $3 FROM registry_entries
WHERE kind = $1 AND id = $2 AND withdrawn_at IS NULL
"""
_ADD_DISPUTE = """
INSERT INTO registry_disputes (id, entry_kind, entry_id, account_id, standing, statement, evidence_url)
VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6) RETURNING *
"""
_DECIDE = """
UPDATE registry_disputes SET outcome = $2, decision = $3, decided_by = $4, decided_at = now()
WHERE id = $1 AND outcome = 'open' RETURNING entry_kind, entry_id
"""
_CORRECT = """
UPDATE registry_entries
SET status = $3, state = $4, citations = $5, edited_by = $6, updated_at = now(),
    imitates = CASE WHEN $3 IN ('lookalike', 'seized', 'taken_down') THEN imitates END
WHERE kind = $1 AND id = $2
"""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it is stored; `citations` is JSON."""

    kind: str
    id: str
    key: str
    platform: str | None
    name: str
    sort_name: str
    status: str
    state: str | None
    outlet_id: str | None
    imitates: str | None
    citations: str
    synthetic: bool
    folded: str
    collection: str


@dataclass(frozen=True, slots=True)
class Held:
    """What is there of an entry, whether it was withdrawn, and whether a person decided on it."""

    row: EntryRow
    withdrawn: bool
    edited: bool


async def load_held(
    connection: asyncpg.Connection, collection: str, names: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Held]:
    """The entries of a collection and those of these kinds and ids, withdrawn ones too."""
    rows = await connection.fetch(
        f"SELECT {', '.join(_COLUMNS)}, withdrawn_at IS NOT NULL AS withdrawn,"
        " edited_by IS NOT NULL AS edited FROM registry_entries"
        " WHERE collection = $1 OR (kind, id) IN (SELECT * FROM unnest($2::text[], $3::text[]))",
        collection, [kind for kind, _ in names], [id_ for _, id_ in names],
    )  # fmt: skip
    return {
        (row["kind"], row["id"]): Held(
            EntryRow(**{column: row[column] for column in _COLUMNS}),
            row["withdrawn"],
            row["edited"],
        )
        for row in rows
    }


async def save_entries(connection: asyncpg.Connection, rows: Sequence[EntryRow], by: str) -> None:
    """Create entries or replace what they say; what they said stays readable."""
    await connection.executemany(_KEEP, [(row.kind, row.id, by) for row in rows])
    await connection.executemany(
        _SAVE, [[getattr(row, column) for column in _COLUMNS] for row in rows]
    )


async def withdraw_entries(
    connection: asyncpg.Connection, names: Sequence[tuple[str, str]], by: str
) -> None:
    """Take entries out of every list; what they said stays readable."""
    await connection.executemany(_KEEP, [(kind, id_, by) for kind, id_ in names])
    await connection.executemany(
        "UPDATE registry_entries SET withdrawn_at = now(), updated_at = now()"
        " WHERE kind = $1 AND id = $2",
        names,
    )


async def correct_entry(
    connection: asyncpg.Connection,
    kind: str,
    entry_id: str,
    status: str,
    state: str | None,
    citations: str,
    by: str,
) -> None:
    """Put an account's or domain's status otherwise; imports leave it alone from then on."""
    await connection.execute(_KEEP, kind, entry_id, by)
    await connection.execute(_CORRECT, kind, entry_id, status, state, citations, by)


async def lock_account(connection: asyncpg.Connection, account_id: int) -> None:
    """Let the requests of an account wait for each other to the end of the transaction."""
    await connection.execute("SELECT 1 FROM accounts WHERE id = $1 FOR NO KEY UPDATE", account_id)


async def add_dispute(
    connection: asyncpg.Connection,
    kind: str,
    entry_id: str,
    account_id: int,
    standing: str,
    statement: str,
    evidence_url: str | None,
) -> asyncpg.Record:
    """File a dispute; returns it."""
    return await connection.fetchrow(
        _ADD_DISPUTE, kind, entry_id, account_id, standing, statement, evidence_url
    )


async def withdraw_dispute(connection: asyncpg.Connection, dispute_id: UUID) -> bool:
    """Take a dispute back that is still open; it stays in the list."""
    done = await connection.execute(
        "UPDATE registry_disputes SET outcome = 'withdrawn', decided_at = now()"
        " WHERE id = $1 AND outcome = 'open'",
        dispute_id,
    )
    return bool(done == "UPDATE 1")


async def decide_dispute(
    connection: asyncpg.Connection, dispute_id: UUID, outcome: str, decision: str, by: str
) -> tuple[str, str] | None:
    """Decide on an open dispute; returns the kind and id of its entry, `None` if none is open."""
    row = await connection.fetchrow(_DECIDE, dispute_id, outcome, decision, by)
    return None if row is None else (row["entry_kind"], row["entry_id"])
