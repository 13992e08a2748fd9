"""Reads the registry: outlets, accounts and domains in one list, one entry, its history, disputes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from app.core.db import Database, Row
from app.core.pagination import decode_cursor, encode_cursor
from app.events.outlets import fold_name
from app.events.repository.statements import Statement
from app.forensics.registry.queries import RegistryQuery, RegistrySort
from app.forensics.registry.vocabulary import OWNED_STATUSES

MAX_PROTECTED = 20_000
# Both lists in one shape. An outlet's words are folded here: there are some hundreds of them.
_OUTLETS = """
SELECT 'outlet' AS kind, id, name, ownership AS status, state, NULL AS platform, NULL AS key,
       url, aliases, id AS outlet_id, NULL AS imitates, citation, cited_on, NULL::json AS citations,
       false AS synthetic, NULL::date AS listed_on, NULL::timestamptz AS updated_at,
       NULL::timestamptz AS withdrawn_at, lower(name) COLLATE "C" AS sorted
FROM outlets
"""
_ENTRIES = """
SELECT kind, id, name, status, state, platform, key,
       NULL AS url, ARRAY[]::text[] AS aliases, outlet_id, imitates, NULL AS citation,
       NULL::date AS cited_on, citations, synthetic, listed_on, updated_at, withdrawn_at,
       sort_name AS sorted
FROM registry_entries
"""
_FOLDED_OUTLET = (
    r"' ' || regexp_replace(lower(unaccent(concat_ws(' ', name, array_to_string(aliases, ' '), id,"
    r" url))), '\W+', ' ', 'g')"
)
_OUTLET_HISTORY = """
SELECT ownership AS status, state, citation, cited_on, NULL::json AS citations, until_at, by
FROM outlet_changes WHERE outlet_id = $1 ORDER BY seq
"""
_ENTRY_HISTORY = """
SELECT status, state, NULL AS citation, NULL::date AS cited_on, citations, until_at, by
FROM registry_changes WHERE entry_kind = $1 AND entry_id = $2 ORDER BY seq
"""
_DISPUTES = """
SELECT * FROM registry_disputes WHERE entry_kind = $1 AND entry_id = $2 ORDER BY filed_at, id
"""
_PROTECTED = """
SELECT 'outlet/' || id AS source, url AS domain FROM outlets WHERE url IS NOT NULL
UNION ALL
SELECT 'domain/' || id, key FROM registry_entries
WHERE kind = 'domain' AND status = ANY($1::text[]) AND withdrawn_at IS NULL
UNION ALL
SELECT DISTINCT 'imitated by what is listed', imitates FROM registry_entries
WHERE imitates IS NOT NULL AND withdrawn_at IS NULL
LIMIT $2
"""


_OPEN_DISPUTES = """
(SELECT count(*) FROM registry_disputes d
 WHERE d.entry_kind = e.kind AND d.entry_id = e.id AND d.outcome = 'open') AS open_disputes
"""
_TAKEDOWNS_NAMING = """
SELECT id, document, accounts, domains, hashtags FROM forensic_records
WHERE kind = 'takedown' AND withdrawn_at IS NULL
  AND (accounts && $1::text[] OR domains && $2::text[] OR hashtags && $3::text[])
