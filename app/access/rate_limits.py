"""Rate limits: quotas of plans per caller, and static guards per address against guessing and floods.

The guards are slowapi's: they count what is rare, in memory while Redis is away.
"""

import asyncio
import time
from enum import StrEnum

from limits import RateLimitItem, parse
from redis.backoff import NoBackoff
from redis.retry import Retry
from slowapi import Limiter
from starlette.requests import Request

from app.access.counters import (
    STORE_WAITS,
    Counters,
    CountersAwayError,
    MemoryCounters,
    RedisCounters,
    logger,
)
from app.access.principal import Principal
from app.access.quota import Quota, policies_of, refusal
from app.core.errors import RateLimitedError
from app.core.metrics import LIMITS_FAILED_OPEN

_ASK_AGAIN_AFTER_S = 1.0


class Guard(StrEnum):
    """What is limited for each address, whatever its plan."""

    BAD_CREDENTIAL = "bad-credential"
    SIGN_UP = "sign-up"
    TOKEN = "token"  # noqa: S105 - the name of a guard
    RESET = "reset"
    ACCOUNT = "account"


# A university behind one address signs up within an hour; a page refreshes a token in 15 minutes.
_GUARDS: dict[Guard, RateLimitItem] = {
    Guard.BAD_CREDENTIAL: parse("20/minute"),
    Guard.SIGN_UP: parse("30/hour"),
    Guard.TOKEN: parse("60/minute"),
    Guard.RESET: parse("20/hour"),
    Guard.ACCOUNT: parse("60/minute"),
}


class RateLimits:
    """Counts requests by caller. An unreachable store lets requests through and is counted."""

    def __init__(self, redis_url: str | None) -> None:
        self.counters: Counters = RedisCounters(redis_url) if redis_url else MemoryCounters()
        self._guards_here = Limiter(key_func=_no_key, key_style="endpoint", storage_uri="memory://")
        self._guards = (
            Limiter(
                key_func=_no_key,
                key_style="endpoint",
                storage_uri=redis_url,
                storage_options={**STORE_WAITS, "retry": Retry(NoBackoff(), 0)},  # type: ignore[dict-item]
            )
            if redis_url
            else self._guards_here
        )
        self._away_until = 0.0

    async def __aenter__(self) -> "RateLimits":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.counters.close()

    async def spend(self, principal: Principal, cost: int = 1) -> list[Quota]:
        """Count a request before it is served; a refused one costs nothing.

        Returns:
            Where the caller stands, nothing while the store is away.

        Raises:
            RateLimitedError: a quota is used up.
        """
        try:
            quotas = await self.counters.spend(principal.subject, policies_of(principal.plan), cost)
        except CountersAwayError:
            return []
        if cost and any(quota.exceeded for quota in quotas):
            raise refusal(quotas)
        return quotas

    async def refund(self, principal: Principal, quotas: list[Quota], cost: int) -> list[Quota]:
        """Give back what `spend` took, for an answer that costs nothing; returns what is used now."""
        if not quotas or not cost:
            return quotas
        try:
            await self.counters.refund(principal.subject, policies_of(principal.plan), cost)
        except CountersAwayError:
            return []
        return [quota.after_refund(cost) for quota in quotas]

    async def check_guard(self, guard: Guard, address: str) -> None:
        """Count a call against an address.

        Raises:
            RateLimitedError: too many from this address.
        """
        limit = _GUARDS[guard]
        if not await self._hit(limit, guard, address):
            raise RateLimitedError(
                f"too many calls of this kind ({guard}) from this address",
                headers={"Retry-After": str(limit.get_expiry())},
                extra={"violated-policies": [guard.value]},
            )

    async def _hit(self, limit: RateLimitItem, guard: Guard, address: str) -> bool:
        if self._guards is not self._guards_here and time.monotonic() >= self._away_until:
            try:
                # slowapi's store is synchronous: away from the event loop with it.
                return await asyncio.to_thread(
                    self._guards.limiter.hit, limit, guard.value, address
                )
            except Exception as error:
                LIMITS_FAILED_OPEN.inc()
                logger.warning("guards are counted here alone: %s", type(error).__name__)
                self._away_until = time.monotonic() + _ASK_AGAIN_AFTER_S
        return self._guards_here.limiter.hit(limit, guard.value, address)


def _no_key(
    request: Request,
) -> str:  # slowapi wants one; every count here names its key itself
    return ""
