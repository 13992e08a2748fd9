"""The rules from statuses and prices to a plan."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.plan_in_force import best_plan, plan_in_force
from app.billing.entitlement import (
    ENDED,
    GRACE,
    GRANTING,
    KNOWN,
    PAST_DUE,
    grants,
    is_subscribed,
    judge,
    price_in_force,
)
from app.billing.records import PriceRecord
from app.plans import PLANS

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PAID = [None, "premium", "enterprise"]


@dataclass
class Held:
    status: str
    plan: str | None
    past_due_since: datetime | None = None


held = st.builds(
    Held,
    st.sampled_from([*sorted(KNOWN), "of_the_future"]),
    st.sampled_from(PAID),
    st.sampled_from([None, NOW, NOW - GRACE, NOW - GRACE + timedelta(seconds=1)]),
)


@given(st.lists(held, max_size=4), st.sampled_from(["free", "premium", "enterprise"]))
def test_a_verdict_needs_a_granting_subscription(subscriptions: list[Held], kept: str) -> None:
    verdict = judge(subscriptions, kept, NOW)
    granting = [one for one in subscriptions if grants(one, NOW)]
    assert verdict.has_unknown_price == any(one.plan is None for one in granting)
    assert verdict.plan in {"free", *(one.plan for one in granting), kept}
    if not granting:
        assert verdict.plan == "free"
    if verdict.has_unknown_price:
        assert plan_in_force(verdict.plan, kept) == verdict.plan
    assert judge(reversed(subscriptions), kept, NOW) == verdict
    if granting:
        assert is_subscribed(subscriptions)


def test_every_status_is_in_one_list() -> None:
    assert not GRANTING & ENDED
    assert PAST_DUE not in GRANTING | ENDED
    assert len(KNOWN) == 8


@pytest.mark.parametrize(
    ("age", "allowed"),
    [(timedelta(0), True), (GRACE - timedelta(seconds=1), True), (GRACE, False)],
)
def test_the_grace_has_an_end(age: timedelta, allowed: bool) -> None:
    assert grants(Held(PAST_DUE, "premium", NOW - age), NOW) is allowed
    assert not grants(Held(PAST_DUE, "premium", None), NOW)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([], (None, None)),
        ([PriceRecord("p", "premium_yearly")], ("premium_yearly", "premium")),
        ([PriceRecord("p", "gold")], ("gold", None)),
        ([PriceRecord("p", None, "premium")], (None, "premium")),
        ([PriceRecord("p", None, "platinum")], (None, None)),
        # A lookup key is worth more than metadata.
        ([PriceRecord("p", "premium_monthly", "enterprise")], ("premium_monthly", "premium")),
        (
            [PriceRecord("p", "seats"), PriceRecord("q", "enterprise_monthly")],
            ("enterprise_monthly", "enterprise"),
        ),
    ],
)
def test_prices(prices: list[PriceRecord], expected: tuple[str | None, str | None]) -> None:
    assert price_in_force(prices) == expected


def test_the_better_plan_is_in_force() -> None:
    assert plan_in_force("premium", "enterprise") == "enterprise"
    assert plan_in_force("enterprise", "premium") == "enterprise"
    assert plan_in_force("free", None) == "free"
    assert best_plan(["gone", None, "anonymous"]) == "free"
    assert [best_plan([key]) for key in PLANS] == ["free", "free", "premium", "enterprise"]
