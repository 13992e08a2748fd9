"""`vric db`: schema, backup and restore of the database."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.core.errors import CommandError
from app.core.runtime import database_url
from app.core.settings import Settings

# What talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415


def upgrade() -> None:
    """Bring the schema up to this release. Safe to repeat."""
    from app.core import migrations

    with database_url(Settings()) as url:
        asyncio.run(migrations.upgrade(url))
        typer.echo(f"schema {migrations.head_revision()}")


def check() -> None:
    """Tell whether server, encoding, modules and schema are as this release needs them."""
    from app.core.server_check import check_server

    with database_url(Settings()) as url:
        typer.echo(asyncio.run(check_server(url)))


def backup(file: Annotated[Path, typer.Argument(help="Where to write the backup.")]) -> None:
    """Write the whole database to one file (the custom format of pg_dump)."""
    from app.core.backups import write_backup

    if file.exists():
        raise CommandError(f"{file} exists already; nothing was written")
    with database_url(Settings()) as url:
        write_backup(url, file)
    typer.echo(f"{file}: {file.stat().st_size:,} bytes")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `vric db backup` wrote.")],
    replace: Annotated[bool, typer.Option(help="Replace what the database holds.")] = False,
) -> None:
    """Bring a backup back, wholly or not at all, into an empty database."""
    from app.core import data_version, migrations
    from app.core.backups import restore_backup

    if not file.is_file():
        raise CommandError(f"{file}: there is no such file")
    with database_url(Settings()) as url:
        if not replace and asyncio.run(migrations.current_revision(url)) is not None:
            raise CommandError("the database is not empty; repeat with --replace to replace it")
        replaced = asyncio.run(data_version.find_version(url))
        restore_backup(url, file, replace=replace)
        asyncio.run(migrations.upgrade(url))
        asyncio.run(data_version.surpass(url, replaced))
    typer.echo(f"{file}: restored")
