"""Accounts, many events, the routes over them, and workers that make exports."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app.access.models import Account
from app.access.principal import Principal
from app.core.data_version import DataVersion
from app.core.db import Database
from app.core.http import ErrorBoundary, RequestGuard, add_error_handlers
from app.core.settings import Settings
from app.events.router import list_router
from app.events.router import router as events_router
from app.exports.router import router as exports_router
from app.plans import PLANS
from tests.conftest import make_settings, opened
from tests.worker import working

TAKEOVER_S = 2.0


@pytest.fixture
def export_dir(tmp_path: Path) -> Path:
    """Where the files go; made by whoever writes the first."""
    return tmp_path / "exports"


@pytest.fixture
def settings(export_dir: Path) -> Settings:
    """Settings under which a dead worker is soon noticed."""
    return make_settings(export_dir=export_dir, job_takeover_seconds=TAKEOVER_S)


class _Door:
    """Stands for the gate: the header `Account: ID/PLAN` says who calls."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"account", b"").decode()
            number, _, plan = given.partition("/")
            caller = Principal("ip:192.0.2.7", PLANS["anonymous"])
            if number:
                caller = Principal(f"account:{number}", PLANS[plan], int(number))
            scope.setdefault("state", {})["principal"] = caller
        await self._app(scope, receive, send)


async def eventually(test: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Wait until a test holds."""
    deadline = time.monotonic() + seconds
    while not await test():
        if time.monotonic() > deadline:
            pytest.fail("it did not come to pass")
        await asyncio.sleep(0.01)


@dataclass
class Caller:
    """One account's client."""

    client: httpx.AsyncClient
    account_id: int

    async def ask(self, status: int = 202, key: str | None = None, **body: Any) -> dict[str, Any]:
        """Ask for an export; the answer's body."""
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await self.client.post("/v1/exports", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        view: dict[str, Any] = answer.json()
        return view

    async def view(self, export: dict[str, Any]) -> dict[str, Any]:
        """How an export is now."""
        answer = await self.client.get(f"/v1/exports/{export['id']}")
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    async def until(
        self, export: dict[str, Any], test: Callable[[dict[str, Any]], bool], seconds: float = 60
    ) -> dict[str, Any]:
        """The export once `test` holds for it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            view = await self.view(export)
            if test(view):
                return view
            await asyncio.sleep(0.02)
        pytest.fail(f"still {view}")

    async def until_ended(self, export: dict[str, Any], seconds: float = 60) -> dict[str, Any]:
        """The export once nothing more will happen to it."""
        return await self.until(
            export, lambda view: view["status"] not in ("queued", "running"), seconds
        )

    async def file(self, export: dict[str, Any], **headers: str) -> httpx.Response:
        """The answer to the request for the file."""
        return await self.client.get(f"/v1/exports/{export['id']}/file", headers=headers)

    async def delete(self, export: dict[str, Any]) -> int:
        """The status of the deletion."""
        return (await self.client.delete(f"/v1/exports/{export['id']}")).status_code


class Service:
    """The routes over one database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.app = FastAPI()
        self.app.state.database, self.app.state.settings = database, settings
        self.app.state.data_version = DataVersion(database)
        add_error_handlers(self.app)
        self.app.include_router(exports_router)
        self.app.include_router(list_router)
        self.app.include_router(events_router)
        self.app.add_middleware(ErrorBoundary)
        self.app.add_middleware(_Door)
        self.app.add_middleware(RequestGuard, max_body_bytes=100_000)

    @asynccontextmanager
    async def caller(self, plan: str = "free") -> AsyncIterator[Caller]:
        """A client of a new account."""
        async with self.database.session() as session:
            account = Account(email=f"{time.monotonic_ns()}@example.org", plan=plan)
            session.add(account)
            await session.flush()
        assert account.id is not None
        async with opened(self.app) as client:
            client.headers["Account"] = f"{account.id}/{plan}"
            yield Caller(client, account.id)


@pytest.fixture
async def service(database: Database, settings: Settings) -> Service:
    """The routes over an empty database."""
    return Service(database, settings)


@pytest.fixture
async def caller(service: Service) -> AsyncIterator[Caller]:
    """A client of an account with the free plan."""
    async with service.caller() as made:
        yield made


@pytest.fixture
async def worker(database: Database, settings: Settings) -> AsyncIterator[None]:
    """A worker in this process."""
    async with working(database, settings):
        yield


@contextmanager
def worker_process(
    url: str, settings: Settings, **options: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker as an operator starts it."""
    environment = {
        **os.environ,
        "VRIC_DATABASE_URL": url,
        "VRIC_EXPORT_DIR": str(settings.export_dir),
        "VRIC_JOB_TAKEOVER_SECONDS": str(settings.job_takeover_seconds),
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "worker"]
    with subprocess.Popen(command, env=environment, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
