"""`vric db`: schema, backup and restore."""

import asyncio
import contextlib
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
import typer
from alembic.util import CommandError as DriftError

from app.core import data_version, migrations
from app.core.embedded import bin_directory
from app.core.errors import CommandError
from app.core.runtime import database_url
from app.core.settings import Settings

MIN_SERVER_MAJOR = 15
_PSQL_OPTIONS = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
_EMPTY = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"


def upgrade() -> None:
    """Bring the schema up to this release. Safe to repeat."""
    with database_url(Settings()) as url:
        asyncio.run(migrations.upgrade(url))
        typer.echo(f"schema {migrations.head_revision()}")


def check() -> None:
    """Tell whether server, encoding, modules and schema are as this release needs them."""
    with database_url(Settings()) as url:
        for line in asyncio.run(_faults(url)):
            typer.echo(line)


async def _faults(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        version = connection.get_server_version()
        if version.major < MIN_SERVER_MAJOR:
            raise CommandError(f"PostgreSQL {version.major}: at least {MIN_SERVER_MAJOR} is needed")
        encoding = await connection.fetchval("SHOW server_encoding")
        if encoding != "UTF8":
            raise CommandError(f"encoding {encoding}: UTF8 is needed")
        modules = await connection.fetch(
            "SELECT name FROM pg_available_extensions WHERE name = ANY($1)", ["unaccent", "pg_trgm"]
        )
        if len(modules) < 2:
            raise CommandError("the contrib modules unaccent and pg_trgm are not installed")
    finally:
        await connection.close()
    revision = await migrations.current_revision(url)
    if revision != migrations.head_revision():
        raise CommandError(f"schema {revision or 'none'}: run `vric db upgrade`")
    try:
        await migrations.check(url)
    except DriftError as error:
        raise CommandError(f"the schema differs from the models: {error}") from error
    return [f"PostgreSQL {version.major}.{version.micro}, {encoding}, schema {revision}: in order"]


def backup(file: Annotated[Path, typer.Argument(help="Where to write the backup.")]) -> None:
    """Write the whole database to one file (the custom format of pg_dump)."""
    if file.exists():
        raise CommandError(f"{file} exists already; nothing was written")
    partial = file.with_name(f".{file.name}.partial")
    with database_url(Settings()) as url:
        try:
            _run("pg_dump", url, ["--format=custom", "--no-owner", f"--file={partial}"])
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
    typer.echo(f"{file}: {file.stat().st_size:,} bytes")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `vric db backup` wrote.")],
    replace: Annotated[bool, typer.Option(help="Replace what the database holds.")] = False,
) -> None:
    """Bring a backup back, wholly or not at all, into an empty database."""
    if not file.is_file():
        raise CommandError(f"{file}: there is no such file")
    with database_url(Settings()) as url:
        if not replace and asyncio.run(migrations.current_revision(url)) is not None:
            raise CommandError("the database is not empty; repeat with --replace to replace it")
        replaced = asyncio.run(data_version.find_version(url))
        _restore(url, file, _EMPTY if replace else b"")
        asyncio.run(migrations.upgrade(url))
        asyncio.run(data_version.surpass(url, replaced))
    typer.echo(f"{file}: restored")


def _restore(url: str, file: Path, first: bytes) -> None:
    """Feed `first` and then a backup's statements to psql, in one transaction."""
    programs = bin_directory()
    target, environment = _client(url)
    with (
        tempfile.TemporaryFile("w+") as faults,
        subprocess.Popen(  # noqa: S603 - our own bundled program with our own options
            [str(programs / "pg_restore"), "--no-owner", "--file=-", str(file)],
            stdout=subprocess.PIPE,
            stderr=faults,
        ) as reader,
        subprocess.Popen(  # noqa: S603
            [str(programs / "psql"), f"--dbname={target}", *_PSQL_OPTIONS],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=faults,
        ) as writer,
    ):
        assert reader.stdout is not None
        assert writer.stdin is not None
        with contextlib.suppress(BrokenPipeError), writer.stdin:
            writer.stdin.write(first)
            for line in reader.stdout:
                # Servers before 17 do not know this setting, which our own pg_restore always writes.
                if line != b"SET transaction_timeout = 0;\n":
                    writer.stdin.write(line)
            if reader.wait() != 0:
                # An end without COMMIT leaves everything as it was.
                writer.kill()
        if reader.wait() != 0 or writer.wait() != 0:
            faults.seek(0)
            raise CommandError(_fault("restore", faults.read()))


def _run(program: str, url: str, options: list[str]) -> None:
    target, environment = _client(url)
    done = subprocess.run(  # noqa: S603 - our own bundled program with our own options
        [str(bin_directory() / program), f"--dbname={target}", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(_fault(program, done.stderr))


def _client(url: str) -> tuple[str, dict[str, str]]:
    """The address without its password, which goes by the environment, not by the command line."""
    parts = urlsplit(url)
    if not parts.password:
        return url, dict(os.environ)
    # Only the password goes; an empty host (a Unix socket) must stay as it is written.
    netloc = parts.netloc.replace(f":{parts.password}@", "@")
    return urlunsplit(parts._replace(netloc=netloc)), {
        **os.environ,
        "PGPASSWORD": unquote(parts.password),
    }


def _fault(program: str, output: str) -> str:
    """The first line that names an error, else the last."""
    lines = [line for line in output.strip().splitlines() if line] or ["no message"]
    return f"{program}: {next((line for line in lines if 'error' in line.lower()), lines[-1])}"
