"""What operators do with corpora by `vric`: take files in with a bar, publish, delete."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account
from app.access.repository import find_account
from app.core.db import Database, driver_connection
from app.core.errors import CommandError, ProblemError
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.forensics.corpora import repository, service, writer
from app.forensics.corpora.importer import CorpusGoneError, import_posts
from app.forensics.corpora.models import Corpus, CorpusUpload
from app.ingest.files import LargeFile
from app.plans import with_overrides

MAX_SHOWN_REJECTS = 20
_errors = Console(stderr=True)


def take_in(file: Path, corpus: str, email: str | None, columns: Sequence[str]) -> None:
    """Take a file of posts into a corpus, made when it is new.

    Raises:
        CommandError: there is no such account or file, or the file cannot be read to its end.
    """
    service.check_name(corpus)
    named = _columns(columns)

    async def work(database: Database) -> CorpusUpload:
        source = await asyncio.to_thread(LargeFile.hashed, file)
        found, cap = await _corpus(database, corpus, email)
        assert found.id is not None
        return await _import(database, found.id, source, named, cap)

    _report(file, run_with_database(work))


async def publish(database: Database, name: str, email: str | None) -> int:
    """Give a corpus to the operators, open to all who may use forensics; how many posts it has.

    Raises:
        CommandError: there is no such account or corpus, or the operators have one of that name.
    """
    async with database.session() as session:
        account_id = None if email is None else (await _get_account(session, email)).id
        found = await repository.find_own(session, account_id, name, lock=True)
        if found is None:
            raise CommandError(f"there is no corpus {name!r} of theirs")
        if account_id is not None and await repository.find_own(session, None, name):
            raise CommandError(f"the operators have a corpus {name!r} already")
        assert found.id is not None
        await writer.publish_corpus(await driver_connection(session), found.id)
        return found.post_count


async def delete(database: Database, name: str) -> int:
    """Delete a corpus of the operators; how many posts it had.

    Raises:
        CommandError: they have none of that name.
    """
    async with database.session() as session:
        found = await repository.find_own(session, None, name)
    if found is None:
        raise CommandError(f"the operators have no corpus {name!r}")
    await service.delete_corpus(database, found)
    return found.post_count


def _columns(given: Sequence[str]) -> dict[str, str]:
    try:
        return service.read_columns(given)
    except ProblemError as error:
        raise CommandError(f"--{error.detail}") from None


async def _get_account(session: AsyncSession, email: str) -> Account:
    account = await find_account(session, email.strip().lower())
    if account is None:
        raise CommandError(f"there is no account of {email}")
    return account


async def _corpus(database: Database, name: str, email: str | None) -> tuple[Corpus, int | None]:
    """The corpus, and how many posts it may hold."""
    async with database.session() as session:
        account_id, cap = None, None
        if email is not None:
            account = await _get_account(session, email)
            plan = with_overrides(Settings().plan_overrides)[account.plan]
            account_id, cap = account.id, plan.posts_per_corpus
        await writer.create_corpus(await driver_connection(session), account_id, name)
        found = await repository.find_own(session, account_id, name)
        assert found is not None
        return found, cap


async def _import(
    database: Database,
    corpus_id: int,
    file: LargeFile,
    columns: Mapping[str, str],
    cap: int | None,
) -> CorpusUpload:
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=_errors, transient=True, disable=not _errors.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(file.name, total=None)

        def tell(counts: Mapping[str, int]) -> None:
            said = f"{file.name}: {counts['rows']:,} rows, {counts['added']:,} added"
            bar.update(task, description=said)

        try:
            return await import_posts(database, corpus_id, file, columns, cap, progress=tell)
        except CorpusGoneError:
            raise CommandError("the corpus was deleted meanwhile") from None


def _report(file: Path, upload: CorpusUpload) -> None:
    for reject in upload.rejects[:MAX_SHOWN_REJECTS]:
        _errors.print(f"line {reject['line']}: {reject['reason']}", markup=False)
    counts = upload.counts
    if (more := counts["rejected"] + counts["conflicts"] - MAX_SHOWN_REJECTS) > 0:
        _errors.print(f"… and {more:,} more lines that were rejected or in conflict", markup=False)
    if upload.unused_columns:
        _errors.print(f"columns not used: {', '.join(upload.unused_columns)}", markup=False)
    numbers = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in counts.items() if n)
    if numbers or not upload.fault:
        typer.echo(f"{file.name}: {numbers or 'nothing in it'}")
    if upload.fault:
        raise CommandError(f"{file}: {upload.fault}")
