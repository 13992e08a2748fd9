"""Rate limits: a burst and a daily quota per caller, and a guard against guessing of keys.

The quotas are counted by `limits.aio`, the library under slowapi: slowapi itself is synchronous, and
a Redis at some distance would stop the event loop. slowapi counts what is rare: wrong credentials.
"""

import logging
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from slowapi import Limiter
from starlette.requests import Request

from app.access.principal import Principal
from app.core.errors import RateLimitedError
from app.core.metrics import LIMITS_FAILED_OPEN
from app.plans import Plan

BAD_CREDENTIALS = parse("20/minute")
MINUTE, DAY = 60, 86_400
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
        return max(1, round(self.reset_at - time.time()))

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit


def quota_headers(quotas: list[Quota]) -> list[tuple[bytes, bytes]]:
    """The headers of draft-ietf-httpapi-ratelimit-headers, and the older X- ones of the tightest quota."""
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
        (b"x-ratelimit-reset", str(int(tightest.reset_at)).encode()),
    ]


class RateLimits:
    """Counts requests by caller. An unreachable store lets requests through and is counted."""

    def __init__(self, redis_url: str | None) -> None:
        self._storage: Storage = (
            RedisStorage(f"async+{redis_url}", implementation="redispy")
            if redis_url
            else MemoryStorage()
        )
        self._guesses = Limiter(
            key_func=_no_key,
            storage_uri=redis_url or "memory://",
            in_memory_fallback_enabled=True,
        )

    async def spend(self, principal: Principal, cost: int = 1) -> list[Quota]:
        """Count a request before it is served; a refused one costs nothing.

        Raises:
            RateLimitedError: a quota is used up.
        """
        try:
            quotas = [
                await self._count(principal.subject, name, limit, window, cost)
                for name, limit, window in _policies(principal.plan)
            ]
        except (
            Exception
        ) as error:  # whatever the store's client raises: limits must not stop the service
            LIMITS_FAILED_OPEN.inc()
            logger.warning("limits are not counted: %s", type(error).__name__)
            return []
        violated = [quota for quota in quotas if quota.exceeded]
        if violated:
            await self.refund(principal, cost)
            raise _refusal(violated, quotas)
        return quotas

    async def refund(self, principal: Principal, cost: int = 1) -> None:
        """Give back what `spend` took, for an answer that costs nothing."""
        try:
            for name, _, window in _policies(principal.plan):
                await self._storage.incr(_key(principal.subject, name), window, amount=-cost)
        except Exception as error:
            logger.warning("a refund was not counted: %s", type(error).__name__)

    def note_bad_credential(self, address: str) -> None:
        """Count a wrong credential against an address.

        Raises:
            RateLimitedError: too many from this address within a minute.
        """
        if not self._guesses.limiter.hit(BAD_CREDENTIALS, "bad-credential", address):
            raise RateLimitedError(
                "too many wrong credentials from this address",
                headers={"Retry-After": str(RateLimitItemPerMinute(1).get_expiry())},
                extra={"violated-policies": ["bad-credential"]},
            )

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
    refund = [Quota(q.name, q.limit, q.window_s, min(q.used, q.limit), q.reset_at) for q in quotas]
    headers = {name.decode(): value.decode() for name, value in quota_headers(refund)}
    return RateLimitedError(
        f"the {worst.name} limit of {worst.limit} requests in {worst.window_s} seconds is used up",
        headers={**headers, "Retry-After": str(worst.reset_in_s)},
        extra={"violated-policies": [quota.name for quota in violated]},
    )


def _no_key(
    request: Request,
) -> str:  # slowapi wants one; every count here names its key itself
    return ""
