"""Counts: facets, timelines, the cells of correlations, and what the whole collection holds."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.db import Database, Row
from app.events.parameters import DateRange
from app.events.query import DateBasis, EventFilter
from app.events.repository.statements import Statement, where


@dataclass(frozen=True, slots=True)
class Facet:
    """A field to count by: its column or expression, and the parameter that filters it."""

    expression: str
    parameter: str | None
    is_list: bool = False

    @property
    def values(self) -> str:
        """The expression that yields each value of a row."""
        return f"unnest({self.expression})" if self.is_list else self.expression


FACETS: dict[str, Facet] = {
    "actor": Facet("actors", "actor", is_list=True),
    "country": Facet("countries", "country", is_list=True),
    "category": Facet("category", "category"),
    "topic": Facet("topics", "topic", is_list=True),
    "outlet": Facet("outlets", "outlet", is_list=True),
    "language": Facet("languages", "language", is_list=True),
    "status": Facet("status", "status"),
    "precision": Facet("precision", "precision"),
    "edition": Facet("edition", "edition"),
    "state_media": Facet(
        "CASE WHEN state_media_printed AND state_media_registry"
        " THEN ARRAY['any', 'printed', 'registry']"
        " WHEN state_media_printed THEN ARRAY['any', 'printed']"
        " WHEN state_media_registry THEN ARRAY['any', 'registry'] ELSE ARRAY['none'] END",
        "state_media",
        is_list=True,
    ),
    "year": Facet("extract(year FROM published_on)::int::text", None),
}
_BASIS = {DateBasis.PUBLISHED: "published_on", DateBasis.OCCURRED: "occurred_on"}


def _day(statement: Statement, query: EventFilter) -> str:
    """The day an event counts under: its own, or the first asked for if it began before that."""
    column = _BASIS[query.date_basis]
    if query.datetime is None:
        return column
    return f"greatest({column}, {statement.bind(DateRange.parse(query.datetime).start)}::date)"


async def fetch_facets(
    database: Database, query: EventFilter, facets: list[str]
) -> dict[str, Counter[str]]:
    """How many events have each value of each facet, under all filters but the facet's own."""
    filtered = set(query.active())
    own = [facet for facet in facets if FACETS[facet].parameter in filtered]
    found = {facet: Counter[str]() for facet in facets}
    # Facets that see the same events are counted in one pass over them.
    for together in [[f for f in facets if f not in own], *([facet] for facet in own)]:
        if together:
            for row in await _count_together(database, query, together):
                found[together[row["facet"]]][row["value"]] = row["count"]
    return found


async def _count_together(database: Database, query: EventFilter, facets: list[str]) -> list[Row]:
    """Counts by value, `facet` being the place in the list.

    Lists are counted as they stand first, and only the distinct ones are taken apart.
    """
    statement = Statement()
    own = [FACETS[facets[0]].parameter or ""] if len(facets) == 1 else []
    condition = where(statement, query, without=own)
    numbered = list(enumerate(FACETS[facet] for facet in facets))
    columns = ", ".join(f"{facet.expression} AS v{i}" for i, facet in numbered)
    sets = ", ".join(f"(v{i})" for i, _ in numbered)
    # GROUPING is 0 for the column of a row's set; the sets are of one column each.
    which = " ".join(f"WHEN GROUPING(v{i}) = 0 THEN {i}" for i, _ in numbered)
    lists = " ".join(
        f"WHEN {i} THEN {f'v{i}' if facet.is_list else f'ARRAY[v{i}]'}" for i, facet in numbered
    )
    return await database.fetch_all_over(
        f"""
        WITH grouped AS MATERIALIZED (
            SELECT {", ".join(f"v{i}" for i, _ in numbered)}, CASE {which} END AS facet,
                   count(*) AS events
            FROM (SELECT {columns} FROM events WHERE {condition}) AS matched
            GROUP BY GROUPING SETS ({sets})
        )
        SELECT facet, value, sum(events)::bigint AS count
        FROM (SELECT facet, events, unnest(CASE facet {lists} END) AS value FROM grouped) AS spread
        WHERE value IS NOT NULL GROUP BY facet, value
        """,
        statement.values,
    )


async def fetch_span(database: Database, query: EventFilter) -> tuple[date | None, date | None]:
    """The first and last date among the matching events."""
    statement = Statement()
    day = _day(statement, query)
    sql = f"SELECT min({day}), max({day}) FROM events WHERE {where(statement, query)}"
    row = await database.fetch_row(sql, statement.values)
    return (row[0], row[1]) if row else (None, None)


async def fetch_timeline(
    database: Database, query: EventFilter, interval: str, split: str | None
) -> list[Row]:
    """Counts by the period's first day and, when split, by a facet's value."""
    statement = Statement()
    day = _day(statement, query)
    values = FACETS[split].values if split else "NULL::text"
    unit = statement.bind(interval)
    sql = f"""
        SELECT start, value, count(*) AS count FROM (
            SELECT date_trunc({unit}::text, {day}::timestamp)::date AS start, {values} AS value
            FROM events WHERE {where(statement, query)} AND {_BASIS[query.date_basis]} IS NOT NULL
        ) AS v GROUP BY start, value
    """
    return await database.fetch(sql, statement.values)


async def fetch_dated_actors(database: Database, query: EventFilter, limit: int) -> list[Row]:
    """Id, date, actors and countries of the matching events, at most `limit`, newest first."""
    statement = Statement()
    column = _BASIS[query.date_basis]
    sql = f"""
        SELECT id, {_day(statement, query)} AS day, actors, countries FROM events
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


async def fetch_outlet_names(database: Database) -> dict[str, str]:
    """The names of all outlets by id."""
    return {row[0]: row[1] for row in await database.fetch("SELECT id, name FROM outlets")}
