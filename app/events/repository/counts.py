"""Counts: facets, timelines, the cells of correlations, and what the whole collection holds."""

from datetime import date
from typing import Any

from app.core.db import Database, Row
from app.events.query import DateBasis, EventFilter
from app.events.repository.statements import Statement, where

# How a facet's values are drawn from a row, and the parameter that filters it.
FACETS: dict[str, tuple[str, str | None]] = {
    "actor": ("unnest(actors)", "actor"),
    "country": ("unnest(countries)", "country"),
    "category": ("category", "category"),
    "topic": ("unnest(topics)", "topic"),
    "outlet": ("unnest(outlets)", "outlet"),
    "language": ("unnest(languages)", "language"),
    "status": ("status", "status"),
    "precision": ("precision", "precision"),
    "edition": ("edition", "edition"),
    "state_media": (
        "CASE WHEN state_media_printed AND state_media_registry THEN 'printed+registry'"
        " WHEN state_media_printed THEN 'printed' WHEN state_media_registry THEN 'registry'"
        " ELSE 'none' END",
        "state_media",
    ),
    "year": ("extract(year FROM published_on)::int::text", None),
}
_BASIS = {DateBasis.PUBLISHED: "published_on", DateBasis.OCCURRED: "occurred_on"}


async def fetch_facets(
    database: Database, query: EventFilter, facets: list[str], limit: int
) -> dict[str, list[Row]]:
    """The commonest values of each facet under all filters but the facet's own."""
    statement = Statement()
    parts = []
    for facet in facets:
        values, own = FACETS[facet]
        condition = where(statement, query, without=[own] if own else [])
        parts.append(f"""
            (SELECT '{facet}' AS facet, value, count(*) AS count
             FROM (SELECT {values} AS value FROM events WHERE {condition}) AS v
             WHERE value IS NOT NULL
             GROUP BY value ORDER BY count DESC, value LIMIT {statement.bind(limit)})
        """)
    rows = await database.fetch(" UNION ALL ".join(parts), statement.values)
    found: dict[str, list[Row]] = {facet: [] for facet in facets}
    for row in rows:
        found[row["facet"]].append(row)
    return found


async def fetch_span(database: Database, query: EventFilter) -> tuple[date | None, date | None]:
    """The first and last date among the matching events."""
    statement = Statement()
    column = _BASIS[query.date_basis]
    sql = f"SELECT min({column}), max({column}) FROM events WHERE {where(statement, query)}"
    row = await database.fetch_row(sql, statement.values)
    return (row[0], row[1]) if row else (None, None)


async def fetch_timeline(
    database: Database, query: EventFilter, interval: str, split: str | None
) -> list[Row]:
    """Counts by the period's first day and, when split, by a facet's value."""
    statement = Statement()
    column = _BASIS[query.date_basis]
    values = FACETS[split][0] if split else "NULL::text"
    unit = statement.bind(interval)
    sql = f"""
        SELECT start, value, count(*) AS count FROM (
            SELECT date_trunc({unit}::text, {column}::timestamp)::date AS start, {values} AS value
            FROM events WHERE {where(statement, query)} AND {column} IS NOT NULL
        ) AS v GROUP BY start, value
    """
    return await database.fetch(sql, statement.values)


async def fetch_dated_actors(database: Database, query: EventFilter, limit: int) -> list[Row]:
    """Id, date, actors and countries of the matching events, at most `limit`, newest first."""
    statement = Statement()
    column = _BASIS[query.date_basis]
    sql = f"""
        SELECT id, {column} AS day, actors, countries FROM events
        WHERE {where(statement, query)} AND {column} IS NOT NULL
          AND actors <> '{{}}' AND countries <> '{{}}'
        ORDER BY {column} DESC, id DESC LIMIT {statement.bind(limit)}
    """
    return await database.fetch(sql, statement.values)


async def fetch_coverage(database: Database) -> Row:
    """What the collection holds: number of events, first and last dates, version."""
    row = await database.fetch_row("""
        SELECT count(*) AS events, min(published_on) AS first, max(published_on) AS last,
               count(lon) AS with_point, count(DISTINCT edition) AS editions,
               (SELECT version FROM data_version) AS version,
               (SELECT changed_at FROM data_version) AS changed_at
        FROM events
    """)
    assert row is not None
    return row


async def fetch_outlets(
    database: Database, ownership: list[str], state: list[str], ids: list[str]
) -> list[dict[str, Any]]:
    """The outlet registry with the number of events each supports."""
    rows = await database.fetch(
        """
        SELECT o.*, coalesce(n.events, 0) AS events FROM outlets o
        LEFT JOIN (SELECT unnest(outlets) AS id, count(*) AS events FROM events GROUP BY 1) n
               USING (id)
        WHERE (cardinality($1::text[]) = 0 OR o.ownership = ANY($1))
          AND (cardinality($2::text[]) = 0 OR o.state = ANY($2))
          AND (cardinality($3::text[]) = 0 OR o.id = ANY($3))
        ORDER BY o.id
        """,
        [ownership, state, ids],
    )
    return [dict(row) for row in rows]
