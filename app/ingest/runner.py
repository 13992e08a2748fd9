"""The engine every import runs in: lock, no-op on the same bytes, whole or in parts, run record."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

import asyncpg
import orjson

from app.core.clock import now
from app.core.db import Database
from app.ingest.files import LargeFile, SourceFile
from app.ingest.rejects import Reject

MAX_RECORDED_REJECTS = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did. `unchanged` is true when the same bytes were taken in before."""

    counts: dict[str, int]
    rejects: Sequence[Reject] = field(default_factory=tuple)
    unchanged: bool = False


Work = Callable[[asyncpg.Connection], Awaitable[Outcome]]

_LAST = "SELECT sha256, counts FROM ingest_runs WHERE kind = $1 AND target = $2 ORDER BY id DESC LIMIT 1"
_RECORD = """
INSERT INTO ingest_runs
    (kind, target, file_name, sha256, started_at, finished_at, counts, rejects)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def run_ingest(
    database: Database,
    kind: str,
    target: str,
    file: SourceFile,
    version: str,
    work: Work,
) -> Outcome:
    """Run `work` once for these bytes.

    All of it is one transaction under a lock per target: a crash leaves nothing half visible, two
    imports of one target wait for each other, and the same bytes read by the same `version` of the
    reader are a no-op.
    """
    started_at = now()
    fingerprint = f"{file.sha256}:{version}"
    async with database.transaction() as connection:
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            f"ingest:{kind}:{target}",
        )
        last = await connection.fetchrow(_LAST, kind, target)
        if last is not None and last["sha256"] == fingerprint:
            return Outcome(orjson.loads(last["counts"]), unchanged=True)
        outcome = await work(connection)
        await _record(connection, kind, target, file.name, fingerprint, started_at, outcome)
        return outcome


async def run_in_parts(
    database: Database,
    kind: str,
    file: LargeFile,
    version: str,
    work: Callable[[], Awaitable[Outcome]],
) -> Outcome:
    """Run `work` once for these bytes, where one transaction would be too large.

    `work` commits parts, each of which leaves things right and may be repeated. The run is recorded
    at the end alone: after a crash the same file is taken in again, and adds what is missing.
    """
    started_at = now()
    target, fingerprint = file.sha256, f"{file.sha256}:{version}"
    async with database.locked(f"ingest:{kind}:{target}"):
        async with database.transaction() as connection:
            last = await connection.fetchrow(_LAST, kind, target)
        if last is not None and last["sha256"] == fingerprint:
            return Outcome(orjson.loads(last["counts"]), unchanged=True)
        outcome = await work()
        async with database.transaction() as connection:
            await _record(connection, kind, target, file.name, fingerprint, started_at, outcome)
        return outcome


async def was_imported(database: Database, kind: str, target: str) -> bool:
    """Whether anything was ever taken in for a target."""
    return bool(
        await database.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM ingest_runs WHERE kind = $1 AND target = $2)",
            [kind, target],
        )
    )


async def forget_bytes(connection: asyncpg.Connection, kind: str, target: str) -> None:
    """Let the next import of a target run whatever its bytes, because the data was removed."""
    await connection.execute(
        "UPDATE ingest_runs SET sha256 = 'removed' WHERE kind = $1 AND target = $2", kind, target
    )


async def _record(
    connection: asyncpg.Connection,
    kind: str,
    target: str,
    file_name: str,
    fingerprint: str,
    started_at: datetime,
    outcome: Outcome,
) -> None:
    rejects = [asdict(reject) for reject in outcome.rejects[:MAX_RECORDED_REJECTS]]
    await connection.execute(
        _RECORD,
        kind,
        target,
        file_name,
        fingerprint,
        started_at,
        now(),
        orjson.dumps(outcome.counts).decode(),
        orjson.dumps(rejects).decode(),
    )
