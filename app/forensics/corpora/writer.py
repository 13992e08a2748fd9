"""Every change of corpora, their posts and uploads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

import asyncpg
import orjson

from app.forensics.corpora.models import CorpusUpload
from app.forensics.sources.posts import PostRecord

PURGED_AT_ONCE = 10_000
_COLUMNS = tuple(field.name for field in fields(PostRecord))
_STORED = tuple(name for name in _COLUMNS if name != "line")

_CREATE = """
INSERT INTO corpora (account_id, name, created_at, updated_at) VALUES ($1, $2, now(), now())
ON CONFLICT DO NOTHING
"""
_BEGIN_UPLOAD = """
INSERT INTO corpus_uploads
    (id, corpus_id, file_name, sha256, size_bytes, status, counts, rejects, started_at)
SELECT $1, id, $3, $4, $5, 'running', '{}', '[]', now() FROM corpora
WHERE id = $2 AND deleted_at IS NULL FOR KEY SHARE
"""
_NOTE_UPLOAD = """
UPDATE corpus_uploads SET counts = $2, rejects = $3, unused_columns = $4 WHERE id = $1
"""
_END_UPLOAD = """
UPDATE corpus_uploads SET status = $2, fault = $3, finished_at = now() WHERE id = $1
"""
_FAIL_LOST_UPLOADS = """
UPDATE corpus_uploads SET status = 'failed', fault = $1, finished_at = now()
WHERE status = 'running' AND started_at < now() - interval '6 hours'
"""
_LOCK = "SELECT post_count FROM corpora WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"
_INCOMING = """
CREATE TEMP TABLE incoming (line bigint, LIKE posts) ON COMMIT DROP
"""
_LOOSEN = "ALTER TABLE incoming ALTER corpus_id DROP NOT NULL, ALTER id DROP NOT NULL"
# Without it the planner takes ten thousand rows for a few.
_ANALYSE = "ANALYZE incoming (platform, post_id)"
# The first line of an id counts; what was deleted stays away; ids rise with the lines.
_NEW = """
SELECT DISTINCT ON (i.platform, i.post_id) i.* FROM incoming i
WHERE NOT EXISTS (SELECT FROM posts p WHERE p.corpus_id = $1
                  AND p.platform = i.platform AND p.post_id = i.post_id)
  AND NOT EXISTS (SELECT FROM post_tombstones t WHERE t.corpus_id = $1
                  AND t.digest = sha256(convert_to(i.platform || chr(31) || i.post_id, 'UTF8')))
ORDER BY i.platform, i.post_id, i.line
"""
_INSERT = f"""
INSERT INTO posts (corpus_id, {", ".join(_STORED)})
SELECT $1, {", ".join(_STORED)} FROM ({_NEW}) AS new ORDER BY line LIMIT $2
"""
_COUNT_NEW = f"SELECT count(*) FROM ({_NEW}) AS new"
_DELETED = """
SELECT count(*) FROM incoming i JOIN post_tombstones t ON t.corpus_id = $1
   AND t.digest = sha256(convert_to(i.platform || chr(31) || i.post_id, 'UTF8'))
"""
_CONFLICTS = """
SELECT i.line, i.post_id FROM incoming i JOIN posts p
    ON p.corpus_id = $1 AND p.platform = i.platform AND p.post_id = i.post_id
