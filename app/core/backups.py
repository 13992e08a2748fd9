"""Backups by pg_dump and their way back by pg_restore and psql, in one transaction."""

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from app.core.embedded import bin_directory
from app.core.errors import CommandError

_PSQL_OPTIONS = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
_EMPTY = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"


def write_backup(url: str, file: Path) -> None:
    """Dump a database to a file that is there only when it is whole.

    Raises:
        CommandError: pg_dump failed.
    """
    partial = file.with_name(f".{file.name}.partial")
    try:
        _run("pg_dump", url, ["--format=custom", "--no-owner", f"--file={partial}"])
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def restore_backup(url: str, file: Path, *, replace: bool) -> None:
    """Feed a backup's statements to psql, after those that empty the database if it is replaced.

    Raises:
        CommandError: the file is no backup, or the server refused; nothing has changed.
    """
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
            writer.stdin.write(_EMPTY if replace else b"")
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
