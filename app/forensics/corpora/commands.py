"""`vric ingest posts`, `vric forensics publish` and `demo-corpus`: corpora from the command line."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.access.repository import find_account
from app.core.db import Database, driver_connection
from app.core.errors import CommandError, ProblemError
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.forensics.corpora import repository, service, writer
from app.forensics.corpora.models import Corpus, CorpusUpload
from app.ingest.files import LargeFile
from app.plans import with_overrides

# What reads files is imported when one is read, so that other commands start as fast as before.
# ruff: noqa: PLC0415

MAX_SHOWN_REJECTS = 20
_errors = Console(stderr=True)
CorpusName = Annotated[str, typer.Option("--corpus", help="Made when it is new.")]
AccountEmail = Annotated[
    str | None, typer.Option("--account", help="Whose; by default the operators'.")
]


def ingest_posts(
    file: Annotated[Path, typer.Argument(help="CSV, NDJSON or Parquet; gzip too.")],
    corpus: CorpusName,
    account: AccountEmail = None,
    column: Annotated[list[str], typer.Option(help="field=column, such as text=body")] = [],  # noqa: B006 - Typer reads the default, nobody changes it
) -> None:
    """Take posts and articles in. The same post twice is one post; the first body is kept."""
    service.check_name(corpus)
    columns = _columns(column)

    async def work(database: Database) -> CorpusUpload:
        source = await asyncio.to_thread(LargeFile.hashed, file)
        found, cap = await _corpus(database, corpus, account)
        assert found.id is not None
        upload = CorpusUpload(
            corpus_id=found.id,
            file_name=source.name,
            sha256=source.sha256,
            size_bytes=source.size_bytes,
        )
        await _import(database, upload, file, columns, cap)
        return await service.get_upload(database, upload.id)

    _report(file, run_with_database(work))


def _columns(given: list[str]) -> dict[str, str]:
    try:
        return service.read_columns(given)
    except ProblemError as error:
        raise CommandError(f"--{error.detail}") from None


async def _corpus(database: Database, name: str, email: str | None) -> tuple[Corpus, int | None]:
    """The corpus, and how many posts it may hold."""
    async with database.session() as session:
        account_id, cap = None, None
        if email is not None:
            account = await find_account(session, email.strip().lower())
            if account is None:
                raise CommandError(f"there is no account of {email}")
            plan = with_overrides(Settings().plan_overrides)[account.plan]
            account_id, cap = account.id, plan.posts_per_corpus
        await writer.create_corpus(await driver_connection(session), account_id, name)
        found = await repository.find_own(session, account_id, name)
        assert found is not None
        return found, cap


async def _import(
    database: Database,
    upload: CorpusUpload,
    file: Path,
    columns: Mapping[str, str],
    cap: int | None,
) -> None:
    from app.forensics.corpora.importer import CorpusGoneError, import_posts
    from app.forensics.sources.tables import TableError

    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
        console=_errors, transient=True, disable=not _errors.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(file.name, total=None)

        def tell(counts: Mapping[str, int]) -> None:
            said = f"{file.name}: {counts['rows']:,} rows, {counts['added']:,} added"
            bar.update(task, description=said)

        try:
            await import_posts(database, upload, file, columns, cap, progress=tell)
        except TableError as error:
            raise CommandError(
                f"{file}: {error}; what came before it was taken in, and nothing of it is taken"
                " twice when the whole file is"
            ) from None
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
    typer.echo(f"{file.name}: {numbers or 'nothing in it'}")
    if upload.fault:
        raise CommandError(upload.fault)


def publish(
    corpus: Annotated[str, typer.Argument(help="The name of a corpus.")],
    account: Annotated[
        str | None, typer.Option(help="Whose, by that account's leave; by default the operators'.")
    ] = None,
) -> None:
    """Open a corpus to all who may use forensics. It is the operators' from then on."""

    async def work(database: Database) -> int:
        async with database.session() as session:
            account_id = None
            if account is not None:
                holder = await find_account(session, account.strip().lower())
                if holder is None:
                    raise CommandError(f"there is no account of {account}")
                account_id = holder.id
            found = await repository.find_own(session, account_id, corpus, lock=True)
            if found is None:
                raise CommandError(f"there is no corpus {corpus!r} of theirs")
            if account_id is not None and await repository.find_own(session, None, corpus):
                raise CommandError(f"the operators have a corpus {corpus!r} already")
            assert found.id is not None
            await writer.publish_corpus(await driver_connection(session), found.id)
            return found.post_count

    typer.echo(f"{corpus}: published, {run_with_database(work):,} posts")


def delete_corpus(
    corpus: Annotated[str, typer.Argument(help="The name of a corpus of the operators.")],
) -> None:
    """Delete a corpus of the operators for good, with its posts; findings on it go, and say so."""

    async def work(database: Database) -> int:
        async with database.session() as session:
            found = await repository.find_own(session, None, corpus)
        if found is None:
            raise CommandError(f"the operators have no corpus {corpus!r}")
        await service.delete_corpus(database, found)
        return found.post_count

    typer.echo(f"{corpus}: deleted, with its {run_with_database(work):,} posts")


def demo_corpus(
    organic: Annotated[
        bool, typer.Option("--organic", help="Without a campaign: nothing is to be found.")
    ] = False,
) -> None:
    """Print a small synthetic corpus as NDJSON: a campaign, a burst of news, wire copy."""
    from app.forensics.demo.corpus import demo_posts

    for post in demo_posts(campaign=not organic):
        sys.stdout.buffer.write(orjson.dumps(post) + b"\n")
    sys.stdout.buffer.flush()
