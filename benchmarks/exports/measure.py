"""Exports of many events in each format: seconds, bytes, and the worker's largest memory.

Run: python -m benchmarks.exports.measure [ROWS]
"""

import asyncio
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.access.models import Account
from app.core import migrations
from app.core.db import Database, create_database_if_missing
from app.core.embedded import EmbeddedServer
from app.exports.schemas import ExportFormat, ExportRequest
from app.exports.service import create_export, get_export
from app.plans import PLANS
from app.worker import URL_VARIABLE
from benchmarks.exports.synthetic import add_events


def main() -> None:
    """Print one line a format."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory(prefix="vric-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        server = EmbeddedServer.start(home)
        try:
            asyncio.run(_measure(server.url("postgres"), server.url("bench"), home, rows))
        finally:
            server.stop()


async def _measure(server_url: str, url: str, home: Path, rows: int) -> None:
    await create_database_if_missing(server_url, "bench")
    await migrations.upgrade(url)
    os.environ.update({URL_VARIABLE: url, "VRIC_EXPORT_DIR": str(home / "exports")})
    print(f"{rows:,} events, {platform.machine()}, {os.cpu_count()} cores")
    async with Database(url, pool_size=1) as database:
        await add_events(database, rows)
        async with database.session() as session:
            account = Account(email="bench@example.org", plan="enterprise")
            session.add(account)
            await session.flush()
        assert account.id is not None
        for format_ in ExportFormat:
            with _worker() as worker:
                await asyncio.sleep(5)
                idle = _peak_mib(worker.pid)
                seconds, size = await _one(database, account.id, format_)
                peak = _peak_mib(worker.pid)
            print(
                f"{format_:12} {seconds:6.1f} s  {rows / seconds:8,.0f} rows/s"
                f"  {size / 2**20:7.1f} MiB  memory {idle:.0f} -> {peak:.0f} MiB"
            )


def _worker() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "app.worker"], stdin=subprocess.PIPE)


async def _one(database: Database, account_id: int, format_: ExportFormat) -> tuple[float, int]:
    started = time.perf_counter()
    plan = PLANS["enterprise"]
    asked = await create_export(database, account_id, plan, ExportRequest(format=format_), None)
    while True:
        export = await get_export(database, account_id, asked.id)
        if export.status == "done":
            return time.perf_counter() - started, export.size_bytes or 0
        if export.status == "failed":
            raise RuntimeError(export.fault)
        await asyncio.sleep(0.05)


def _peak_mib(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