WHERE p.raw_sha256 <> i.raw_sha256 ORDER BY i.line
"""
_GROW = "UPDATE corpora SET post_count = post_count + $2, updated_at = now() WHERE id = $1"
_DELETE_POSTS = """
WITH gone AS (
    DELETE FROM posts WHERE corpus_id = $1 AND id IN ({which})
    RETURNING id, platform, post_id
)
INSERT INTO post_tombstones (corpus_id, digest, id, deleted_at)
SELECT $1, sha256(convert_to(platform || chr(31) || post_id, 'UTF8')), id, now() FROM gone
ON CONFLICT (corpus_id, digest) DO UPDATE SET deleted_at = excluded.deleted_at, id = excluded.id
"""
_ONE = "SELECT id FROM posts WHERE corpus_id = $1 AND platform = $2 AND post_id = $3"
_SOME_OF_ACCOUNT = """
SELECT id FROM posts WHERE corpus_id = $1 AND account = $2 ORDER BY id LIMIT $3
"""
_ADD_TOMBSTONE = """
INSERT INTO corpus_tombstones (corpus_id, account_id, name, post_count, created_at, deleted_at)
SELECT id, account_id, name, post_count, created_at, now() FROM corpora
WHERE id = $1 AND deleted_at IS NULL
"""
_DISOWN_TOMBSTONES = """
UPDATE corpus_tombstones SET account_id = NULL, name = '#' || corpus_id WHERE account_id = $1
"""
_MARK_DELETED = """
UPDATE corpora SET account_id = NULL, published_at = NULL, name = '#' || id, deleted_at = now()
WHERE id = $1
"""
_DELETE_UPLOADS = "DELETE FROM corpus_uploads WHERE corpus_id = $1"
_STEPS = tuple(
    f"""
DELETE FROM {table} WHERE corpus_id = $1
  AND {key} IN (SELECT {key} FROM {table} WHERE corpus_id = $1 ORDER BY {key} LIMIT $2)
