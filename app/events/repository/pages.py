"""Pages of events in any order, and how many there are."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import orjson

from app.core.db import Database
from app.events.query import EventFilter
from app.events.repository.sorting import Sorting
from app.events.repository.statements import (
    Statement,
    marked_condition,
    term_condition,
    text_condition,
    where,
)
from app.events.text_query import TextQuery

RANKED_CANDIDATES = 20_000
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """Documents in order, and the cursor of the next page if there is one."""

    documents: list[bytes]
    next_cursor: str | None = None


async def fetch_page(
    database: Database, query: EventFilter, sorting: Sorting, limit: int, cursor: str | None
) -> Page:
    """At most `limit` documents after `cursor`."""
    statement = Statement()
    sql = _select(statement, query, sorting, cursor)
    rows = await database.fetch(f"{sql} LIMIT {statement.bind(limit + 1)}", statement.values)
    if len(rows) <= limit:
        return Page([row[0] for row in rows])
    return Page([row[0] for row in rows[:limit]], _cursor_after(sorting, rows[limit - 1]))


async def fetch_cursor_after(
    database: Database, query: EventFilter, sorting: Sorting, limit: int, cursor: str | None
) -> str | None:
    """The cursor that follows `limit` documents, without fetching them."""
    statement = Statement()
    sql = _select(statement, query, sorting, cursor)
    rows = await database.fetch(
        f"{sql} OFFSET {statement.bind(limit - 1)} LIMIT 2", statement.values
    )
    return _cursor_after(sorting, rows[0]) if len(rows) == 2 else None


async def stream_documents(
    database: Database, query: EventFilter, sorting: Sorting, limit: int, cursor: str | None
) -> AsyncIterator[list[bytes]]:
    """Up to `limit` documents after `cursor`, in chunks."""
    while limit > 0:
        page = await fetch_page(database, query, sorting, min(limit, CHUNK), cursor)
        yield page.documents
        limit -= CHUNK
        cursor = page.next_cursor
        if cursor is None:
            return


async def fetch_count(database: Database, query: EventFilter) -> int:
    """How many events match."""
    statement = Statement()
    condition = where(statement, query)
    return int(
        await database.fetch_value(
            f"SELECT count(*) FROM events WHERE {condition}", statement.values
        )
    )


async def fetch_estimate(database: Database, query: EventFilter) -> int:
    """How many events the planner expects to match."""
    statement = Statement()
    sql = f"EXPLAIN (FORMAT JSON) SELECT 1 FROM events WHERE {where(statement, query)}"
    plan = orjson.loads(await database.fetch_value(sql, statement.values))
    return int(plan[0]["Plan"]["Plan Rows"])


async def fetch_emptiness(database: Database, query: EventFilter) -> list[tuple[str, bool, bool]]:
    """Each parameter with whether anything matches it alone, and all the others without it."""
    names = query.active()
    statement = Statement()
    tests = [
        f"EXISTS (SELECT 1 FROM events WHERE {where(statement, query, without=without)})"
        for name in names
        for without in ([other for other in names if other != name], [name])
    ]
    row = await database.fetch_row(f"SELECT {', '.join(tests)}", statement.values)
    found = list(row or ())
    return list(zip(names, found[::2], found[1::2], strict=True))


async def fetch_unknown_terms(database: Database, q: str) -> list[str]:
    """The words and phrases of a `q` that no event has."""
    alternatives = TextQuery.parse(q).alternatives
    wanted = list({term: 0 for terms in alternatives for term in terms if not term.excluded})
    statement = Statement()
    tests = [
        f"EXISTS (SELECT 1 FROM events WHERE search @@ {term_condition(statement, term)})"
        for term in wanted
    ]
    row = await database.fetch_row(f"SELECT {', '.join(tests) or 'true'}", statement.values)
    return [term.text for term, found in zip(wanted, row or (), strict=False) if not found]


async def fetch_marked_words(
    database: Database, q: str, words: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Those of the words, each after its language, that `q` meets by themselves."""
    statement = Statement()
    condition = marked_condition(statement, q)
    if condition is None:
        return set()
    languages = statement.bind([language for language, _ in words])
    texts = statement.bind([word for _, word in words])
    sql = f"""
        SELECT language, word FROM unnest({languages}::text[], {texts}::text[]) AS w (language, word)
        WHERE search_vector(word, '', language) @@ ({condition})
    """
    return {(row[0], row[1]) for row in await database.fetch(sql, statement.values)}


def _select(statement: Statement, query: EventFilter, sorting: Sorting, cursor: str | None) -> str:
    condition = where(statement, query)
    if not sorting.by_relevance:
        after = f" AND {sorting.after(statement, cursor)}" if cursor else ""
        return f"SELECT document FROM events WHERE {condition}{after} ORDER BY {sorting.order()}"
    # Ranking reads every text that matches: bounded to the newest, so that no word is too common.
    after = f" WHERE {sorting.after(statement, cursor)}" if cursor else ""
    text = text_condition(statement, query.q or "")
    return f"""
        SELECT document, rank FROM (
            SELECT *, ts_rank_cd(search, {text}, 1)::float8 AS rank FROM (
                SELECT * FROM events WHERE {condition}
                ORDER BY published_on DESC, id DESC LIMIT {RANKED_CANDIDATES}
            ) AS newest
        ) AS ranked{after} ORDER BY {sorting.order()}
    """


def _cursor_after(sorting: Sorting, row: asyncpg.Record) -> str:
    rank = row["rank"] if sorting.by_relevance else None
    return sorting.cursor(orjson.loads(row["document"]), rank)
