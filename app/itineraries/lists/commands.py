"""`vric ingest registry` and `vric ingest sanctions`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.ingest.commands import checked_slug, tell
from app.ingest.files import SourceFile

# What reads files and talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

_errors = Console(stderr=True)


def ingest_registry(
    file: Annotated[Path, typer.Argument(help="A register of ships or aircraft: CSV or JSON.")],
    source: Annotated[
        str | None, typer.Option(help="What the register is called; by default the file's name.")
    ] = None,
) -> None:
    """Take a register in: names, flags, owners and operators of craft with their dates."""
    from app.itineraries.lists import registry

    name = " ".join((source or file.stem).split())[:100]
    if not name:
        raise CommandError("--source: give the register a name")
    content = SourceFile.read(file, registry.MAX_FILE_BYTES)
    with _errors.status(f"reading {file.name}"):
        outcome = run_with_database(
            lambda database: registry.import_registry(database, content, name)
        )
    tell(f"registry {name}", outcome)


def ingest_sanctions(
    file: Annotated[Path, typer.Argument(help="OFAC's sdn.csv, sdn.xml or sdn_advanced.xml.")],
    list_id: Annotated[str, typer.Option("--list", help="What it is kept under.")] = "ofac-sdn",
    allow_removals: Annotated[
        bool, typer.Option(help="Let more than half of the list vanish.")
    ] = False,
) -> None:
    """Take a sanctions list in. alt.csv, add.csv and sdn_comments.csv beside sdn.csv are read too.

    Craft are matched by IMO number, MMSI, registration and ICAO address; names are leads only.
    """
    from app.itineraries.lists import sanctions

    checked_slug("--list", list_id)
    main = SourceFile.read(file, sanctions.MAX_FILE_BYTES)
    companions = sanctions.companions_of(file)
    with _errors.status(
        f"reading {', '.join([main.name, *(f.name for f in companions.values())])}"
    ):
        outcome = run_with_database(
            lambda database: sanctions.import_sanctions(
                database, main, companions, list_id, allow_removals
            )
        )
    tell(f"sanctions {list_id}", outcome)
