"""Every change of analyses and findings."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import rfc8785

from app.events.writer import replace_event_links
from app.plans import Feature

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
INSERT INTO findings (id, account_id, private_to, corpus_id, kind, created_at)
VALUES ($1, $2, $2, $3, $4, now())
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
# What was published stays as it is, and tells that its input is gone.
_WITHDRAW = """
WITH told AS (
    UPDATE findings
    SET corpus_id = NULL, deleted_at = CASE WHEN published_at IS NULL THEN now() END
    WHERE corpus_id = $1 AND deleted_at IS NULL RETURNING id, deleted_at
), documents AS (
    DELETE FROM finding_versions
    WHERE finding_id IN (SELECT id FROM told WHERE deleted_at IS NOT NULL)
), replies AS (
    DELETE FROM finding_replies
    WHERE finding_id IN (SELECT id FROM told WHERE deleted_at IS NOT NULL)
)
INSERT INTO finding_events (finding_id, kind, by, note, at)
SELECT id, CASE WHEN deleted_at IS NULL THEN 'input_deleted' ELSE 'deleted' END, 'owner',
       'its corpus was deleted', now()
FROM told
"""
_DELETE_ANALYSES = "DELETE FROM analyses WHERE corpus_id = $1"
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
_PUBLISH = """
UPDATE findings SET published_at = coalesce(published_at, now()), private_to = NULL
WHERE id = $1 AND deleted_at IS NULL
"""
# Of a corpus that is gone, the links that there were.
_EVENTS_OF = """
SELECT f.id, f.kind, f.retracted_at IS NOT NULL AS is_retracted, ARRAY(
    SELECT e.id FROM post_links l JOIN events e ON e.id = l.target::bigint
    WHERE l.corpus_id = f.corpus_id AND l.kind = 'event'
      AND l.post <= (SELECT max(until_post) FROM finding_versions v WHERE v.finding_id = f.id)
    UNION
    SELECT event_id FROM event_links
    WHERE f.corpus_id IS NULL AND feature = 'forensics' AND target_id = 'findings/' || f.id
) AS events
FROM findings f
WHERE f.published_at IS NOT NULL AND f.deleted_at IS NULL AND (f.id = $1 OR f.corpus_id = $2)
"""
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
    await link_events(connection, finding_id=finding_id)
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
    await link_events(connection, finding_id=finding_id)
    return True


async def publish(connection: asyncpg.Connection, finding_id: UUID) -> bool:
    """Open a finding to all who may use forensics, for good; `False` when there is none."""
    if await connection.execute(_PUBLISH, finding_id) != "UPDATE 1":
        return False
    await add_event(connection, finding_id, "published", "operator")
    await link_events(connection, finding_id=finding_id)
    return True


async def link_events(
    connection: asyncpg.Connection,
    *,
    finding_id: UUID | None = None,
    corpus_id: int | None = None,
) -> None:
    """Let the events that posts are linked to name the published finding, or those of a corpus."""
    targets = {}
    for row in await connection.fetch(_EVENTS_OF, finding_id, corpus_id):
        title = f"Finding: {row['kind'].replace('_', '-')}"
        title += " (retracted)" if row["is_retracted"] else ""
        targets[f"findings/{row['id']}"] = dict.fromkeys(row["events"], title)
    if targets:
        await replace_event_links(connection, Feature.FORENSICS, targets)


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
    """Delete the analyses of a corpus that is about to go, and the documents of its findings.

    Their events stay, and so does all of those that are published.
    """
    await connection.execute(_DELETE_ANALYSES, corpus_id)
    await connection.execute(_WITHDRAW, corpus_id)


async def note_deleted_posts(connection: asyncpg.Connection, corpus_id: int, count: int) -> None:
    """Tell the findings of a corpus that posts went."""
    said = f"{count} post{'s' if count > 1 else ''} of its corpus were deleted"
    await connection.execute(_NOTE_DELETED, corpus_id, said)
    await connection.execute(_FORGET_RECOMPUTED, corpus_id)


async def delete_versions_naming(
    connection: asyncpg.Connection, corpus_id: int, account: str
) -> None:
    """Delete the versions that name an account whose posts went; events tell of them."""
    name = rfc8785.dumps(account)
    await connection.execute(_DELETE_NAMING, corpus_id, name, b":" + name[1:])