"""
    for table, key in (("posts", "id"), ("post_tombstones", "digest"))
)
_FORGET_CORPUS = "DELETE FROM corpora WHERE id = $1 AND deleted_at IS NOT NULL"
_PUBLISH = """
UPDATE corpora SET account_id = NULL, published_at = coalesce(published_at, now()) WHERE id = $1
"""
_LINK = """
INSERT INTO post_links (corpus_id, post, kind, target, note, created_at)
SELECT $1, id, $4, $5, $6, now() FROM posts
WHERE corpus_id = $1 AND platform = $2 AND post_id = $3
ON CONFLICT (corpus_id, post, kind, target) DO UPDATE SET note = excluded.note
"""
_UNLINK = """
DELETE FROM post_links USING posts
WHERE post_links.corpus_id = $1 AND posts.corpus_id = $1 AND post_links.post = posts.id
  AND posts.platform = $2 AND posts.post_id = $3 AND kind = $4 AND target = $5
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of some posts; `conflicts` are lines whose id is there with another body."""

    added: int
    known: int
    deleted: int
    over_cap: int
    conflicts: list[tuple[int, str]]


async def create_corpus(connection: asyncpg.Connection, account_id: int | None, name: str) -> bool:
    """Make a corpus, unless there is one; returns whether it is new."""
    return bool(await connection.execute(_CREATE, account_id, name) == "INSERT 0 1")


async def begin_upload(connection: asyncpg.Connection, upload: CorpusUpload) -> bool:
    """Record that a file is being taken in; whether the corpus is still there."""
    done = await connection.execute(
        _BEGIN_UPLOAD,
        upload.id,
        upload.corpus_id,
        upload.file_name,
        upload.sha256,
        upload.size_bytes,
    )
    return bool(done == "INSERT 0 1")


async def note_upload(
    connection: asyncpg.Connection,
    upload_id: UUID,
    counts: Mapping[str, int],
    rejects: Sequence[Mapping[str, object]],
    unused_columns: Sequence[str],
) -> None:
    """Tell how far a file is."""
    await connection.execute(
        _NOTE_UPLOAD,
        upload_id,
        orjson.dumps(dict(counts)).decode(),
        orjson.dumps(list(rejects)).decode(),
        list(unused_columns),
    )


async def end_upload(connection: asyncpg.Connection, upload_id: UUID, fault: str | None) -> None:
    """Tell that a file is taken in, or why not all of it."""
    await connection.execute(_END_UPLOAD, upload_id, "failed" if fault else "done", fault)


async def fail_lost_uploads(connection: asyncpg.Connection, fault: str) -> None:
    """End uploads that nobody takes in any more; one that is under way after all has the last word."""
    await connection.execute(_FAIL_LOST_UPLOADS, fault)


async def save_posts(
    connection: asyncpg.Connection, corpus_id: int, posts: Iterable[PostRecord], cap: int | None
) -> Written | None:
    """Add the posts that are new, as long as the corpus has room; `None` when it is gone.

    The corpus is locked until the commit: uploads of one corpus take turns.
    """
    held = await connection.fetchval(_LOCK, corpus_id)
    if held is None:
        return None
    await connection.execute(_INCOMING)
    await connection.execute(_LOOSEN)
    # Tuples as they are: `astuple` would copy every text.
    rows = [tuple(getattr(post, name) for name in _COLUMNS) for post in posts]
    await connection.copy_records_to_table("incoming", records=rows, columns=list(_COLUMNS))
    await connection.execute(_ANALYSE)
    room = None if cap is None else max(cap - held, 0)
    status = await connection.execute(_INSERT, corpus_id, room)
    added = int(status.rsplit(" ", 1)[1])
    await connection.execute(_GROW, corpus_id, added)
    over_cap = await connection.fetchval(_COUNT_NEW, corpus_id) if added == room else 0
    deleted = await connection.fetchval(_DELETED, corpus_id)
    conflicts = [
        (row["line"], row["post_id"]) for row in await connection.fetch(_CONFLICTS, corpus_id)
    ]
    known = len(rows) - added - over_cap - deleted - len(conflicts)
    return Written(added, max(known, 0), deleted, over_cap, conflicts)


async def delete_post(
    connection: asyncpg.Connection, corpus_id: int, platform: str, post_id: str
) -> bool:
    """Delete a post for good, leaving a tombstone; `False` when there was none."""
    return bool(await _delete_posts(connection, _ONE, corpus_id, platform, post_id))


async def delete_posts_of(connection: asyncpg.Connection, corpus_id: int, account: str) -> int:
    """Delete some thousands of posts of an account for good; returns how many were deleted."""
    return await _delete_posts(connection, _SOME_OF_ACCOUNT, corpus_id, account, PURGED_AT_ONCE)


async def _delete_posts(
    connection: asyncpg.Connection, which: str, corpus_id: int, *values: str | int
) -> int:
    await connection.fetchval(_LOCK, corpus_id)
    status = await connection.execute(_DELETE_POSTS.format(which=which), corpus_id, *values)
    deleted = int(status.rsplit(" ", 1)[1])
    await connection.execute(_GROW, corpus_id, -deleted)
    return deleted


async def mark_deleted(connection: asyncpg.Connection, corpus_id: int) -> None:
    """Take a corpus from everybody, leaving a tombstone; `purge_step` deletes what it holds."""
    await connection.fetchval(_LOCK, corpus_id)
    await connection.execute(_ADD_TOMBSTONE, corpus_id)
    await connection.execute(_MARK_DELETED, corpus_id)
    await connection.execute(_DELETE_UPLOADS, corpus_id)


async def disown_tombstones(connection: asyncpg.Connection, account_id: int) -> None:
    """Keep the tombstones of an account that is about to go, without what names it."""
    await connection.execute(_DISOWN_TOMBSTONES, account_id)


async def purge_step(connection: asyncpg.Connection, corpus_id: int) -> bool:
    """Delete some thousands of rows of a deleted corpus, at last itself; whether any are left."""
    for step in _STEPS:
        status = await connection.execute(step, corpus_id, PURGED_AT_ONCE)
        if int(status.rsplit(" ", 1)[1]) == PURGED_AT_ONCE:
            return True
    await connection.execute(_FORGET_CORPUS, corpus_id)
    return False


async def publish_corpus(connection: asyncpg.Connection, corpus_id: int) -> None:
    """Make a corpus the operators' and open it to all who may use forensics."""
    await connection.execute(_PUBLISH, corpus_id)


async def link_post(
    connection: asyncpg.Connection,
    corpus_id: int,
    platform: str,
    post_id: str,
    kind: str,
    target: str,
    note: str | None,
) -> bool:
    """Link a post; `False` when there is no such post."""
    status = await connection.execute(_LINK, corpus_id, platform, post_id, kind, target, note)
    return bool(status == "INSERT 0 1")


async def unlink_post(
    connection: asyncpg.Connection,
    corpus_id: int,
    platform: str,
    post_id: str,
    kind: str,
    target: str,
) -> bool:
    """Take a link away; `False` when there was none."""
    status = await connection.execute(_UNLINK, corpus_id, platform, post_id, kind, target)
    return bool(status == "DELETE 1")
