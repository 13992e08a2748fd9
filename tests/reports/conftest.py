"""Editions written for tests, and their way into a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.db import Database
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome
from app.reports.importer import EditionKey, import_edition, read_and_code

PUBLISHED_ON = date(2020, 11, 18)


@dataclass(frozen=True)
class Item:
    """One bullet of an edition."""

    summary: str
    outlet: str = "Reuters"
    day: str = "12-NOV"


ITEMS = (
    Item("Iran sends a cargo of dates and two engineers to the port of La Guaira in Venezuela."),
    Item("A museum in Moscow lends forty paintings to the city of Managua.", "TASS", "11-NOV"),
    Item("China buys a third of this year's soy harvest from farmers in Paraguay.", "ABC Color"),
    Item("State media reports a new ferry between Havana and Puerto Cabello.", "Granma", "09-NOV"),
    Item("A court in Lima hears witnesses on a gold shipment to Tehran.", "Infobae", "08-NOV"),
    Item("Russia offers to repair four helicopters of the Bolivian army.", "Reuters", "07-NOV"),
)


def edition_text(items: Sequence[Item] = ITEMS, heading: str = "VENEZUELA") -> str:
    """An edition as it is published, with one block and one must-read."""
    bullets = "\n".join(f"  • {i.summary} –\u00a0{i.outlet} on {i.day}" for i in items)
    return (
        "The month was a quiet one in the hemisphere, yet four capitals sent people, goods and "
        "papers over the sea as they had in the years before it.\n\n"
        "MUST READS:\n\n  • TREASURY: A notice on a shipping firm\n\n"
        f"{heading}\n\n"
        "Caracas received guests and cargo from its partners again, and the paragraph before the "
        "items says so in a dozen words and some more.\n\n"
        f"{bullets}\n"
    )


async def take_in(
    database: Database,
    text: str,
    slug: str = "test",
    published_on: date = PUBLISHED_ON,
    title: str = "A test",
    allow_removals: bool = False,
) -> Outcome:
    """Import the text of an edition."""
    file = SourceFile.of("edition.txt", text.encode())
    coded = read_and_code(file, published_on)
    return await import_edition(database, file, EditionKey(slug, title), coded, allow_removals)


async def state_of(database: Database) -> dict[str, object]:
    """Everything that an import may change, to compare before and after."""
    tables = (
        "events", "event_changes", "event_corrections", "outlets", "ingest_runs", "data_version",
        "editions", "edition_items", "edition_sections", "edition_must_reads",
    )  # fmt: skip
    return {
        table: await database.fetch_value(
            f"SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text), '[]') FROM {table} t"
        )
        for table in tables
    }


async def ids_by_summary(database: Database) -> dict[str, int]:
    """The events that stand."""
    return {row[0]: row[1] for row in await database.fetch("SELECT summary, id FROM events")}
