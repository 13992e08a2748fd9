"""`vric ingest takedowns` and `vric ingest claims`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.core.runtime import run_with_database
from app.ingest.commands import Collection, collection_key, tell
from app.ingest.files import SourceFile

if TYPE_CHECKING:
    from app.forensics.records.records import Kind

# What talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415


def ingest_takedowns(
    file: Annotated[Path, typer.Argument(help="Takedowns: JSON, JSON lines or CSV.")],
    collection: Collection = None,
) -> None:
    """Take in what platforms said of accounts they acted on.

    The same file twice is a no-op. A changed file replaces what its collection had; the history
    keeps it.
    """
    _ingest("takedown", file, collection)


def ingest_claims(
    file: Annotated[
        Path, typer.Argument(help="Claims: JSON, JSON lines, CSV, or schema.org ClaimReview.")
    ],
    collection: Collection = None,
) -> None:
    """Take in claims and what reviewers say of them.

    The same file twice is a no-op. A changed file replaces what its collection had; the history
    keeps it.
    """
    _ingest("claim", file, collection)


def _ingest(kind: "Kind", path: Path, collection: str | None) -> None:
    from app.forensics.records.importer import INGEST, MAX_FILE_BYTES, import_records

    key = collection_key(collection, path)
    file = SourceFile.read(path, MAX_FILE_BYTES)
    outcome = run_with_database(lambda database: import_records(database, kind, file, key))
    tell(f"{INGEST[kind]} {key}", outcome)
