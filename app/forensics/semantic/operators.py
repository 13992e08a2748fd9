"""Vectors at an operator's word."""

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.access.repository import find_account
from app.core.db import Database
from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.forensics.corpora import repository as corpora
from app.forensics.semantic.embedders import NOT_INSTALLED, find_embedder
from app.forensics.semantic.indexing import Indexer, switch_on

_errors = Console(stderr=True)


def give_vectors(events: bool, corpus: str | None, account: str | None) -> None:
    """Give vectors to events, to posts of a corpus or to both, and print how many.

    Raises:
        CommandError: nothing asked for, no embedding installed, or no such corpus.
    """
    if not events and corpus is None:
        raise CommandError("say what: --events, --corpus NAME or both")
    embedder = find_embedder(Settings())
    if embedder is None:
        raise CommandError(NOT_INSTALLED)

    async def work(database: Database) -> dict[str, int]:
        corpus_id = None if corpus is None else await _corpus_id(database, corpus, account)
        space = await switch_on(database, embedder)
        given = {}
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
            console=_errors, transient=True, disable=not _errors.is_terminal,
        ) as bar:  # fmt: skip
            task = bar.add_task("", total=None)

            def tell(done: int) -> None:
                bar.update(task, description=f"{done:,} texts")

            indexer = Indexer(database, embedder, space, progress=tell)
            if events:
                given["events"], _ = await indexer.events()
            if corpus_id is not None:
                given["posts"], _ = await indexer.posts(corpus_id)
        return given

    for name, count in run_with_database(work).items():
        typer.echo(f"{count:,} {name} got a vector of {embedder.model} ({embedder.name})")


async def _corpus_id(database: Database, name: str, email: str | None) -> int:
    async with database.session() as session:
        account_id = None
        if email is not None:
            holder = await find_account(session, email.strip().lower())
            if holder is None:
                raise CommandError(f"there is no account of {email}")
            account_id = holder.id
        found = await corpora.find_own(session, account_id, name)
    if found is None or found.id is None:
        raise CommandError(f"there is no corpus {name!r} of theirs")
    return found.id
