"""What happens to a subscription over time, and what that means for the plan."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.access.models import Account
from app.billing.entitlement import GRACE
from app.billing.metrics import DISPUTES, UNKNOWN_PRICES
from app.billing.models import Subscription
from app.billing.reconcile import reconcile
from app.billing.service import Billing
from app.core.db import Database
from tests.billing.conftest import Payer, billing_settings, handled, subscriptions, trail
from tests.billing.fake_stripe import Thing
from tests.conftest import make_settings


async def _age_debts(database: Database, by: timedelta) -> None:
    """Let time pass for those past due."""
    async with database.session() as session:
        for row in (await session.exec(select(Subscription))).all():
            assert row.past_due_since is not None
            row.past_due_since -= by
            session.add(row)


async def _set_account(database: Database, payer: Payer, **values: Any) -> None:
    async with database.session() as session:
        account = (await session.exec(select(Account).where(Account.id == payer.id))).one()
        for name, value in values.items():
            setattr(account, name, value)
        session.add(account)


async def _reconcile(database: Database, payer: Payer) -> None:
    async with Billing(database, make_settings(**billing_settings(payer.fake))) as billing:
        assert (await reconcile(billing)).failures == 0


async def test_the_plan_changes_both_ways(payer: Payer, database: Database) -> None:
    subscription = await payer.subscribe("premium_monthly")
    for lookup_key, plan in (
        ("enterprise_monthly", "enterprise"),
        ("premium_yearly", "premium"),
        ("enterprise_yearly", "enterprise"),
        ("premium_monthly", "premium"),
    ):
        event = payer.fake.change(subscription, lookup_key=lookup_key)
        assert await payer.outcome(event) == "changed"
        assert await payer.plan() == plan
    assert [change["to"] for change in await trail(database, "plan_changed")] == [
        "premium", "enterprise", "premium", "enterprise", "premium",
    ]  # fmt: skip


async def test_a_new_plan_acts_on_the_next_request(payer: Payer) -> None:
    async def limit() -> str:
        answer = await payer.client.get("/v1/events?limit=1", headers=payer.key)
        return answer.headers["ratelimit-policy"].partition(",")[0]

    free = await limit()
    subscription = await payer.subscribe()
    premium = await limit()
    await payer.deliver(payer.fake.change(subscription, "deleted", status="canceled"))
    assert (free == premium, await limit() == free) == (False, True)


async def test_cancel_at_period_end_keeps_access_to_the_end(
    payer: Payer, database: Database
) -> None:
    subscription = await payer.subscribe()
    assert await payer.outcome(payer.fake.change(subscription, cancel_at_period_end=True)) == (
        "unchanged"
    )
    (known,) = (await payer.overview())["subscriptions"]
    assert known["cancel_at_period_end"]
    assert await payer.plan() == "premium"
    ended = payer.fake.change(subscription, "deleted", status="canceled")
    assert await payer.outcome(ended) == "changed"
    assert await payer.plan() == "free"


async def test_a_cancellation_by_date_shows_too(payer: Payer) -> None:
    subscription = await payer.subscribe()
    end = subscription["items"]["data"][0]["current_period_end"]
    await payer.deliver(payer.fake.change(subscription, cancel_at=end))
    (known,) = (await payer.overview())["subscriptions"]
    assert known["cancel_at_period_end"]


async def test_the_grace_begins_once_and_ends(payer: Payer, database: Database) -> None:
    subscription = await payer.subscribe()
    assert await payer.outcome(payer.fake.change(subscription, status="past_due")) == "unchanged"
    (known,) = (await payer.overview())["subscriptions"]
    assert known["grants_access"]
    since = datetime.fromisoformat(known["past_due_since"])
    assert datetime.fromisoformat(known["grace_until"]) == since + GRACE
    # A second failed payment does not begin it anew.
    failed = payer.fake.event("invoice.payment_failed", _invoice(subscription))
    assert await payer.outcome(failed) == "unchanged"
    assert (await subscriptions(database))[subscription["id"]].past_due_since == since
    (detail,) = await trail(database, "billing_payment_failed")
    assert detail["subscription"] == subscription["id"]

    await _age_debts(database, GRACE - timedelta(hours=1))
    await _reconcile(database, payer)
    assert await payer.plan() == "premium"
    await _age_debts(database, timedelta(hours=1))
    await _reconcile(database, payer)
    assert await payer.plan() == "free"
    (known,) = (await payer.overview())["subscriptions"]
    assert not known["grants_access"]

    assert await payer.outcome(payer.fake.change(subscription, status="active")) == "changed"
    assert await payer.plan() == "premium"
    assert (await subscriptions(database))[subscription["id"]].past_due_since is None


def _invoice(subscription: Thing) -> Thing:
    return {
        "id": "in_1", "object": "invoice", "customer": subscription["customer"],
        "parent": {"type": "subscription_details",
                   "subscription_details": {"subscription": subscription["id"]}},
    }  # fmt: skip


async def test_the_best_of_two_subscriptions_counts(payer: Payer) -> None:
    premium = await payer.subscribe("premium_monthly")
    enterprise = payer.fake.subscribe(payer.customer, "enterprise_monthly")
    event = payer.fake.event("customer.subscription.created", enterprise)
    assert await payer.outcome(event) == "changed"
    assert await payer.plan() == "enterprise"
    await payer.deliver(payer.fake.change(premium, "deleted", status="canceled"))
    assert await payer.plan() == "enterprise"
    await payer.deliver(payer.fake.change(enterprise, "deleted", status="canceled"))
    assert await payer.plan() == "free"


@pytest.mark.parametrize("status", ["unpaid", "paused", "incomplete", "incomplete_expired"])
async def test_statuses_that_give_no_access(payer: Payer, status: str) -> None:
    subscription = await payer.subscribe()
    assert await payer.outcome(payer.fake.change(subscription, status=status)) == "changed"
    assert await payer.plan() == "free"


async def test_pause_and_resume(payer: Payer) -> None:
    subscription = await payer.subscribe()
    await payer.deliver(payer.fake.change(subscription, "paused", status="paused"))
    assert await payer.plan() == "free"
    await payer.deliver(payer.fake.change(subscription, "resumed", status="active"))
    assert await payer.plan() == "premium"


async def test_an_unknown_status_gives_no_access_and_alerts(
    payer: Payer, caplog: pytest.LogCaptureFixture
) -> None:
    subscription = await payer.subscribe()
    await payer.deliver(payer.fake.change(subscription, status="of_the_future"))
    assert await payer.plan() == "free"
    assert [record.levelname for record in caplog.records if "of_the_future" in record.message] == [
        "ERROR"
    ]


async def test_an_unknown_price_is_loud_and_takes_nothing_away(
    payer: Payer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    subscription = await payer.subscribe()
    price = {**payer.fake.price("premium_monthly"), "id": "price_gold", "lookup_key": "gold"}
    subscription["items"]["data"][0]["price"] = price
    counted = UNKNOWN_PRICES._value.get()
    event = payer.fake.change(subscription)
    assert await payer.outcome(event) == "unknown_price"
    assert (await handled(database))[event["id"]] == "unknown_price"
    assert UNKNOWN_PRICES._value.get() == counted + 1
    assert [r.levelname for r in caplog.records if "gold" in r.getMessage()] == ["ERROR"]
    (known,) = (await payer.overview())["subscriptions"]
    assert (known["plan"], known["lookup_key"], await payer.plan()) == (None, "gold", "premium")
    # Over is over, though.
    await payer.deliver(payer.fake.change(subscription, "deleted", status="canceled"))
    assert await payer.plan() == "free"


async def test_a_first_unknown_price_gives_nothing(payer: Payer) -> None:
    await payer.checkout()
    subscription = payer.fake.subscribe(payer.customer, "premium_monthly")
    price = {**payer.fake.price("premium_monthly"), "lookup_key": None}
    subscription["items"]["data"][0]["price"] = price
    assert await payer.outcome(payer.fake.change(subscription, "created")) == "unknown_price"
    assert await payer.plan() == "free"
    # What its metadata say is as good: a price whose lookup key went to a newer one.
    price["metadata"] = {"plan": "premium"}
    assert await payer.outcome(payer.fake.change(subscription)) == "changed"
    assert await payer.plan() == "premium"


async def test_a_refund_is_written_down_and_the_subscription_decides(
    payer: Payer, database: Database
) -> None:
    subscription = await payer.subscribe()
    charge = payer.fake.charge(subscription)
    charge.update(amount_refunded=charge["amount"], refunded=True)
    assert await payer.outcome(payer.fake.event("charge.refunded", charge)) == "unchanged"
    (detail,) = await trail(database, "billing_refunded")
    assert detail["amount_refunded"] == 4_900
    assert detail["refunded"]
    assert await payer.plan() == "premium"
    await payer.deliver(payer.fake.change(subscription, "deleted", status="canceled"))
    assert await payer.plan() == "free"


async def test_a_refund_in_part_is_written_down_each_time(payer: Payer, database: Database) -> None:
    charge = payer.fake.charge(await payer.subscribe())
    for amount in (1_000, 2_500):
        charge.update(amount_refunded=amount)
        assert await payer.outcome(payer.fake.event("charge.refunded", charge)) == "unchanged"
    details = await trail(database, "billing_refunded")
    assert [(one["amount_refunded"], one["refunded"]) for one in details] == [
        (1_000, False), (2_500, False),
    ]  # fmt: skip
    assert await payer.plan() == "premium"
    (known,) = (await payer.overview())["subscriptions"]
    assert known["grants_access"]


@pytest.mark.parametrize("status", ["won", "warning_closed"])
async def test_a_dispute_that_is_won_changes_nothing(
    payer: Payer, database: Database, status: str
) -> None:
    charge = payer.fake.charge(await payer.subscribe())
    await payer.outcome(payer.fake.dispute(charge, "needs_response"))
    assert await payer.plan() == "premium"
    assert await payer.outcome(payer.fake.dispute(charge, status)) == "unchanged"
    (closed,) = await trail(database, "billing_dispute_closed")
    assert closed["status"] == status
    assert await payer.plan() == "premium"


async def test_a_lost_dispute_that_stripe_was_not_told_to_follow(
    payer: Payer, database: Database
) -> None:
    charge = payer.fake.charge(await payer.subscribe())
    opened, lost = (payer.fake.dispute(charge, status) for status in ("needs_response", "lost"))
    # In whatever order they come.
    assert [await payer.outcome(lost), await payer.outcome(opened)] == ["unchanged"] * 2
    (closed,) = await trail(database, "billing_dispute_closed")
    assert closed["status"] == "lost"
    assert await payer.plan() == "premium"  # until somebody ends the subscription


async def test_a_dispute_is_loud_and_the_subscription_decides(
    payer: Payer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    subscription = await payer.subscribe()
    charge = payer.fake.charge(subscription)
    counted = DISPUTES._value.get()
    opened = payer.fake.dispute(charge, "needs_response")
    assert await payer.outcome(opened) == "unchanged"
    assert DISPUTES._value.get() == counted + 1
    assert [r.levelname for r in caplog.records if "disputes" in r.getMessage()] == ["ERROR"]
    (detail,) = await trail(database, "billing_disputed")
    assert (detail["reason"], detail["amount"]) == ("fraudulent", 4_900)
    # Stripe ends the subscription of a lost dispute, when it is told to.
    payer.fake.change(subscription, "deleted", status="canceled")
    assert await payer.outcome(payer.fake.dispute(charge, "lost")) == "changed"
    assert await payer.plan() == "free"


async def test_a_deleted_customer(payer: Payer, database: Database) -> None:
    await payer.subscribe()
    customer = payer.customer
    *ended, deleted = payer.fake.delete_customer(customer)
    assert await payer.outcome(deleted) == "customer_deleted"
    assert await payer.plan() == "free"
    assert [await payer.outcome(event) for event in ended] == ["no_account"]
    assert await trail(database, "billing_customer_deleted") == [{"customer": customer}]
    # The next checkout makes another one, though Stripe remembers the key of the first.
    await payer.subscribe()
    assert await payer.plan() == "premium"
    assert len(payer.fake.kinds["customers"]) == 2


async def test_a_deleted_customer_in_reverse_order(payer: Payer) -> None:
    await payer.subscribe()
    ended, deleted = payer.fake.delete_customer(payer.customer)
    assert await payer.outcome(ended) == "customer_deleted"
    assert await payer.outcome(deleted) == "no_account"
    assert await payer.plan() == "free"


async def test_a_forgotten_deletion_comes_out_at_the_next_checkout(payer: Payer) -> None:
    await payer.subscribe()
    payer.fake.delete_customer(payer.customer)
    await payer.checkout()
    assert await payer.plan() == "free"
    payer.fake.delete_customer(payer.customer)
    assert (await payer.post("portal")).json()["kind"] == "portal"


async def test_a_checkout_that_broke_off_does_not_outlive_its_customer(payer: Payer) -> None:
    payer.fake.fail_after = "checkout/sessions"
    await payer.post("checkout", {"lookup_key": "premium_monthly"})
    payer.fake.fail_after = None
    (deleted,) = payer.fake.delete_customer(payer.customer)
    assert await payer.outcome(deleted) == "customer_deleted"
    await payer.subscribe()
    assert await payer.plan() == "premium"


async def test_a_key_of_another_stripe_account_ends_nothing(
    payer: Payer, caplog: pytest.LogCaptureFixture
) -> None:
    subscription = await payer.subscribe()
    payer.fake.kinds["customers"].clear()
    answer = await payer.deliver(payer.fake.change(subscription))
    assert answer.status_code == 503
    assert "is the key of another Stripe account?" in caplog.text
    assert await payer.plan() == "premium"


async def test_what_an_operator_granted_stays(payer: Payer, database: Database) -> None:
    await _set_account(database, payer, granted_plan="premium", plan="premium")
    subscription = await payer.subscribe("enterprise_monthly")
    assert await payer.plan() == "enterprise"
    await payer.deliver(payer.fake.change(subscription, "deleted", status="canceled"))
    overview = await payer.overview()
    assert (overview["plan"], overview["paid_plan"]) == ("premium", "free")
    for line in overview["trail"]:
        assert datetime.fromisoformat(line["at"]).tzinfo == UTC
