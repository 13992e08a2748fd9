"""The demo: the facts of one published edition, restated, with what else it tells of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from app.core.runtime import run_with_database
from app.core.settings import Settings

if TYPE_CHECKING:
    from app.core.db import Database
    from app.ingest.runner import Outcome

# What is loaded is imported when it is, so that help is there at once.
# ruff: noqa: PLC0415


async def load_once(database: "Database", secrets: Sequence[bytes]) -> None:
    """Take in what is not and has not been there: who removed the demo does not want it back."""
    from app.forensics.records.demo_records import load_demo_records_once
    from app.forensics.registry.demo_entries import load_demo_entries_once
    from app.itineraries.journeys.demo_journeys import load_demo_journeys_once
    from app.reports.demo_edition import load_demo_once

    await load_demo_once(database)
    await load_demo_journeys_once(database, secrets)
    await load_demo_records_once(database)
    await load_demo_entries_once(database)


def load() -> None:
    """Take the demo data in."""
    from app.forensics.records.demo_records import load_demo_records
    from app.forensics.registry.demo_entries import load_demo_entries
    from app.itineraries.journeys.demo_journeys import load_demo_journeys
    from app.reports.demo_edition import load_demo

    secrets = Settings().secrets

    async def work(database: "Database") -> "dict[str, Outcome]":
        # The edition first: all else is linked to its events.
        return {
            "edition": await load_demo(database),
            "journeys": await load_demo_journeys(database, secrets),
            **await load_demo_records(database),
            "registry": await load_demo_entries(database),
        }

    for name, outcome in run_with_database(work).items():
        numbers = ", ".join(
            f"{count} {what.replace('_', '-')}" for what, count in outcome.counts.items()
        )
        state = "unchanged since the last import" if outcome.unchanged else "imported"
        typer.echo(f"demo {name} {state}: {numbers}")


def remove() -> None:
    """Take the demo data back."""
    from app.forensics.records.demo_records import remove_demo_records
    from app.forensics.registry.demo_entries import remove_demo_entries
    from app.itineraries.journeys.demo_journeys import remove_demo_journeys
    from app.reports.demo_edition import remove_demo

    async def work(database: "Database") -> tuple[int, int, int, int]:
        return (
            await remove_demo_entries(database),
            await remove_demo_records(database),
            await remove_demo_journeys(database),
            await remove_demo(database),
        )

    entries, records, journeys, events = run_with_database(work)
    typer.echo(
        f"{events} demo events, {journeys} demo itineraries, {records} takedowns and claims and"
        f" {entries} entries of the registry removed"
    )
