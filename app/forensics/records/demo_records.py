"""The takedowns and claims that the demo edition tells of, in our own short words."""

from importlib.resources import files
from typing import get_args

from app.core import data_version
from app.core.db import Database
from app.forensics.records.importer import INGEST, import_records, write_records
from app.forensics.records.records import Kind
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome, forget_bytes, was_imported

COLLECTION = "demo-2020-11"
KINDS: tuple[Kind, ...] = get_args(Kind)


async def load_demo_records(database: Database) -> dict[str, Outcome]:
    """Take the takedowns and claims in, through the path of every file of them."""
    outcomes = {}
    for kind in KINDS:
        name = f"{INGEST[kind]}.ndjson"
        content = (files("app.forensics.records") / "demo" / name).read_bytes()
        file = SourceFile.of(name, content)
        outcomes[INGEST[kind]] = await import_records(database, kind, file, COLLECTION)
    return outcomes


async def load_demo_records_once(database: Database) -> None:
    """Take the takedowns and claims in, unless they are or have been there."""
    if not await was_imported(database, INGEST["takedown"], COLLECTION):
        await load_demo_records(database)


async def remove_demo_records(database: Database) -> int:
    """Take the takedowns and claims back; returns how many were withdrawn."""
    withdrawn = 0
    async with database.transaction() as connection:
        await data_version.bump(connection)
        for kind in KINDS:
            counts, _ = await write_records(connection, kind, COLLECTION, {})
            withdrawn += counts["withdrawn"]
            await forget_bytes(connection, INGEST[kind], COLLECTION)
    return withdrawn
