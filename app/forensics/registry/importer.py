"""Takes files of registry entries in: read, check, write what changed, keep what was said before."""

from collections.abc import Mapping
from dataclasses import replace

import asyncpg
import orjson

from app.core import data_version
from app.core.db import Database
from app.core.errors import CommandError
from app.events.outlets import fold_name
from app.events.vocabulary import names_in_all_languages
from app.forensics.records.reading import read_records
from app.forensics.registry import writer
from app.forensics.registry.entries import EntryRecord, read_entry
from app.forensics.registry.writer import EntryRow, Held
from app.ingest.files import SourceFile
from app.ingest.rejects import Reject
from app.ingest.runner import Outcome, run_ingest

READER_VERSION = "1"
MAX_FILE_BYTES = 100_000_000
MAX_ENTRIES = 200_000
INGEST = "accounts"

Read = dict[tuple[str, str], tuple[int, EntryRecord]]


def read_file(file: SourceFile) -> tuple[Read, list[Reject]]:
    """The entries of a file with their lines by kind and id, and the lines that hold none.

    Raises:
        CommandError: it holds not one, or more than the service takes at once.
    """
    entries: Read = {}
    rejects: list[Reject] = []
    for number, found in enumerate(read_records(file.text(), "kind"), start=1):
        if number > MAX_ENTRIES:
            raise CommandError(f"{file.name}: more than {MAX_ENTRIES:,} entries; split the file")
        if isinstance(found, Reject):
            rejects.append(found)
            continue
        try:
            entry = read_entry(found.fields)
        except ValueError as error:
            rejects.append(Reject(found.line, str(error)[:300]))
            continue
        name = (entry.kind, entry.id)
        if name in entries:
            rejects.append(Reject(found.line, f"{entry.id} was on line {entries[name][0]} already"))
        else:
            entries[name] = (found.line, entry)
    if not entries:
        lines = "".join(f"\n  line {reject.line}: {reject.reason}" for reject in rejects[:20])
        raise CommandError(f"{file.name}: no entry in it; nothing was changed{lines}")
    return entries, rejects


async def import_entries(database: Database, file: SourceFile, collection: str) -> Outcome:
    """Make the file's entries the collection's: new ones are added, changed ones are put otherwise,
    those that it lacks now are withdrawn. The same file twice is a no-op.

    Raises:
        CommandError: there is no entry in the file.
    """

    async def work(connection: asyncpg.Connection) -> Outcome:
        read, rejects = read_file(file)
        counts, taken = await write_entries(connection, collection, read)
        rejects = sorted([*rejects, *taken], key=lambda reject: reject.line)
        return Outcome({**counts, "rejected": len(rejects)}, rejects)

    return await run_ingest(database, INGEST, collection, file, READER_VERSION, work)


async def write_entries(
    connection: asyncpg.Connection, collection: str, read: Read
) -> tuple[dict[str, int], list[Reject]]:
    """Let a collection hold just these entries; none take it away.

    What a person decided on stays as it is. Returns what changed, and the entries that belong to
    another collection.
    """
    await data_version.bump(connection)
    held = await writer.load_held(connection, collection, list(read))
    rejects, rows, kept = [], [], 0
    added = 0
    for name, (line, entry) in read.items():
        row, before = _row(collection, entry), held.get(name)
        gone_before = before is not None and before.withdrawn
        if before is not None and not gone_before and before.row.collection != collection:
            owner = before.row.collection
            rejects.append(Reject(line, f"{entry.id} belongs to collection {owner}"))
            continue
        if before is not None and before.edited:
            kept += before.row != row
            row = replace(before.row, collection=collection)
        if before is None or gone_before:
            added += 1
            rows.append(row)
        elif before.row != row:
            rows.append(row)
    gone = _gone(held, collection, read)
    by = f"{INGEST} {collection}"
    await writer.save_entries(connection, rows, by)
    await writer.withdraw_entries(connection, gone, by)
    count = len(read) - len(rejects)
    return {
        "entries": count,
        "added": added,
        "updated": len(rows) - added,
        "withdrawn": len(gone),
        "kept_as_decided": kept,
        "unchanged": count - len(rows),
    }, rejects


def _gone(
    held: Mapping[tuple[str, str], Held], collection: str, read: Read
) -> list[tuple[str, str]]:
    return [
        name
        for name, before in held.items()
        if before.row.collection == collection and not before.withdrawn and name not in read
    ]


def _row(collection: str, entry: EntryRecord) -> EntryRow:
    citations = [citation.model_dump(mode="json") for citation in entry.citations]
    return EntryRow(
        kind=entry.kind,
        id=entry.id,
        key=entry.key,
        platform=entry.platform,
        name=entry.name or entry.key,
        sort_name=(entry.name or entry.key).lower(),
        status=entry.status,
        state=entry.state,
        outlet_id=entry.outlet,
        imitates=entry.imitates,
        citations=orjson.dumps(citations).decode(),
        synthetic=entry.synthetic,
        folded=_folded(entry),
        collection=collection,
    )


def _folded(entry: EntryRecord) -> str:
    texts = [entry.name, entry.key, entry.platform, entry.outlet, entry.imitates]
    texts += [citation.publisher for citation in entry.citations]
    texts.append(names_in_all_languages((entry.state,) if entry.state else (), ()))
    return f" {fold_name('. '.join(text for text in texts if text))}"