ORDER BY id LIMIT 1000
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the cursor of the next page if there is one."""

    rows: list[Row]
    next_cursor: str | None


async def fetch_page(database: Database, query: RegistryQuery, limit: int) -> Page:
    """At most `limit` entries of all kinds after the cursor."""
    s = Statement()
    down = query.sortby is RegistrySort.NAME_DOWN
    order = "sorted DESC, kind DESC, id DESC" if down else "sorted, kind, id"
    after = _after(s, query)
    # Each list is cut by itself, so that neither is sorted whole.
    parts = [
        f"(SELECT * FROM ({base} WHERE {' AND '.join(conditions)}) AS part"
        f" WHERE {after} ORDER BY {order} LIMIT {s.bind(limit + 1)})"
        for base, conditions in _branches(s, query)
    ]
    rows = await database.fetch(
        f"""
        SELECT e.*, {_OPEN_DISPUTES} FROM ({" UNION ALL ".join(parts)}) AS e
        ORDER BY {order} LIMIT {s.bind(limit + 1)}
        """,
        s.values,
    )
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(
        rows[:limit], encode_cursor(query.sortby, [last["sorted"], last["kind"], last["id"]])
    )


def _branches(s: Statement, query: RegistryQuery) -> list[tuple[str, list[str]]]:
    """Each list that is asked for, with its conditions."""
    # Folded words hold letters, digits and low lines, of which LIKE reads the last as any letter.
    words = [word.replace("_", r"\_") for word in fold_name(query.q or "").split()]
    patterns = [f"{s.bind(f'% {word}%')}::text" for word in words]
    places = {
        name: f"{s.bind(values)}::text[]"
        for name in ("kind", "status", "state", "platform")
        if (values := getattr(query, name))
    }
    outlets = [f"{_FOLDED_OUTLET} LIKE {pattern}" for pattern in patterns] or ["true"]
    outlets += [
        f"{column} = ANY({places[name]})"
        for name, column in (("kind", "'outlet'"), ("status", "ownership"), ("state", "state"))
        if name in places
    ]
    if "platform" in places:
        outlets.append(f"NULL = ANY({places['platform']})")
    entries = ["withdrawn_at IS NULL", *(f"folded LIKE {pattern}" for pattern in patterns)]
    entries += [f"{name} = ANY({place})" for name, place in places.items()]
    return [(_OUTLETS, outlets), (_ENTRIES, entries)]


def _after(s: Statement, query: RegistryQuery) -> str:
    if query.cursor is None:
        return "true"
    name, kind, id_ = decode_cursor(query.cursor, query.sortby, [str, str, str])
    sign = "<" if query.sortby is RegistrySort.NAME_DOWN else ">"
    return (
        f'(sorted, kind, id) {sign} ({s.bind(name)}::text COLLATE "C", {s.bind(kind)}::text,'
        f" {s.bind(id_)}::text)"
    )


async def find_entry(database: Database, kind: str, entry_id: str) -> Row | None:
    """One entry, withdrawn or not."""
    base = _OUTLETS if kind == "outlet" else f"{_ENTRIES} WHERE kind = $2"
    sql = f"SELECT e.*, 0 AS open_disputes FROM ({base}) AS e WHERE e.id = $1"
    return await database.fetch_row(sql, [entry_id] if kind == "outlet" else [entry_id, kind])


async def fetch_history(database: Database, kind: str, entry_id: str) -> list[Row]:
    """What an entry said before, oldest first."""
    if kind == "outlet":
        return await database.fetch(_OUTLET_HISTORY, [entry_id])
    return await database.fetch(_ENTRY_HISTORY, [kind, entry_id])


async def fetch_disputes(database: Database, kind: str, entry_id: str) -> list[Row]:
    """Every dispute of an entry, oldest first."""
    return await database.fetch(_DISPUTES, [kind, entry_id])


async def fetch_dispute(connection: asyncpg.Connection, dispute_id: UUID) -> Row | None:
    """One dispute."""
    return await connection.fetchrow("SELECT * FROM registry_disputes WHERE id = $1", dispute_id)


async def fetch_open_disputes(database: Database) -> list[Row]:
    """The disputes that an operator has to decide on, oldest first."""
    return await database.fetch(
        "SELECT * FROM registry_disputes WHERE outcome = 'open' ORDER BY filed_at, id LIMIT 1000"
    )


async def count_open_disputes(
    connection: asyncpg.Connection, account_id: int, kind: str, entry_id: str
) -> tuple[int, int]:
    """How many disputes of an account are open: in all, and of one entry."""
    row = await connection.fetchrow(
        "SELECT count(*), count(*) FILTER (WHERE entry_kind = $2 AND entry_id = $3)"
        " FROM registry_disputes WHERE account_id = $1 AND outcome = 'open'",
        account_id, kind, entry_id,
    )  # fmt: skip
    return row[0], row[1]


async def entry_exists(connection: asyncpg.Connection, kind: str, entry_id: str) -> bool:
    """Whether there is such an entry that was not withdrawn."""
    table = (
        "outlets WHERE id = $1 AND $2 = 'outlet'"
        if kind == "outlet"
        else "registry_entries WHERE id = $1 AND kind = $2 AND withdrawn_at IS NULL"
    )
    return bool(await connection.fetchval(f"SELECT EXISTS (SELECT 1 FROM {table})", entry_id, kind))


async def fetch_protected(database: Database) -> list[Row]:
    """The domains that others may imitate, as `domain` and the entry that is the `source`."""
    return await database.fetch(_PROTECTED, [list(OWNED_STATUSES), MAX_PROTECTED])


async def fetch_domains(database: Database, domains: Sequence[str]) -> dict[str, Any]:
    """The entries of domains by domain."""
    rows = await database.fetch(
        "SELECT id, key, status FROM registry_entries"
        " WHERE kind = 'domain' AND key = ANY($1::text[]) AND withdrawn_at IS NULL",
        [list(domains)],
    )
    return {row["key"]: row for row in rows}


async def fetch_named(
    database: Database, accounts: Sequence[str], domains: Sequence[str]
) -> list[Row]:
    """The entries of these accounts (`platform:handle`) and domains."""
    return await database.fetch(
        f"SELECT e.*, {_OPEN_DISPUTES} FROM ({_ENTRIES} WHERE withdrawn_at IS NULL) AS e"
        " WHERE (kind = 'domain' AND key = ANY($2::text[]))"
        " OR (kind = 'account' AND (platform, key) IN ("
        "     SELECT split_part(name, ':', 1), substr(name, strpos(name, ':') + 1)"
        "     FROM unnest($1::text[]) AS name))"
        " ORDER BY kind, id",
        [list(accounts), list(domains)],
    )


async def fetch_outlets(database: Database) -> list[Row]:
    """Every outlet as an entry."""
    return await database.fetch(f"SELECT e.*, {_OPEN_DISPUTES} FROM ({_OUTLETS}) AS e ORDER BY id")


async def fetch_takedowns_naming(
    database: Database, accounts: Sequence[str], domains: Sequence[str], hashtags: Sequence[str]
) -> list[Row]:
    """The takedowns that name one of these."""
    return await database.fetch(_TAKEDOWNS_NAMING, [list(accounts), list(domains), list(hashtags)])
