"""Writes editions: their sections, must-reads and items as printed."""

from collections.abc import Sequence
from dataclasses import asdict

import asyncpg
import orjson

from app.reports.editions import CodedEdition, EditionKey
from app.reports.matching import KnownItem

_EDITION = """
INSERT INTO editions (id, title, published_on, language, restated)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, published_on = excluded.published_on,
    language = excluded.language, restated = excluded.restated, imported_at = now()
"""
_SECTION = """
INSERT INTO edition_sections (edition_id, position, kind, block, heading, text)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_MUST_READ = """
INSERT INTO edition_must_reads (edition_id, position, agency, title) VALUES ($1, $2, $3, $4)
"""
_ITEM = """
INSERT INTO edition_items
    (event_id, edition_id, position, line, block, subheading, outlet, published_on, summary, coded)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (event_id) DO UPDATE SET position = excluded.position, line = excluded.line,
    block = excluded.block, subheading = excluded.subheading, outlet = excluded.outlet,
    published_on = excluded.published_on, summary = excluded.summary, coded = excluded.coded,
    gone_at = NULL
"""


async def load_items(connection: asyncpg.Connection, edition: str) -> list[KnownItem]:
    """The items of earlier imports of an edition, those that are gone included."""
    rows = await connection.fetch(
        "SELECT event_id, summary, outlet, published_on, gone_at IS NOT NULL AS gone"
        " FROM edition_items WHERE edition_id = $1 ORDER BY position, event_id",
        edition,
    )
    return [KnownItem(**row) for row in rows]


async def save_edition(
    connection: asyncpg.Connection,
    key: EditionKey,
    coded: CodedEdition,
    ids: Sequence[int],
    vanished: Sequence[int],
) -> None:
    """Replace what is stored of an edition; `ids` are the items' events in order."""
    edition = coded.edition
    await connection.execute(
        _EDITION, key.slug, key.title, edition.published_on, "en", key.restated
    )
    await connection.execute("DELETE FROM edition_sections WHERE edition_id = $1", key.slug)
    await connection.execute("DELETE FROM edition_must_reads WHERE edition_id = $1", key.slug)
    await connection.executemany(
        _SECTION,
        [(key.slug, s.position, s.kind, s.block, s.heading, s.text) for s in edition.sections],
    )
    await connection.executemany(
        _MUST_READ, [(key.slug, m.position, m.agency, m.title) for m in edition.must_reads]
    )
    await connection.executemany(
        _ITEM,
        [
            (event_id, key.slug, item.position, item.line, item.block, item.subheading,
             item.outlet, item.published_on, item.summary, orjson.dumps(asdict(event)).decode())
            for event_id, item, event in zip(ids, edition.items, coded.events, strict=True)
        ],
    )  # fmt: skip
    await connection.execute(
        "UPDATE edition_items SET gone_at = now() WHERE event_id = ANY($1)", list(vanished)
    )


async def remove_edition(connection: asyncpg.Connection, edition: str) -> list[int]:
    """Forget an edition; returns the events that its items had become."""
    rows = await connection.fetch(
        "SELECT event_id FROM edition_items WHERE edition_id = $1 AND gone_at IS NULL", edition
    )
    await connection.execute("DELETE FROM editions WHERE id = $1", edition)
    return [row[0] for row in rows]
