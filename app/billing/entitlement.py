"""What subscriptions are good for: statuses to access, prices to plans, the grace. Pure rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.access.plan_in_force import best_plan
from app.billing.records import PriceRecord
from app.plans import FREE, PLANS

GRACE = timedelta(days=7)
GRANTING = frozenset({"trialing", "active"})
PAST_DUE = "past_due"
# No access, but not over: Stripe still has the subscription, and a second one would be paid twice.
SUSPENDED = frozenset({"unpaid", "paused", "incomplete"})
ENDED = frozenset({"canceled", "incomplete_expired"})
KNOWN = GRANTING | SUSPENDED | ENDED | {PAST_DUE}

_PLAN_OF: Mapping[str, str] = {
    lookup_key: plan.key for plan in PLANS.values() for lookup_key in plan.lookup_keys
}


class Held(Protocol):
    """What the rules look at of a stored subscription."""

    status: str
    plan: str | None
    past_due_since: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The plan that is paid for, and whether a granting subscription has a price nobody knows."""

    plan: str
    has_unknown_price: bool


def price_in_force(prices: Iterable[PriceRecord]) -> tuple[str | None, str | None]:
    """The lookup key and plan of a subscription's best price; no plan when none is known."""
    found = list(prices)
    best = best_plan(_plan_of(price) for price in found)
    for price in found:
        if best != FREE.key and _plan_of(price) == best:
            return price.lookup_key, best
    return (found[0].lookup_key if found else None), None


def _plan_of(price: PriceRecord) -> str | None:
    # A lookup key that moved to a new price leaves the old one's buyers to its metadata.
    return _PLAN_OF.get(price.lookup_key or "", price.plan if price.plan in PLANS else None)


def grants(held: Held, instant: datetime) -> bool:
    """Whether a subscription lets its account in now."""
    if held.status == PAST_DUE:
        return held.past_due_since is not None and instant < held.past_due_since + GRACE
    return held.status in GRANTING


def judge(held: Iterable[Held], kept_plan: str, instant: datetime) -> Verdict:
    """The best plan of all granting subscriptions.

    One with an unknown price is no reason to take away what the account has: `kept_plan` stays.
    """
    granting = [one for one in held if grants(one, instant)]
    unknown = any(one.plan is None for one in granting)
    plans = [one.plan for one in granting]
    return Verdict(best_plan([*plans, kept_plan] if unknown else plans), unknown)


def is_subscribed(held: Iterable[Held]) -> bool:
    """Whether there is a subscription that has not ended, whatever it grants."""
    return any(one.status not in ENDED for one in held)
