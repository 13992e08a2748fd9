"""Counters with a lifetime, in Redis or in this process, by `limits.aio`, the library under slowapi.

slowapi itself is synchronous: a Redis at some distance would stop the event loop.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from limits.aio.storage import MemoryStorage, RedisStorage
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.access.quota import Policy, Quota
from app.core.metrics import LIMITS_FAILED_OPEN

# A store that does not answer must not hold requests up: short waits, no retries, then a pause.
STORE_WAITS: dict[str, Any] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
_ASK_AGAIN_AFTER_S = 1.0
# One trip for all policies of all callers of a moment; what is refused is not counted. Windows begin
# with the first request. KEYS: a counter each. ARGV: for each caller cost and number of counters, then
# limit and window of each.
_SPEND = """
local answer, at, first = {}, 1, 1
while at <= #ARGV do
    local cost, last, fits = tonumber(ARGV[at]), first + ARGV[at + 1] - 1, true
    local function limit(i) return tonumber(ARGV[at + 2 + 2 * (i - first)]) end
    for i = first, last do
        answer[2 * i - 1] = tonumber(redis.call('GET', KEYS[i]) or '0') + cost
        if answer[2 * i - 1] > limit(i) then fits = false end
    end
    for i = first, last do
        if fits and cost > 0 then
            redis.call('INCRBY', KEYS[i], cost)
            if redis.call('PTTL', KEYS[i]) < 0 then
                redis.call('EXPIRE', KEYS[i], ARGV[at + 3 + 2 * (i - first)])
            end
        end
        answer[2 * i] = redis.call('PTTL', KEYS[i])
    end
    at, first = at + 2 + 2 * (last - first + 1), last + 1
end
return answer
"""
_REFUND = """
for _, key in ipairs(KEYS) do
    local used = tonumber(redis.call('GET', key) or '0')
    if used > 0 then redis.call('DECRBY', key, math.min(used, tonumber(ARGV[1]))) end
end
"""
logger = logging.getLogger("vric.limits")


class CountersAwayError(Exception):
    """The store does not answer, or did not a moment ago."""


class MemoryCounters:
    """Counters of this process."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()

    async def spend(self, subject: str, policies: Sequence[Policy], cost: int) -> list[Quota]:
        """Count `cost` under each policy, or under none when one of them is used up by it."""
        keys = [_key(subject, policy) for policy in policies]
        used = [await self._storage.get(key) + cost for key in keys]
        fits = all(n <= policy.limit for n, policy in zip(used, policies, strict=True))
        quotas = []
        for key, n, policy in zip(keys, used, policies, strict=True):
            if fits and cost:
                await self._storage.incr(key, policy.window_s, amount=cost)
            ends_at = await self._storage.get_expiry(key) if n > cost or (fits and cost) else 0.0
            quotas.append(Quota(policy, n, ends_at or time.time() + policy.window_s))
        return quotas

    async def refund(self, subject: str, policies: Sequence[Policy], cost: int) -> None:
        """Give back what `spend` took."""
        for policy in policies:
            key = _key(subject, policy)
            if await self._storage.get(key) >= cost:
                await self._storage.incr(key, policy.window_s, amount=-cost)

    async def add(self, key: str, lifetime_s: int, amount: int = 1) -> int:
        """Count; the lifetime begins with the first. Returns the count."""
        return await self._storage.incr(key, lifetime_s, amount)

    async def seconds_left(self, key: str) -> float:
        """How long a counter still lives, 0 for none."""
        if not await self._storage.get(key):
            return 0.0
        return max(0.0, await self._storage.get_expiry(key) - time.time())

    async def clear(self, key: str) -> None:
        """Forget a counter."""
        await self._storage.clear(key)

    async def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True, slots=True)
class _Spend:
    """A request that waits to be counted; `answer` has used units and milliseconds left, in turns."""

    keys: list[str]
    arguments: list[int]
    answer: "asyncio.Future[list[int]]"


class RedisCounters:
    """Counters that all processes share. Every call may raise `CountersAwayError`.

    Requests of one turn of the event loop are counted in one trip: it costs the client of Redis three
    times as much to send one by itself.
    """

    def __init__(self, url: str) -> None:
        self._storage = RedisStorage(
            f"async+{url}",
            implementation="redispy",
            **STORE_WAITS,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
        )
        self._connection: Any = self._storage.bridge.get_connection()  # type: ignore[attr-defined]
        self._spend = self._connection.register_script(_SPEND)
        self._refund = self._connection.register_script(_REFUND)
        self._away_until = 0.0
        self._waiting: list[_Spend] = []
        self._sending: set[asyncio.Task[None]] = set()

    async def spend(self, subject: str, policies: Sequence[Policy], cost: int) -> list[Quota]:
        numbers = [n for policy in policies for n in (policy.limit, policy.window_s)]
        keys = [_key(subject, policy) for policy in policies]
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(_Spend(keys, [cost, len(keys), *numbers], future))
        if len(self._waiting) == 1:
            sending = asyncio.create_task(self._send_waiting())
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
        answer = await future
        now = time.time()
        return [
            Quota(policy, used, now + (left_ms / 1000 if left_ms > 0 else policy.window_s))
            for policy, used, left_ms in zip(policies, answer[::2], answer[1::2], strict=True)
        ]

    async def _send_waiting(self) -> None:
        spends, self._waiting = self._waiting, []
        keys = [key for spend in spends for key in spend.keys]
        arguments = [n for spend in spends for n in spend.arguments]
        try:
            answer = await self._ask(self._spend(keys, arguments), requests=len(spends))
        except CountersAwayError:
            answer = None
        numbers = iter(answer or ())
        for spend in spends:
            mine = list(islice(numbers, 2 * len(spend.keys)))
            if spend.answer.done():  # its request was given up
                continue
            if mine:
                spend.answer.set_result(mine)
            else:
                spend.answer.set_exception(CountersAwayError())

    async def refund(self, subject: str, policies: Sequence[Policy], cost: int) -> None:
        await self._ask(self._refund([_key(subject, policy) for policy in policies], [cost]))

    async def add(self, key: str, lifetime_s: int, amount: int = 1) -> int:
        return int(await self._ask(self._storage.incr(key, lifetime_s, amount)))

    async def seconds_left(self, key: str) -> float:
        if not await self._ask(self._storage.get(key)):
            return 0.0
        return max(0.0, float(await self._ask(self._storage.get_expiry(key))) - time.time())

    async def clear(self, key: str) -> None:
        await self._ask(self._storage.clear(key))

    async def close(self) -> None:
        """Close the connections."""
        await self._connection.aclose()

    async def _ask(self, call: Any, requests: int = 1) -> Any:
        if time.monotonic() < self._away_until:
            call.close()
            LIMITS_FAILED_OPEN.inc(requests)
            raise CountersAwayError
        try:
            return await call
        except Exception as error:
            # Whatever the store's client raises: limits must not stop the service.
            LIMITS_FAILED_OPEN.inc(requests)
            logger.warning("limits are not counted: %s", type(error).__name__)
            self._away_until = time.monotonic() + _ASK_AGAIN_AFTER_S
            raise CountersAwayError from error


Counters = MemoryCounters | RedisCounters


def _key(subject: str, policy: Policy) -> str:
    return f"vric:{subject}:{policy.name}"
