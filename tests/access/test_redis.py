"""Limits in Redis: shared between processes, and never a reason for a failure."""

import asyncio
import time

import pytest

from app.core.db import Database
from app.core.metrics import LIMITS_FAILED_OPEN
from tests.access.conftest import Redis
from tests.conftest import MakeKey, serving

SMALL = {"anonymous": {"burst_per_minute": 4}, "free": {"burst_per_minute": 5}}
GET = "/v1/sources"


async def test_two_processes_share_the_limits(
    database: Database, redis: Redis, make_account_key: MakeKey
) -> None:
    key = {"X-API-Key": await make_account_key()}
    settings = {"plan_overrides": SMALL, "redis_url": redis.url}
    async with serving(database.url, **settings) as one, serving(database.url, **settings) as two:
        statuses = [(await client.get(GET)).status_code for client in (one, two) * 3]
        assert statuses == [200] * 4 + [429] * 2
        left = [
            (await client.get(GET, headers=key)).headers["x-ratelimit-remaining"]
            for client in (one, two)
        ]
        assert left == ["4", "3"]
        guesses = [
            (await client.get(GET, headers={"X-API-Key": "guess"})).status_code
            for client in (one, two) * 12
        ]
        assert guesses == [401] * 20 + [429] * 4


async def test_redis_killed_under_load_fails_nobody(
    database: Database, redis: Redis, make_account_key: MakeKey, caplog: pytest.LogCaptureFixture
) -> None:
    key = await make_account_key()
    before = LIMITS_FAILED_OPEN._value.get()
    async with serving(database.url, redis_url=redis.url) as client:

        async def load(headers: dict[str, str]) -> set[int]:
            found = set()
            until = time.monotonic() + 1.5
            while time.monotonic() < until:
                found.add((await client.get(GET, headers=headers)).status_code)
            return found

        callers: list[dict[str, str]] = [{}, {}, {"X-API-Key": key}, {"X-API-Key": "guess"}]
        running = [asyncio.create_task(load(headers)) for headers in callers]
        await asyncio.sleep(0.4)
        redis.kill()
        found = await asyncio.gather(*running)
    assert found[:3] == [{200}] * 3
    assert found[3] <= {401, 429}
    assert LIMITS_FAILED_OPEN._value.get() > before
    assert "limits are not counted" in caplog.text


async def test_a_redis_that_hangs_does_not_hold_requests_up(
    database: Database, redis: Redis
) -> None:
    async with serving(database.url, redis_url=redis.url) as client:
        assert (await client.get(GET)).status_code == 200
        redis.freeze()
        started = time.monotonic()
        statuses = [(await client.get(GET)).status_code for _ in range(5)]
        guess = await client.get(GET, headers={"X-API-Key": "guess"})
        took = time.monotonic() - started
        redis.thaw()
        assert (statuses, guess.status_code) == ([200] * 5, 401)
        assert took < 5


async def test_guesses_are_counted_here_while_redis_is_away(
    database: Database, redis: Redis
) -> None:
    redis.kill()
    async with serving(database.url, redis_url=redis.url) as client:
        guesses = [
            (await client.get(GET, headers={"X-API-Key": "guess"})).status_code for _ in range(25)
        ]
    assert guesses == [401] * 20 + [429] * 5
