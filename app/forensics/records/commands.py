"""`vric ingest takedowns` and `vric ingest claims`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.ingest.files import SourceFile

if TYPE_CHECKING:
    from app.forensics.records.records import Kind

# What talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

MAX_PRINTED_REJECTS = 50
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_errors = Console(stderr=True)
Collection = Annotated[
    str | None, typer.Option(help="The set these belong to; by default the file's name.")
]


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

    key = collection or re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:100] or "file"
    if not _SLUG.fullmatch(key):
        raise CommandError(f"--collection {key!r}: lower-case letters, digits and dashes")
    file = SourceFile.read(path, MAX_FILE_BYTES)
    outcome = run_with_database(lambda database: import_records(database, kind, file, key))
    for reject in outcome.rejects[:MAX_PRINTED_REJECTS]:
        _errors.print(f"line {reject.line}: {reject.reason}", markup=False, highlight=False)
    if len(outcome.rejects) > MAX_PRINTED_REJECTS:
        _errors.print(f"and {len(outcome.rejects) - MAX_PRINTED_REJECTS} more lines")
    numbers = ", ".join(f"{count} {name}" for name, count in outcome.counts.items())
    state = "unchanged since the last import" if outcome.unchanged else "imported"
    typer.echo(f"{INGEST[kind]} {key} {state}: {numbers}")
