"""The demo edition that the package brings: restated facts of a published edition."""

from datetime import date
from importlib.resources import files

from app.core import data_version
from app.core.db import Database
from app.events.writer import delete_events
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome, forget_bytes, was_imported
from app.reports.editions import EditionKey
from app.reports.importer import (
    KIND,
    Progress,
    hand_coding_of,
    import_edition,
    read_and_code,
)
from app.reports.writer import remove_edition

DEMO = EditionKey("demo-2020-11", "VRIC Monitor, November 2020 (restated demo)", restated=True)
PUBLISHED_ON = date(2020, 11, 18)


async def load_demo(database: Database, progress: Progress | None = None) -> Outcome:
    """Take the demo edition in, through the path of every edition."""
    folder = files("app.reports") / "demo"
    file = SourceFile.of("edition.txt", (folder / "edition.txt").read_bytes())
    hand_coding = hand_coding_of((folder / "coding.jsonl").read_text(encoding="utf-8"))
    coded = read_and_code(file, PUBLISHED_ON, hand_coding, progress)
    return await import_edition(database, file, DEMO, coded)


async def load_demo_once(database: Database) -> None:
    """Take the demo edition in, unless it is or has been there."""
    if not await was_imported(database, KIND, DEMO.slug):
        await load_demo(database)


async def remove_demo(database: Database) -> int:
    """Take the demo edition back; returns the number of events removed."""
    async with database.transaction() as connection:
        await data_version.bump(connection)
        ids = await remove_edition(connection, DEMO.slug)
        await forget_bytes(connection, KIND, DEMO.slug)
        return (await delete_events(connection, ids, "demo remove")).deleted
