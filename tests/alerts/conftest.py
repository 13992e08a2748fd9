"""A premium caller, a receiver of webhooks, and a worker."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.alerts.observations import Observation
from app.alerts.recording import record_observations
from app.core.db import Database
from app.core.settings import Settings
from tests.conftest import MakeKey, make_settings, serving

LOOPBACK = ["127.0.0.0/8"]
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
RULE = {"on": "zone_entry", "zones": ["la-borracha"]}


@dataclass
class Receiver:
    """A server that takes webhooks and answers as it is told to."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        body = (await request.body()).decode()
        self.requests.append((dict(request.headers), body))
        status = self.statuses.pop(0) if self.statuses else 204
        return Response(status_code=status, headers={"location": "http://127.0.0.1:1/"})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on loopback."""
    made = Receiver()
    app = Starlette(routes=[Route("/hook", made.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hook"
    yield made
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def settings() -> Settings:
    """Settings under which webhooks may reach this machine."""
    return make_settings(webhook_allowed_networks=LOOPBACK)


@pytest.fixture
async def premium(
    database: Database, make_account_key: MakeKey
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service with a key of a premium account."""
    async with serving(database.url, webhook_allowed_networks=LOOPBACK) as client:
        key = await make_account_key(plan="premium")
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


async def make(client: httpx.AsyncClient, **wish: Any) -> dict[str, Any]:
    """A new watchlist."""
    body = {"name": "a list", "rules": [RULE], **wish}
    answer = await client.post("/v1/watchlists", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def seen(key: str = "one", **changes: Any) -> Observation:
    """A craft that came into a zone."""
    values: dict[str, Any] = {
        "kind": "zone_entry",
        "key": f"zone_entry:{key}",
        "observed_at": AT,
        "data": {"method": "zone_entry", "method_version": "1"},
        "zones": frozenset({"la-borracha"}),
        "crafts": frozenset({"mmsi:422123456"}),
    }
    return Observation(**{**values, **changes})


async def observe(database: Database, *observations: Observation) -> int:
    """Record observations as an import does."""
    async with database.transaction() as connection:
        return await record_observations(connection, observations)


async def until(test: Callable[[], Any], seconds: float = 30) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not test():
        if time.monotonic() > deadline:
            pytest.fail("it did not come to pass")
        await asyncio.sleep(0.02)
