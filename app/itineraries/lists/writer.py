"""Writes sanctions lists: each import replaces the whole list."""

from collections.abc import Sequence

import asyncpg
import orjson

from app.events.outlets import fold_name
from app.itineraries.journeys.identifiers import identifier_key
from app.itineraries.sources.listed import Listed


async def count_entries(connection: asyncpg.Connection, list_id: str) -> int:
    """How many entries of a list are stored."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM sanction_entries WHERE list_id = $1", list_id
        )
    )


async def replace_list(
    connection: asyncpg.Connection, list_id: str, entries: Sequence[Listed]
) -> int:
    """Let a list hold just these entries; returns the number of their identifiers."""
    await connection.execute("DELETE FROM sanction_entries WHERE list_id = $1", list_id)
    await connection.execute("DELETE FROM sanction_identifiers WHERE list_id = $1", list_id)
    await connection.copy_records_to_table(
        "sanction_entries",
        records=[_row(list_id, entry) for entry in entries],
        columns=["list_id", "entry_id", "kind", "name", "folded_names", "programs", "detail",
                 "listed_on"],
    )  # fmt: skip
    identifiers = sorted({
        (identifier_key(kind, value), list_id, entry.entry_id)
        for entry in entries
        for kind, value in entry.identifiers
    })  # fmt: skip
    await connection.copy_records_to_table(
        "sanction_identifiers",
        records=identifiers,
        columns=["identifier", "list_id", "entry_id"],
    )
    return len(identifiers)


def _row(list_id: str, entry: Listed) -> tuple[object, ...]:
    names = [name for name in map(fold_name, (entry.name, *entry.aliases)) if name]
    detail = {
        "aliases": entry.aliases,
        "identifiers": entry.identifiers,
        "remarks": entry.remarks,
    }
    return (
        list_id, entry.entry_id, entry.kind, entry.name, list(dict.fromkeys(names)),
        list(entry.programs), orjson.dumps(detail).decode(), entry.listed_on,
    )  # fmt: skip
