"""A listener as a process: what it told is committed, whoever is killed."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from app.core.db import Database
from tests.command import VRIC, call_vric, environment, eventually, failure_of, postmaster_of
from tests.conftest import free_port, serving
from tests.itineraries.store.nmea import report, statement

_TOLD = re.compile(r"([\d,]+) lines acknowledged, ([\d,]+) new positions")


class Listening:
    """A running listener, its port, and what it told so far."""

    def __init__(self, process: "subprocess.Popen[str]", port: int, log: Path) -> None:
        self.process, self.port, self._log = process, port, log

    @property
    def told(self) -> tuple[int, int]:
        found = _TOLD.findall(self._log.read_text())
        return tuple(int(text.replace(",", "")) for text in found[-1]) if found else (0, 0)  # type: ignore[return-value]

    @property
    def log(self) -> str:
        return self._log.read_text()

    def send(self, lines: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(lines)


@contextmanager
def listening(folder: Path, **variables: str) -> Iterator[Listening]:
    """A listener that has said it is ready."""
    port = free_port()
    log = folder / f"listener-{port}.log"
    with (
        log.open("w") as out,
        subprocess.Popen(
            [VRIC, "ingest", "ais", "--listen", f"127.0.0.1:{port}"],
            cwd=folder, env=environment(**variables), stdout=out, stderr=out, text=True,
        ) as process,
    ):  # fmt: skip
        try:
            assert eventually(lambda: "listening on port" in log.read_text()), log.read_text()
            yield Listening(process, port, log)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _reports(count: int, first: int = 0) -> bytes:
    return b"".join(report(422_000_000 + first + i, 10 + i * 1e-3, -64) for i in range(count))


async def test_lines_of_both_kinds_of_senders_are_taken_in(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with listening(tmp_path, VRIC_DATABASE_URL=database_url) as listener:
        listener.send(b"\xff\xfe noise\r\n" + _reports(300) + b"!AIVDM,1,1,,A,cut")
        listener.send(b"x" * 5_000 + b"\r\n" + statement(422_000_001, "EXAMPLE", 9_187_629))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for line in _reports(100, first=1_000).splitlines(keepends=True):
                sender.sendto(line, ("127.0.0.1", listener.port))
        assert eventually(lambda: listener.told[1] == 400), listener.log
        said = await database.fetch(
            "SELECT field, value FROM craft_identities WHERE source = 'ais' ORDER BY 1"
        )
        assert ("name", "EXAMPLE") in {tuple(row) for row in said}
        counted = await database.fetch_row("SELECT lines, positions, rejects FROM listeners")
        assert counted is not None
        assert counted["positions"] == 400
        assert counted["lines"] >= 404
        assert counted["rejects"] >= 3
        # Activities follow by themselves.
        assert eventually(lambda: listener.process.poll() is None)
        async with serving(database_url) as client:
            metrics = (await client.get("/metrics")).text
            refused = "vric_ais_lines_acknowledged" not in metrics
            assert refused or f'"127.0.0.1:{listener.port}"' in metrics


async def test_activities_follow_within_seconds(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with listening(tmp_path, VRIC_DATABASE_URL=database_url) as listener:
        # A tag block tells of an hour and a half at one place.
        lines = b"".join(
            b"\\c:%d*00\\" % (1_604_188_800 + minute * 60) + report(422_000_001, 13.5, -63.5)
            for minute in range(0, 91, 5)
        )
        listener.send(lines)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if await database.fetch_value("SELECT count(*) FROM activities WHERE kind = 'stop'"):
                return
            time.sleep(0.2)
        pytest.fail("no stop was derived")


async def test_kill_9_of_the_listener_loses_nothing_acknowledged(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    lines = _reports(6_000).splitlines(keepends=True)
    for wait_for in (1, 1_500):
        with listening(tmp_path, VRIC_DATABASE_URL=database_url) as listener:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", listener.port)) as connection,
            ):
                for start in range(0, len(lines), 100):
                    connection.sendall(b"".join(lines[start : start + 100]))
                    if listener.told[0] >= wait_for:
                        break
                assert eventually(lambda told=wait_for: listener.told[0] >= told)  # type: ignore[misc]
                listener.process.kill()
            listener.process.wait(10)
            acknowledged, positions = listener.told
            kept = await database.fetch_row(
                "SELECT lines, positions FROM listeners WHERE name = $1",
                [f"127.0.0.1:{listener.port}"],
            )
            assert kept is not None
            assert kept["lines"] >= acknowledged > 0
            assert kept["positions"] >= positions > 0
    stored = await database.fetch_value("SELECT count(*) FROM positions")
    assert stored == await database.fetch_value("SELECT sum(positions) FROM listeners")


@pytest.mark.skipif("VRIC_TEST_DATABASE_URL" in os.environ, reason="kills the bundled server")
async def test_kill_9_of_the_database_loses_nothing_acknowledged(
    data_dir: Path, tmp_path: Path
) -> None:
    with listening(tmp_path, VRIC_DATA_DIR=str(data_dir)) as listener:
        listener.send(_reports(500))
        assert eventually(lambda: listener.told[1] == 500)
        postmaster = postmaster_of(data_dir)
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        # The lines wait, the server is started again, and they are committed.
        listener.send(_reports(700, first=2_000))
        assert eventually(lambda: listener.told[1] == 1_200), listener.log
        url = f"postgresql://postgres@/vric?host={_socket_dir(data_dir)}"
        connection = await asyncpg.connect(url)
        try:
            assert await connection.fetchval("SELECT count(*) FROM positions") == 1_200
            assert await connection.fetchval("SELECT positions FROM listeners") == 1_200
        finally:
            await connection.close()


def test_an_address_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    for address in ("nowhere", "127.0.0.1:99999", ":10110", "127.0.0.1:x"):
        done = call_vric("ingest", "ais", "--listen", address, cwd=tmp_path)
        assert "HOST:PORT" in failure_of(done)
    assert "--listen" in failure_of(call_vric("ingest", "ais", cwd=tmp_path))


def _socket_dir(data_dir: Path) -> str:
    return (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[4]
