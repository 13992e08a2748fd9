"""The entries that the package brings: accounts and domains that cited public reports name."""

from importlib.resources import files

from app.core.db import Database
from app.forensics.registry.entries import EntryRecord
from app.forensics.registry.importer import INGEST, import_entries, read_file, write_entries
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome, forget_bytes, was_imported

COLLECTION = "reported"


def bundled_file() -> SourceFile:
    """The file of entries that the package brings."""
    content = (files("app.forensics.registry") / "data" / "entries.csv").read_bytes()
    return SourceFile.of("entries.csv", content)


def bundled_entries() -> list[EntryRecord]:
    """The entries that the package brings, as they stand in its file."""
    entries, _ = read_file(bundled_file())
    return [entry for _, entry in entries.values()]


async def load_demo_entries(database: Database) -> Outcome:
    """Take the entries in, through the path of every file of them."""
    return await import_entries(database, bundled_file(), COLLECTION)


async def load_demo_entries_once(database: Database) -> None:
    """Take the entries in, unless they are or have been there."""
    if not await was_imported(database, INGEST, COLLECTION):
        await load_demo_entries(database)


async def remove_demo_entries(database: Database) -> int:
    """Take the entries back; returns how many were withdrawn."""
    async with database.transaction() as connection:
        counts, _ = await write_entries(connection, COLLECTION, {})
        await forget_bytes(connection, INGEST, COLLECTION)
    return counts["withdrawn"]
