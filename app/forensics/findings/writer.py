"""Every change of analyses and findings."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import rfc8785

_BEGIN = """
UPDATE analyses SET status = 'running', started_at = now(), done = 0, stage = 'reading'
WHERE id = $1 AND status IN ('queued', 'running')
RETURNING account_id, corpus_id, finding_id, version, purpose, kind, parameters
"""
_NOTE = """
UPDATE analyses SET stage = $2, done = coalesce($3, done), total = coalesce($4, total)
WHERE id = $1
"""
_FAIL = """
UPDATE analyses SET status = 'failed', fault = $2, finished_at = now()
WHERE id = $1 AND status IN ('queued', 'running')
"""
_CANCEL = """
UPDATE analyses SET status = 'cancelled', finished_at = now()
WHERE id = $1 AND status IN ('queued', 'running')
"""
_FAIL_LOST = """
UPDATE analyses SET status = 'failed', fault = 'its job was lost', finished_at = now()
WHERE status IN ('queued', 'running') AND created_at < now() - interval '10 minutes'
  AND NOT EXISTS (SELECT FROM pgqueuer AS job
                  WHERE job.dedupe_key = $1 || ':' || analyses.id
                    AND job.status IN ('queued', 'picked'))
"""
_DELETED_SINCE = """
SELECT EXISTS (SELECT FROM post_tombstones t JOIN analyses a USING (corpus_id)
               WHERE a.id = $1 AND t.deleted_at >= a.started_at)
"""
_LOCK_CORPUS = "SELECT 1 FROM corpora WHERE id = $1 FOR SHARE"
_NEW_FINDING = """
INSERT INTO findings (id, account_id, corpus_id, kind, created_at) VALUES ($1, $2, $3, $4, now())
"""
_LOCK_FINDING = "SELECT 1 FROM findings WHERE id = $1 FOR UPDATE"
_NEXT_VERSION = """
SELECT coalesce(max(version), 0) + 1 FROM finding_events WHERE finding_id = $1
"""
_ADD_VERSION = """
INSERT INTO finding_versions
    (finding_id, number, document, sha256, parameters, context, until_post, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now())
"""
_FINISH = """
UPDATE analyses SET status = 'done', stage = NULL, finding_id = $2, version = $3,
    recomputed = $4, finished_at = now(), done = coalesce(total, done)
WHERE id = $1
"""
_ADD_EVENT = """
INSERT INTO finding_events (finding_id, kind, version, by, note, at)
VALUES ($1, $2, $3, $4, $5, now())
"""
_WITHDRAW = """
WITH gone AS (
    UPDATE findings SET deleted_at = now() WHERE corpus_id = $1 AND deleted_at IS NULL RETURNING id
), documents AS (
    DELETE FROM finding_versions WHERE finding_id IN (SELECT id FROM findings WHERE corpus_id = $1)
), replies AS (
    DELETE FROM finding_replies WHERE finding_id IN (SELECT id FROM findings WHERE corpus_id = $1)
)
INSERT INTO finding_events (finding_id, kind, by, note, at)
SELECT id, 'deleted', 'owner', 'its corpus was deleted', now() FROM gone
"""
_NOTE_DELETED = """
INSERT INTO finding_events (finding_id, kind, by, note, at)
SELECT id, 'input_deleted', 'owner', $2, now() FROM findings
WHERE corpus_id = $1 AND deleted_at IS NULL
"""
# The name as it stands in a document: alone, or behind its platform.
_DELETE_NAMING = """
WITH gone AS (
    DELETE FROM finding_versions v USING findings f
    WHERE f.id = v.finding_id AND f.corpus_id = $1
      AND (position($2::bytea IN v.document) > 0 OR position($3::bytea IN v.document) > 0)
    RETURNING v.finding_id, v.number
)
INSERT INTO finding_events (finding_id, kind, version, by, note, at)
SELECT finding_id, 'version_deleted', number, 'owner', 'posts of an account it named were deleted',
       now() FROM gone
