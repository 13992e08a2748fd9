"""Two real server processes and one real Redis: one quota, one guard, one session."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.core.db import Database
from tests.access.conftest import Redis, free_port
from tests.conftest import TEST_SECRET, MakeKey

SMALL = '{"free": {"burst_per_minute": 7}, "anonymous": {"burst_per_minute": 1000}}'


@asynccontextmanager
async def _server(database: Database, redis: Redis, folder: Path) -> AsyncIterator[str]:
    """A worker as `vric serve` starts it; yields its address."""
    port = free_port()
    environment = {
        **os.environ,
        "VRIC_RUNTIME_DATABASE_URL": database.url,
        "VRIC_REDIS_URL": redis.url,
        "VRIC_SECRET_KEY": TEST_SECRET,
        "VRIC_DATA_DIR": str(folder),
        "VRIC_PLAN_OVERRIDES": SMALL,
    }
    program = [
        sys.executable, "-m", "uvicorn", "--factory", "app.serve:app_from_environment",
        "--port", str(port), "--no-access-log",
    ]  # fmt: skip
    process = subprocess.Popen(program, env=environment, stderr=subprocess.PIPE)
    try:
        yield await _ready(f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.communicate, timeout=30)


async def _ready(url: str) -> str:
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            try:
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return url
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    pytest.fail("the server did not start")


async def test_two_processes_share_quotas_guards_and_usage(
    database: Database, redis: Redis, make_account_key: MakeKey, tmp_path: Path
) -> None:
    key = {"X-API-Key": await make_account_key()}
    async with (
        _server(database, redis, tmp_path) as one,
        _server(database, redis, tmp_path) as two,
        httpx.AsyncClient(timeout=30) as client,
    ):
        burst = await asyncio.gather(
            *(client.get(f"{url}/v1/sources", headers=key) for url in (one, two) * 10)
        )
        assert sorted(answer.status_code for answer in burst) == [200] * 7 + [429] * 13
        left = {int(answer.headers["x-ratelimit-remaining"]) for answer in burst}
        assert left == set(range(7))

        body = {"grant_type": "password", "username": "a@example.org", "password": "wrong, long"}
        tries = [
            (await client.post(f"{url}/v1/oauth/token", data=body)).status_code
            for url in (one, two) * 4
        ]
        assert tries == [400] * 6 + [429] * 2
    assert await database.fetch_value("SELECT requests FROM usage_days") == 7
    assert (
        await database.fetch_value("SELECT count(*) FROM audit_events WHERE kind = 'key_used'") == 1
    )
