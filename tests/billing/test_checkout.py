"""Subscribing: from the button to the plan, and what happens when it is pressed again."""

from app.core.db import Database
from tests.billing.conftest import Payer, at_once, subscriptions, trail
from tests.problems import assert_problem

PREMIUM_ROUTE = "/v1/billing"


async def test_a_checkout_that_is_paid_changes_the_plan(payer: Payer, database: Database) -> None:
    assert await payer.plan() == "free"
    session = await payer.checkout()
    assert await payer.plan() == "free"
    created, paid, completed = payer.fake.pay(session)
    assert await payer.outcome(created) == "changed"
    assert await payer.plan() == "premium"
    assert await payer.outcome(paid) == await payer.outcome(completed) == "unchanged"
    overview = await payer.overview()
    (subscription,) = overview["subscriptions"]
    assert subscription["lookup_key"] == "premium_monthly"
    assert subscription["grants_access"]
    assert subscription["period_end"] > subscription["read_at"]
    changes = await trail(database, "plan_changed")
    assert [(change["from"], change["to"]) for change in changes] == [("free", "premium")]
    assert overview["trail"][0]["detail"]["cause"].startswith("customer.subscription.created evt_")
