"""Where a caller stands in its limits, and the headers that say so."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.errors import RateLimitedError
from app.plans import Plan

MINUTE, DAY = 60, 86_400


@dataclass(frozen=True, slots=True)
class Policy:
    """So many units in so many seconds."""

    name: str
    limit: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Quota:
    """One policy and where the caller stands in it."""

    policy: Policy
    used: int
    reset_at: float

    @property
    def remaining(self) -> int:
        return max(0, self.policy.limit - self.used)

    @property
    def reset_in_s(self) -> int:
        return max(1, math.ceil(self.reset_at - time.time()))

    @property
    def exceeded(self) -> bool:
        return self.used > self.policy.limit

    def after_refund(self, units: int) -> "Quota":
        return replace(self, used=max(0, self.used - units))


def policies_of(plan: Plan) -> list[Policy]:
    """The limits of a plan."""
    return [Policy("burst", plan.burst_per_minute, MINUTE), Policy("daily", plan.daily, DAY)]


def quota_headers(quotas: Sequence[Quota]) -> list[tuple[bytes, bytes]]:
    """The headers of draft-ietf-httpapi-ratelimit-headers, and the older X- ones of the tightest quota.

    Without quotas, because they could not be counted, there are none.
    """
    if not quotas:
        return []
    policy = ",".join(f'"{q.policy.name}";q={q.policy.limit};w={q.policy.window_s}' for q in quotas)
    tightest = min(quotas, key=lambda quota: quota.remaining / max(1, quota.policy.limit))
    name, left = tightest.policy.name, tightest.remaining
    return [
        (b"ratelimit-policy", policy.encode()),
        (b"ratelimit", f'"{name}";r={left};t={tightest.reset_in_s}'.encode()),
        (b"x-ratelimit-limit", str(tightest.policy.limit).encode()),
        (b"x-ratelimit-remaining", str(left).encode()),
        (b"x-ratelimit-reset", str(math.ceil(tightest.reset_at)).encode()),
    ]


def refusal(quotas: Sequence[Quota]) -> RateLimitedError:
    """The 429 that names what is used up and when it is over."""
    violated = [quota for quota in quotas if quota.exceeded]
    worst = max(violated, key=lambda quota: quota.reset_at)
    headers = {name.decode(): value.decode() for name, value in quota_headers(quotas)}
    return RateLimitedError(
        f"the {worst.policy.name} limit of {worst.policy.limit} units in"
        f" {worst.policy.window_s} seconds is used up",
        headers={**headers, "Retry-After": str(worst.reset_in_s)},
        extra={"violated-policies": [quota.policy.name for quota in violated]},
    )
