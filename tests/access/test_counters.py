"""The counters behind the limits: the same in memory and in Redis."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from app.access.counters import Counters, CountersAwayError, MemoryCounters, RedisCounters
from app.access.quota import Policy
from app.core.metrics import LIMITS_FAILED_OPEN
from tests.access.conftest import Redis

POLICIES = [Policy("burst", 5, 60), Policy("daily", 8, 86_400)]


@pytest.fixture(params=["memory", "redis"])
async def counters(request: pytest.FixtureRequest) -> AsyncIterator[Counters]:
    made: Counters = MemoryCounters()
    if request.param == "redis":
        redis: Redis = request.getfixturevalue("redis")
        made = RedisCounters(redis.url)
    yield made
    await made.close()


async def _used(counters: Counters, cost: int) -> list[int]:
    return [quota.used for quota in await counters.spend("me", POLICIES, cost)]


async def test_what_is_refused_is_not_counted(counters: Counters) -> None:
    assert await _used(counters, 3) == [3, 3]
    assert await _used(counters, 3) == [6, 6]  # as it would be
    assert await _used(counters, 2) == [5, 5]
    assert await _used(counters, 1) == [6, 6]
    assert await _used(counters, 0) == [5, 5]


async def test_refunds_never_go_below_nothing(counters: Counters) -> None:
    await counters.spend("me", POLICIES, 3)
    await counters.refund("me", POLICIES, 3)
    await counters.refund("me", POLICIES, 3)
    assert await _used(counters, 0) == [0, 0]
    assert await _used(counters, 5) == [5, 5]


async def test_windows_end(counters: Counters) -> None:
    short = [Policy("burst", 2, 1), Policy("daily", 9, 86_400)]
    first = await counters.spend("me", short, 2)
    assert 0 < first[0].reset_at - time.time() <= 1.01
    assert 86_390 < first[1].reset_at - time.time() <= 86_400.01
    assert (await counters.spend("me", short, 1))[0].exceeded
    await asyncio.sleep(1.1)
    assert [quota.used for quota in await counters.spend("me", short, 1)] == [1, 3]


async def test_free_calls_begin_no_window(counters: Counters) -> None:
    quotas = await counters.spend("me", POLICIES, 0)
    assert [quota.used for quota in quotas] == [0, 0]
    assert quotas[0].reset_at - time.time() > 59


async def test_callers_are_counted_apart_and_at_once(counters: Counters) -> None:
    await counters.spend("other", POLICIES, 5)
    results = await asyncio.gather(*(counters.spend("me", POLICIES, 1) for _ in range(20)))
    assert sum(not any(q.exceeded for q in quotas) for quotas in results) == 5


async def test_callers_of_one_moment_get_their_own_answers(counters: Counters) -> None:
    burst = POLICIES[:1]
    calls = [
        asyncio.ensure_future(counters.spend(subject, policies, cost))
        for subject, policies, cost in [
            ("a", POLICIES, 4), ("b", burst, 1), ("a", burst, 3), ("c", POLICIES, 0),
            ("b", POLICIES, 2), ("gone", POLICIES, 1), ("d", burst, 6), ("b", burst, 1),
        ]
    ]  # fmt: skip
    await asyncio.sleep(0)
    calls.pop(5).cancel()  # one who does not wait for it keeps nobody else from an answer
    used = [[quota.used for quota in quotas] for quotas in await asyncio.gather(*calls)]
    assert used == [[4, 4], [1], [7], [0, 0], [3, 2], [6], [4]]
    assert [quota.used for quota in await counters.spend("d", burst, 0)] == [0]


async def test_all_of_one_moment_are_told_that_redis_is_away(redis: Redis) -> None:
    counters = RedisCounters(redis.url)
    redis.kill()
    before = LIMITS_FAILED_OPEN._value.get()
    calls = [counters.spend(str(number), POLICIES, 1) for number in range(6)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    await counters.close()
    assert [type(answer) for answer in answers] == [CountersAwayError] * 6
    assert LIMITS_FAILED_OPEN._value.get() - before == 6


async def test_counters_with_a_lifetime(counters: Counters) -> None:
    assert await counters.seconds_left("x") == 0
    assert [await counters.add("x", 30) for _ in range(3)] == [1, 2, 3]
    assert 28 < await counters.seconds_left("x") <= 31
    assert await counters.add("x", 30, -1) == 2
    await counters.clear("x")
    assert await counters.seconds_left("x") == 0
