"""The journeys that the demo edition tells of, as reported legs in our own short words."""

from collections.abc import Sequence
from importlib.resources import files

from app.core import data_version
from app.core.db import Database
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome, forget_bytes, was_imported
from app.itineraries.journeys.importer import KIND, import_legs, write_claims
from app.itineraries.journeys.writer import load_redactor

COLLECTION = "demo-2020-11"


async def load_demo_journeys(database: Database, secrets: Sequence[bytes]) -> Outcome:
    """Take the journeys in, through the path of every file of legs."""
    path = files("app.itineraries.journeys") / "demo" / "legs.ndjson"
    file = SourceFile.of("legs.ndjson", path.read_bytes())
    return await import_legs(database, file, COLLECTION, secrets)


async def load_demo_journeys_once(database: Database, secrets: Sequence[bytes]) -> None:
    """Take the journeys in, unless they are or have been there."""
    if not await was_imported(database, KIND, COLLECTION):
        await load_demo_journeys(database, secrets)


async def remove_demo_journeys(database: Database) -> int:
    """Take the journeys back; returns the number of itineraries that changed or went."""
    async with database.transaction() as connection:
        await data_version.bump(connection)
        redactor = await load_redactor(connection, ())
        counts = await write_claims(connection, COLLECTION, [], redactor)
        await forget_bytes(connection, KIND, COLLECTION)
    return counts["itineraries"]
