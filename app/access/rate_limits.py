"""Rate limits: a burst and a daily quota per caller, and a guard against guessing of keys.

The quotas are counted by `limits.aio`, the library under slowapi: slowapi itself is synchronous, and
a Redis at some distance would stop the event loop. slowapi counts what is rare: wrong credentials.
"""

import asyncio
import logging
import math
import time
from dataclasses import dataclass, replace
from typing import Any

from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry
from slowapi import Limiter
from starlette.requests import Request

from app.access.principal import Principal
from app.core.errors import RateLimitedError
from app.core.metrics import LIMITS_FAILED_OPEN
from app.plans import Plan

BAD_CREDENTIALS = parse("20/minute")
MINUTE, DAY = 60, 86_400
# A store that does not answer must not hold requests up: short waits, no retries, then a pause.
_STORE_WAITS: dict[str, Any] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
_ASK_AGAIN_AFTER_S = 1.0
logger = logging.getLogger("vric.limits")


@dataclass(frozen=True, slots=True)
class Quota:
    """One policy and where the caller stands in it."""

    name: str
    limit: int
    window_s: int
    used: int
    reset_at: float

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def reset_in_s(self) -> int:
        return max(1, math.ceil(self.reset_at - time.time()))

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit


def quota_headers(quotas: list[Quota]) -> list[tuple[bytes, bytes]]:
    """The headers of draft-ietf-httpapi-ratelimit-headers, and the older X- ones of the tightest quota.

    Without quotas, because they could not be counted, there are none.
    """
    if not quotas:
        return []
    policy = ",".join(f'"{q.name}";q={q.limit};w={q.window_s}' for q in quotas)
    tightest = min(quotas, key=lambda quota: quota.remaining / max(1, quota.limit))
    return [
        (b"ratelimit-policy", policy.encode()),
        (
            b"ratelimit",
            f'"{tightest.name}";r={tightest.remaining};t={tightest.reset_in_s}'.encode(),
        ),
        (b"x-ratelimit-limit", str(tightest.limit).encode()),
        (b"x-ratelimit-remaining", str(tightest.remaining).encode()),
        (b"x-ratelimit-reset", str(math.ceil(tightest.reset_at)).encode()),
    ]


class RateLimits:
    """Counts requests by caller. An unreachable store lets requests through and is counted."""

    def __init__(self, redis_url: str | None) -> None:
        self._storage: Storage = (
            RedisStorage(
                f"async+{redis_url}",
                implementation="redispy",
                **_STORE_WAITS,
                retry=AsyncRetry(NoBackoff(), 0),  # type: ignore[arg-type]
            )
            if redis_url
            else MemoryStorage()
        )
        self._guesses_here = Limiter(key_func=_no_key, storage_uri="memory://")
        self._guesses = (
            Limiter(
                key_func=_no_key,
                storage_uri=redis_url,
                storage_options={**_STORE_WAITS, "retry": Retry(NoBackoff(), 0)},  # type: ignore[dict-item]
            )
            if redis_url
            else self._guesses_here
        )
        self._away_until = 0.0

    async def spend(self, principal: Principal, cost: int = 1) -> list[Quota]:
        """Count a request before it is served; a refused one costs nothing.

        Returns:
            Where the caller stands, nothing while the store is away.

        Raises:
            RateLimitedError: a quota is used up.
        """
        if time.monotonic() < self._away_until:
            LIMITS_FAILED_OPEN.inc()
            return []
        try:
            quotas = [
                await self._count(principal.subject, name, limit, window, cost)
                for name, limit, window in _policies(principal.plan)
            ]
        except Exception as error:
            # Whatever the store's client raises: limits must not stop the service.
            self._note_away(error)
            return []
        violated = [quota for quota in quotas if quota.exceeded]
        if violated:
            await self.refund(principal, quotas, cost)
            raise _refusal(violated, quotas)
        return quotas

    async def refund(self, principal: Principal, quotas: list[Quota], cost: int = 1) -> list[Quota]:
        """Give back what `spend` took, for an answer that costs nothing; returns what is used now."""
        try:
            for quota in quotas:
                key = _key(principal.subject, quota.name)
                await self._storage.incr(key, quota.window_s, amount=-cost)
        except Exception as error:
            self._note_away(error)
        return [replace(quota, used=quota.used - cost) for quota in quotas]

    async def note_bad_credential(self, address: str) -> None:
        """Count a wrong credential against an address.

        Raises:
            RateLimitedError: too many from this address within a minute.
        """
        if not await self._is_guess_allowed(address):
            raise RateLimitedError(
                "too many wrong credentials from this address",
                headers={"Retry-After": str(BAD_CREDENTIALS.get_expiry())},
                extra={"violated-policies": ["bad-credential"]},
            )

    async def _is_guess_allowed(self, address: str) -> bool:
        named = (BAD_CREDENTIALS, "bad-credential", address)
        if self._guesses is not self._guesses_here and time.monotonic() >= self._away_until:
            try:
                # slowapi's store is synchronous: away from the event loop with it.
                return await asyncio.to_thread(self._guesses.limiter.hit, *named)
            except Exception as error:
                self._note_away(error)
        return self._guesses_here.limiter.hit(*named)

    def _note_away(self, error: Exception) -> None:
        LIMITS_FAILED_OPEN.inc()
        logger.warning("limits are not counted: %s", type(error).__name__)
        self._away_until = time.monotonic() + _ASK_AGAIN_AFTER_S

    async def _count(self, subject: str, name: str, limit: int, window: int, cost: int) -> Quota:
        key = _key(subject, name)
        used = await self._storage.incr(key, window, amount=cost)
        return Quota(name, limit, window, used, await self._storage.get_expiry(key))


def _policies(plan: Plan) -> list[tuple[str, int, int]]:
    return [("burst", plan.burst_per_minute, MINUTE), ("daily", plan.daily, DAY)]


def _key(subject: str, name: str) -> str:
    return f"vric:{name}:{subject}"


def _refusal(violated: list[Quota], quotas: list[Quota]) -> RateLimitedError:
    worst = max(violated, key=lambda quota: quota.reset_at)
    headers = {name.decode(): value.decode() for name, value in quota_headers(quotas)}
    return RateLimitedError(
        f"the {worst.name} limit of {worst.limit} requests in {worst.window_s} seconds is used up",
        headers={**headers, "Retry-After": str(worst.reset_in_s)},
        extra={"violated-policies": [quota.name for quota in violated]},
    )


def _no_key(
    request: Request,
) -> str:  # slowapi wants one; every count here names its key itself
    return ""
