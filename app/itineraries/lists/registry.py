"""Takes registers of ships and aircraft in: who a craft was, from when until when, by which source."""

import asyncpg

from app.core import data_version
from app.core.db import Database
from app.core.errors import CommandError
from app.ingest.files import SourceFile
from app.ingest.rejects import Reject
from app.ingest.runner import Outcome, run_ingest
from app.itineraries.crafts.writer import Said, save_crafts, save_identities
from app.itineraries.positions.writer import ALWAYS, mark_stale
from app.itineraries.sources.registry import Registered, read_registry

KIND = "registry"
READER_VERSION = "1"
MAX_FILE_BYTES = 400_000_000
MAX_ROWS = 2_000_000
_AT_ONCE = 20_000


async def import_registry(database: Database, file: SourceFile, source: str) -> Outcome:
    """Add what a register says of craft; other sources' statements stay beside it.

    Raises:
        CommandError: there is no craft in the file.
    """

    async def work(connection: asyncpg.Connection) -> Outcome:
        rows: list[Registered] = []
        rejects: list[Reject] = []
        for row in read_registry(file.text()):
            if isinstance(row, Reject):
                rejects.append(row)
            else:
                rows.append(row)
                rejects += [Reject(row.line, f"left out: {doubt}") for doubt in row.doubts]
            if len(rows) > MAX_ROWS:
                raise CommandError(f"{file.name}: more than {MAX_ROWS:,} rows; split the file")
        if not rows:
            lines = "".join(f"\n  line {r.line}: {r.reason}" for r in rejects[:5])
            raise CommandError(f"{file.name}: no craft in it; nothing was changed{lines}")
        await data_version.bump(connection, data_version.ROUTES)
        ids = await save_crafts(connection, [row.key for row in rows])
        retyped: list[int] = []
        for start in range(0, len(rows), _AT_ONCE):
            said = [
                Said(ids[row.key], field, value, source, row.valid_from, row.valid_until)
                for row in rows[start : start + _AT_ONCE]
                for field, value in row.said.items()
            ]
            retyped += await save_identities(connection, said)
        # At last, since no positions can be written from here on to the commit.
        await mark_stale(connection, dict.fromkeys(retyped, ALWAYS))
        statements = sum(len(row.said) for row in rows)
        counts = {"rows": len(rows), "crafts": len(ids), "statements": statements}
        return Outcome({**counts, "rejected": len(rejects)}, rejects)

    return await run_ingest(database, KIND, source, file, READER_VERSION, work)
