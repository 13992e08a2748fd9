"""Takes sanctions lists in."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg

from app.core import data_version
from app.core.db import Database
from app.core.errors import CommandError
from app.ingest.files import SourceFile
from app.ingest.rejects import Reject
from app.ingest.runner import Outcome, run_ingest
from app.itineraries.lists.writer import count_entries, replace_list
from app.itineraries.sources.listed import Listed
from app.itineraries.sources.ofac_csv import read_ofac_csv
from app.itineraries.sources.ofac_xml import read_ofac_xml

KIND = "sanctions"
READER_VERSION = "1"
MAX_FILE_BYTES = 400_000_000
MAX_VANISHING = 0.5
MAX_NAME = 1_000
# Beside the main file, by the names under which OFAC publishes them.
_COMPANIONS = {
    "sdn": {"alt": "alt.csv", "add": "add.csv", "comments": "sdn_comments.csv"},
    "cons_prim": {"alt": "cons_alt.csv", "add": "cons_add.csv", "comments": "cons_comments.csv"},
}


def companions_of(path: Path) -> dict[str, SourceFile]:
    """The files that belong to a main CSV file and lie beside it, whatever the case of their names."""
    wanted = _COMPANIONS.get(path.stem.lower(), _COMPANIONS["sdn"])
    if path.suffix.lower() != ".csv" or not path.parent.is_dir():
        return {}
    beside = {other.name.lower(): other for other in sorted(path.parent.iterdir())}
    return {
        role: SourceFile.read(beside[name], MAX_FILE_BYTES)
        for role, name in wanted.items()
        if name in beside and beside[name] != path
    }


async def import_sanctions(
    database: Database,
    main: SourceFile,
    companions: Mapping[str, SourceFile],
    list_id: str,
    allow_removals: bool = False,
) -> Outcome:
    """Let the list hold the entries of these files. The same files twice are a no-op.

    Raises:
        CommandError: no entry in it, or more than half of the stored list would vanish.
    """
    whole = SourceFile.of(main.name, b"\0".join(f.content for f in (main, *companions.values())))

    async def work(connection: asyncpg.Connection) -> Outcome:
        entries: dict[str, Listed] = {}
        rejects = []
        for entry in _read(main, companions):
            if isinstance(entry, Reject):
                rejects.append(entry)
            elif max(map(len, (entry.entry_id, entry.name, *entry.aliases))) > MAX_NAME:
                reason = f"entry {entry.entry_id[:60]}: more than {MAX_NAME:,} characters in a name"
                rejects.append(Reject(1, reason))
            else:
                entries.setdefault(entry.entry_id, entry)
        if not entries:
            lines = "".join(f"\n  line {r.line}: {r.reason}" for r in rejects[:5])
            raise CommandError(f"{main.name}: no entry in it; nothing was changed{lines}")
        await data_version.bump(connection, data_version.ROUTES)
        held = await count_entries(connection, list_id)
        if len(entries) < held * MAX_VANISHING and not allow_removals:
            raise CommandError(
                f"{held - len(entries)} of {held} entries of {list_id} would vanish; nothing was "
                "changed. If that is meant, repeat with --allow-removals"
            )
        identifiers = await replace_list(connection, list_id, list(entries.values()))
        kinds = [entry.kind for entry in entries.values()]
        counts = {f"{kind}_entries": kinds.count(kind) for kind in sorted(set(kinds))}
        return Outcome({"entries": len(entries), **counts, "identifiers": identifiers,
                        "rejected": len(rejects)}, rejects)  # fmt: skip

    return await run_ingest(database, KIND, list_id, whole, READER_VERSION, work)


def _read(main: SourceFile, companions: Mapping[str, SourceFile]) -> Iterator[Listed | Reject]:
    if main.content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") or main.content.startswith(
        (b"\xff\xfe", b"\xfe\xff")
    ):
        return read_ofac_xml(main.content)
    return read_ofac_csv(main.text(), {role: file.text() for role, file in companions.items()})
