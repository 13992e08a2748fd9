"""`vric ingest accounts`, `vric forensics disputes` and `decide-dispute`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from app.core.clock import now
from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.ingest.commands import Collection, collection_key, tell
from app.ingest.files import SourceFile

if TYPE_CHECKING:
    from app.core.db import Database, Row

# What talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

MAX_DECISION = 1_000


class Decision(StrEnum):
    """What may become of a dispute."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"


def ingest_accounts(
    file: Annotated[Path, typer.Argument(help="Accounts and domains: CSV, JSON lines or JSON.")],
    collection: Collection = None,
) -> None:
    """Take accounts and domains into the registry, each with its status and dated citations.

    The same file twice is a no-op. A changed file replaces what its collection had; what an entry
    said before stays readable, and what was decided on a dispute stays.
    """
    from app.forensics.registry.importer import MAX_FILE_BYTES, import_entries

    key = collection_key(collection, file)
    source = SourceFile.read(file, MAX_FILE_BYTES)
    outcome = run_with_database(lambda database: import_entries(database, source, key))
    tell(f"accounts {key}", outcome)


def list_disputes() -> None:
    """List the disputes that wait for a decision."""
    from app.forensics.registry.repository import fetch_open_disputes

    async def work(database: "Database") -> "list[Row]":
        return await fetch_open_disputes(database)

    for row in run_with_database(work):
        typer.echo(f"{row['id']}  {row['entry_kind']} {row['entry_id']}  by {row['standing']}")
        typer.echo(f"  filed {row['filed_at']:%Y-%m-%d} by account {row['account_id']}")
        typer.echo(f"  says: {row['statement']!r}")
        if row["evidence_url"]:
            typer.echo(f"  evidence: {row['evidence_url']!r}")


def decide(
    dispute: Annotated[UUID, typer.Argument(help="The id of a dispute.")],
    outcome: Annotated[Decision, typer.Option(help="What becomes of it.")],
    decision: Annotated[str, typer.Option(help="Why, in a few neutral words; shown to all.")],
    status: Annotated[
        str | None, typer.Option(help="Put the entry otherwise: its status from now on.")
    ] = None,
    state: Annotated[
        str | None, typer.Option(help="With --status: the state that owns or controls it.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who decides, for the history.")] = "editor",
) -> None:
    """Decide on a dispute; with --status the entry changes, and its former status stays readable."""
    from app.events.vocabulary import labels
    from app.forensics.registry.decisions import decide_dispute

    if not 3 <= len(decision.strip()) <= MAX_DECISION or "\0" in decision:
        raise CommandError(f"--decision: 3 to {MAX_DECISION:,} characters")
    if state is not None and (status is None or state.upper() not in labels("actor")):
        raise CommandError("--state: an ISO 3166-1 alpha-2 code, together with --status")

    async def work(database: "Database") -> tuple[str, str]:
        return await decide_dispute(
            database, dispute, outcome.value, decision.strip(), status,
            state.upper() if state else None, by, now().date(),
        )  # fmt: skip

    kind, entry_id = run_with_database(work)
    typer.echo(f"{kind} {entry_id}: dispute {outcome.value}{f', now {status}' if status else ''}")