"""
_FORGET_RECOMPUTED = """
UPDATE analyses SET recomputed = NULL WHERE corpus_id = $1 AND recomputed IS NOT NULL
"""
_RETRACT = """
UPDATE findings SET retracted_at = now() WHERE id = $1 AND retracted_at IS NULL
"""
_PUBLISH = "UPDATE findings SET published_at = coalesce(published_at, now()) WHERE id = $1"
_DECIDE = """
UPDATE finding_replies SET status = $2, decided_at = now()
WHERE id = $1 AND status = 'filed' RETURNING finding_id
"""


async def begin(connection: asyncpg.Connection, analysis_id: UUID) -> dict[str, Any] | None:
    """What an analysis asks for; `None` when there is nothing to do any more."""
    row = await connection.fetchrow(_BEGIN, analysis_id)
    return None if row is None else {**row, "parameters": orjson.loads(row["parameters"])}


async def note(
    connection: asyncpg.Connection,
    analysis_id: UUID,
    stage: str,
    done: int | None = None,
    total: int | None = None,
) -> None:
    """Tell how far an analysis is."""
    await connection.execute(_NOTE, analysis_id, stage, done, total)


async def fail(connection: asyncpg.Connection, analysis_id: UUID, fault: str) -> None:
    """Tell that an analysis failed, and why."""
    await connection.execute(_FAIL, analysis_id, fault)


async def cancel(connection: asyncpg.Connection, analysis_id: UUID) -> bool:
    """Mark an unfinished analysis as cancelled; `False` when it had ended."""
    return bool(await connection.execute(_CANCEL, analysis_id) == "UPDATE 1")


async def fail_lost(connection: asyncpg.Connection, kind: str) -> None:
    """End analyses whose job is nowhere any more."""
    await connection.execute(_FAIL_LOST, kind)


async def lost_input(connection: asyncpg.Connection, analysis_id: UUID, corpus_id: int) -> bool:
    """Whether posts went while the analysis read them; until the commit no more will go."""
    await connection.execute(_LOCK_CORPUS, corpus_id)
    return bool(await connection.fetchval(_DELETED_SINCE, analysis_id))


async def add_finding(
    connection: asyncpg.Connection, finding_id: UUID, account_id: int, corpus_id: int, kind: str
) -> None:
    """Make a finding that has no version yet."""
    await connection.execute(_NEW_FINDING, finding_id, account_id, corpus_id, kind)


async def add_version(
    connection: asyncpg.Connection,
    finding_id: UUID,
    document: bytes,
    sha256: str,
    parameters: Mapping[str, Any],
    context: Mapping[str, Sequence[Any]],
    until_post: int,
) -> int:
    """Add the next version of a finding, with its event; returns its number."""
    await connection.execute(_LOCK_FINDING, finding_id)
    number: int = await connection.fetchval(_NEXT_VERSION, finding_id)
    await connection.execute(
        _ADD_VERSION, finding_id, number, document, sha256,
        orjson.dumps(parameters).decode(), orjson.dumps(context).decode(), until_post,
    )  # fmt: skip
    kind = "created" if number == 1 else "version"
    await connection.execute(_ADD_EVENT, finding_id, kind, number, "system", None)
    return number


async def finish(
    connection: asyncpg.Connection,
    analysis_id: UUID,
    finding_id: UUID,
    version: int,
    recomputed: bytes | None,
) -> None:
    """Tell that an analysis is done, and which version it gave or made again."""
    await connection.execute(_FINISH, analysis_id, finding_id, version, recomputed)


async def add_event(
    connection: asyncpg.Connection,
    finding_id: UUID,
    kind: str,
    by: str,
    note: str | None = None,
    version: int | None = None,
) -> None:
    """Record what happened to a finding."""
    await connection.execute(_ADD_EVENT, finding_id, kind, version, by, note)


async def retract(connection: asyncpg.Connection, finding_id: UUID, by: str, reason: str) -> bool:
    """Take a finding back, for all to see; `False` when it was already."""
    if await connection.execute(_RETRACT, finding_id) != "UPDATE 1":
        return False
    await add_event(connection, finding_id, "retraction", by, reason)
    return True


async def publish(connection: asyncpg.Connection, finding_id: UUID) -> bool:
    """Open a finding to all who may use forensics; `False` when there is none."""
    if await connection.execute(_PUBLISH, finding_id) != "UPDATE 1":
        return False
    await add_event(connection, finding_id, "published", "operator")
    return True


async def decide_reply(
    connection: asyncpg.Connection, reply_id: UUID, *, confirmed: bool
) -> UUID | None:
    """Confirm or refuse a filed reply; returns the finding, `None` when none was waiting."""
    status = "confirmed" if confirmed else "refused"
    finding_id: UUID | None = await connection.fetchval(_DECIDE, reply_id, status)
    if finding_id is not None:
        await add_event(connection, finding_id, f"reply_{status}", "operator")
    return finding_id


async def withdraw_findings(connection: asyncpg.Connection, corpus_id: int) -> None:
    """Delete the documents of all findings of a corpus that is about to go; their events stay."""
    await connection.execute(_WITHDRAW, corpus_id)


async def note_deleted_posts(
    connection: asyncpg.Connection, corpus_id: int, count: int, account: str | None
) -> None:
    """Tell the findings of a corpus that posts went; versions that name a deleted account go."""
    said = f"{count} post{'s' if count > 1 else ''} of its corpus were deleted"
    await connection.execute(_NOTE_DELETED, corpus_id, said)
    await connection.execute(_FORGET_RECOMPUTED, corpus_id)
    if account is not None:
        name = rfc8785.dumps(account)
        await connection.execute(_DELETE_NAMING, corpus_id, name, b":" + name[1:])
