"""Accounts with keys, the service under small limits, and a Redis server."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from app.access.models import Account, ApiKey
from app.core.clock import now
from app.core.db import Database
from tests.conftest import free_port


async def set_plan(database: Database, email: str, plan: str) -> None:
    """Put an account on another plan."""
    async with database.session() as session:
        account = (await session.exec(select(Account).where(Account.email == email))).one()
        account.plan = plan
        session.add(account)


async def revoke_all_keys(database: Database) -> None:
    """Revoke every key."""
    async with database.session() as session:
        for key in (await session.exec(select(ApiKey))).all():
            key.revoked_at = now()
            session.add(key)


@dataclass
class Redis:
    """A Redis server of a test's own."""

    url: str
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


def need(program: str) -> str:
    """The path of a program; without it a test is skipped, and in CI it fails."""
    path = shutil.which(program)
    if path is None:
        message = f"{program} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A running Redis server, gone after the test."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen([need("redis-server"), *options], stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for_port(port)
            yield Redis(f"redis://127.0.0.1:{port}/0", process)
        finally:
            process.kill()


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("the Redis server did not start")
