"""Reading vectors: what has none yet, and what lies nearest."""

from collections.abc import Sequence

import asyncpg

from app.core.db import Database, Row
from app.core.errors import UnavailableError
from app.forensics.semantic.embedders import Vectors
from app.forensics.semantic.space import Space

# With a corpus given, the index goes on until enough of that corpus are found.
_SCAN = {"hnsw.iterative_scan": "strict_order", "hnsw.ef_search": "100"}
_EVENTS_WITHOUT = """
SELECT e.id, e.summary AS text FROM events e
LEFT JOIN event_vectors v ON v.event_id = e.id AND v.space = $1
WHERE e.id > $2 AND v.digest IS DISTINCT FROM sha256(convert_to(e.summary, 'UTF8'))
ORDER BY e.id LIMIT $3
"""
_POSTS_WITHOUT = """
SELECT p.id, p.text FROM posts p
LEFT JOIN post_vectors v ON v.corpus_id = p.corpus_id AND v.post = p.id AND v.space = $1
WHERE p.corpus_id = $4 AND p.id > $2 AND p.text ~ '\\S' AND v.post IS NULL
ORDER BY p.id LIMIT $3
"""
_NEAREST_EVENTS = """
WITH nearest AS (
    SELECT event_id, embedding::halfvec({width}) <=> $2::real[]::halfvec({width}) AS distance
    FROM event_vectors WHERE space = $1
    ORDER BY embedding::halfvec({width}) <=> $2::real[]::halfvec({width}) LIMIT $3
)
SELECT 1 - distance AS similarity, e.id, e.published_on, e.summary AS text,
       e.text_language AS language, e.synthetic
FROM nearest JOIN events e ON e.id = event_id ORDER BY distance, e.id
"""
_NEAREST_POSTS = """
WITH nearest AS (
    SELECT corpus_id, post,
           embedding::halfvec({width}) <=> $2::real[]::halfvec({width}) AS distance
    FROM post_vectors WHERE space = $1 AND corpus_id = ANY($4)
    ORDER BY embedding::halfvec({width}) <=> $2::real[]::halfvec({width}) LIMIT $3
)
SELECT 1 - distance AS similarity, c.name AS corpus, p.platform, p.post_id AS id, p.account, p.at,
       p.text, p.language, p.permalink, p.synthetic
FROM nearest JOIN posts p ON p.corpus_id = nearest.corpus_id AND p.id = nearest.post
JOIN corpora c ON c.id = p.corpus_id ORDER BY distance, p.corpus_id, p.id
"""
_HAS_PGVECTOR = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')"
_SPACES = """
SELECT EXISTS (SELECT FROM event_vectors WHERE space = $1) AS events,
       EXISTS (SELECT FROM post_vectors WHERE space = $1 AND corpus_id = ANY($2)) AS posts
"""


async def has_pgvector(database: Database) -> bool:
    """Whether the server has the extension, switched on or not."""
    return bool(await database.fetch_value(_HAS_PGVECTOR))


async def fetch_events_without(
    database: Database, space: Space, after: int, limit: int
) -> list[Row]:
    """Events after an id that have no vector, or one of another summary."""
    async with database.reader(fresh=True) as connection:
        rows: list[Row] = await connection.fetch(_EVENTS_WITHOUT, space.name, after, limit)
        return rows


async def fetch_posts_without(
    database: Database, space: Space, corpus_id: int, after: int, limit: int
) -> list[Row]:
    """Posts of a corpus after an id that have a text and no vector."""
    async with database.reader(fresh=True) as connection:
        rows: list[Row] = await connection.fetch(
            _POSTS_WITHOUT, space.name, after, limit, corpus_id
        )
        return rows


async def fetch_indexed(database: Database, space: Space, corpora: Sequence[int]) -> set[str]:
    """Of `events` and `posts` (of these corpora) those that have any vector in a space."""
    try:
        row = await database.fetch_row(_SPACES, [space.name, list(corpora)])
    except asyncpg.UndefinedTableError:
        return set()
    return {name for name, there in dict(row or {}).items() if there}


async def fetch_nearest_events(
    database: Database, space: Space, vector: Vectors, limit: int
) -> list[Row]:
    """The events nearest to a vector, nearest first."""
    statement = _NEAREST_EVENTS.format(width=space.width)
    return await _nearest(database, statement, [space.name, vector.tolist(), limit])


async def fetch_nearest_posts(
    database: Database, space: Space, vector: Vectors, limit: int, corpora: Sequence[int]
) -> list[Row]:
    """The posts of some corpora nearest to a vector, nearest first."""
    statement = _NEAREST_POSTS.format(width=space.width)
    return await _nearest(database, statement, [space.name, vector.tolist(), limit, list(corpora)])


async def _nearest(database: Database, statement: str, arguments: list[object]) -> list[Row]:
    try:
        return await database.fetch_under(_SCAN, statement, arguments)
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedObjectError) as error:
        raise UnavailableError("the vectors were taken away meanwhile; try again") from error
