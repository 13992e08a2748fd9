"""Reads editions and what belongs to them."""

from datetime import date

from app.core.db import Database, Row

_EDITIONS = """
SELECT e.id, e.title, e.published_on, e.language, e.restated, e.imported_at,
       count(i.event_id) FILTER (WHERE i.gone_at IS NULL) AS item_count,
       (SELECT count(*) FROM edition_must_reads m WHERE m.edition_id = e.id) AS must_read_count
FROM editions e LEFT JOIN edition_items i ON i.edition_id = e.id
WHERE ($1::date IS NULL OR (e.published_on, e.id) < ($1::date, $2::text))
  AND ($4::text IS NULL OR e.id = $4)
GROUP BY e.id ORDER BY e.published_on DESC, e.id DESC LIMIT $3
"""
_SECTIONS = """
SELECT position, kind, block, heading, text FROM edition_sections
WHERE edition_id = $1 ORDER BY position
"""
_MUST_READS = """
SELECT position, agency, title FROM edition_must_reads WHERE edition_id = $1 ORDER BY position
"""
_ITEMS = """
SELECT v.document, v.block, v.outlets[1] AS outlet_id, v.state_media_printed AS marked
FROM edition_items i JOIN events v ON v.id = i.event_id
WHERE i.edition_id = $1 AND i.gone_at IS NULL ORDER BY i.position, v.id
"""
_OUTLETS = """
SELECT id, name, country, ownership, state FROM outlets
WHERE id IN (SELECT unnest(outlets) FROM events WHERE edition = $1)
"""


async def fetch_editions(
    database: Database, after: tuple[date, str] | None, limit: int
) -> list[Row]:
    """Editions, newest first, after a place in that order."""
    day, slug = after or (None, None)
    return await database.fetch(_EDITIONS, [day, slug, limit, None])


async def find_edition(database: Database, edition: str) -> Row | None:
    """One edition."""
    return await database.fetch_row(_EDITIONS, [None, None, 1, edition])


async def fetch_sections(database: Database, edition: str) -> list[Row]:
    """An edition's running prose."""
    return await database.fetch(_SECTIONS, [edition])


async def fetch_must_reads(database: Database, edition: str) -> list[Row]:
    """The documents an edition recommends."""
    return await database.fetch(_MUST_READS, [edition])


async def fetch_items(database: Database, edition: str) -> list[Row]:
    """An edition's events as they stand, in its order."""
    return await database.fetch(_ITEMS, [edition])


async def fetch_outlets(database: Database, edition: str) -> list[Row]:
    """The outlets of an edition's items."""
    return await database.fetch(_OUTLETS, [edition])
