"""Makes the tables of vectors where search by meaning is switched on, and fills them."""

from collections.abc import Iterable, Sequence

import asyncpg

from app.core.errors import CommandError
from app.forensics.semantic.embedders import Vectors
from app.forensics.semantic.space import Space

MIN_PGVECTOR = (0, 8)
_NO_PGVECTOR = (
    "search by meaning needs pgvector 0.8 or later in PostgreSQL (package postgresql-NN-pgvector;"
    " the bundled server has it), and a role that may create the extension"
)
_VERSION = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS vector"
# No migration makes them: a server without pgvector runs everything else.
_TABLES = """
CREATE TABLE IF NOT EXISTS event_vectors (
    event_id bigint NOT NULL REFERENCES events ON DELETE CASCADE,
    space text NOT NULL,
    digest bytea NOT NULL,
    embedding halfvec NOT NULL,
    PRIMARY KEY (event_id, space)
);
CREATE TABLE IF NOT EXISTS post_vectors (
    corpus_id bigint NOT NULL,
    post bigint NOT NULL,
    space text NOT NULL,
    embedding halfvec NOT NULL,
    PRIMARY KEY (corpus_id, post, space),
    FOREIGN KEY (corpus_id, post) REFERENCES posts (corpus_id, id) ON DELETE CASCADE
);
"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('forensics.semantic', 0))"
_INDEX = """
SELECT format('CREATE INDEX IF NOT EXISTS %I ON {table} USING hnsw'
              ' ((embedding::halfvec({width})) halfvec_cosine_ops) WHERE space = %L',
              'ix_{table}_' || left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 12), $1)
"""
# Of a post or event that went meanwhile, nothing is kept.
_STORE_EVENTS = """
INSERT INTO event_vectors (event_id, space, digest, embedding)
SELECT id, $2, sha256(convert_to($3, 'UTF8')), $4::real[]::halfvec
FROM events WHERE id = $1 FOR KEY SHARE
ON CONFLICT (event_id, space) DO UPDATE
SET digest = excluded.digest, embedding = excluded.embedding
"""
_STORE_POSTS = """
INSERT INTO post_vectors (corpus_id, post, space, embedding)
SELECT corpus_id, id, $3, $4::real[]::halfvec
FROM posts WHERE corpus_id = $1 AND id = $2 FOR KEY SHARE
ON CONFLICT DO NOTHING
"""


async def prepare(connection: asyncpg.Connection, space: Space) -> None:
    """Make what is missing: the extension, the tables, the indexes of a space.

    Raises:
        CommandError: the server has no pgvector, or one that is too old.
    """
    await connection.execute(_ONE_AT_A_TIME)
    try:
        if await connection.fetchval(_VERSION) is None:
            await connection.execute(_EXTENSION)
    except (
        asyncpg.FeatureNotSupportedError,
        asyncpg.UndefinedFileError,
        asyncpg.InsufficientPrivilegeError,
    ):
        raise CommandError(_NO_PGVECTOR) from None
    version = str(await connection.fetchval(_VERSION))
    if tuple(int(part) for part in version.split(".")[:2]) < MIN_PGVECTOR:
        raise CommandError(f"{_NO_PGVECTOR}; it is {version}")
    await connection.execute(_TABLES)
    for table in ("event_vectors", "post_vectors"):
        statement = _INDEX.format(table=table, width=space.width)
        await connection.execute(await connection.fetchval(statement, space.name))


async def store_events(
    connection: asyncpg.Connection,
    space: Space,
    events: Sequence[tuple[int, str]],
    vectors: Vectors,
) -> None:
    """Keep the vectors of events, given as ids and summaries."""
    rows: Iterable[tuple[object, ...]] = (
        (id_, space.name, text, vector.tolist())
        for (id_, text), vector in zip(events, vectors, strict=True)
    )
    await connection.executemany(_STORE_EVENTS, rows)


async def store_posts(
    connection: asyncpg.Connection,
    space: Space,
    corpus_id: int,
    posts: Sequence[tuple[int, str]],
    vectors: Vectors,
) -> None:
    """Keep the vectors of posts, given as ids and texts."""
    rows: Iterable[tuple[object, ...]] = (
        (corpus_id, id_, space.name, vector.tolist())
        for (id_, _), vector in zip(posts, vectors, strict=True)
    )
    await connection.executemany(_STORE_POSTS, rows)
