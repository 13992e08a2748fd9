"""Putting right what was missed, in both directions."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from app.access.models import Account
from app.billing.jobs import RECONCILE
from app.billing.models import Subscription
from app.billing.reconcile import Report, reconcile
from app.billing.service import Billing
from app.core.db import Database
from app.worker import KINDS
from tests.billing.conftest import (
    Payer,
    billing_settings,
    handled,
    make_payer,
    subscriptions,
    trail,
)
from tests.conftest import make_settings


@pytest.fixture
async def billing(payer: Payer, database: Database) -> AsyncIterator[Billing]:
    """Billing as a command has it, beside the service."""
    async with Billing(database, make_settings(**billing_settings(payer.fake))) as opened:
        yield opened


async def _run(billing: Billing) -> Report:
    report = await reconcile(billing)
    assert report.failures == 0
    return report


async def test_undelivered_events_go_through_the_same_handler(
    billing: Billing, payer: Payer, database: Database
) -> None:
    created, paid, completed = payer.fake.pay(await payer.checkout())
    payer.fake.event("payout.paid", {"id": "po_1", "object": "payout"})
    report = await _run(billing)
    assert report.events == {"changed": 1, "unchanged": 2}
    assert report.accounts == {}
    assert await payer.plan() == "premium"
    assert await handled(database) == {
        created["id"]: "changed", paid["id"]: "unchanged", completed["id"]: "unchanged",
    }  # fmt: skip
    # What arrives after all is a duplicate, and a second run finds nothing to do.
    assert await payer.outcome(paid) == "duplicate"
    assert (await _run(billing)).accounts == {}


async def test_many_events_are_read_page_by_page(billing: Billing, payer: Payer) -> None:
    await payer.checkout()
    for _ in range(130):
        payer.fake.event("invoice.paid", {"object": "invoice", "customer": payer.customer})
    assert (await _run(billing)).events == {"unchanged": 130}


async def test_a_subscription_nobody_told_of_is_found(billing: Billing, payer: Payer) -> None:
    payer.fake.pay(await payer.checkout())
    payer.fake.undelivered.clear()
    assert (await _run(billing)).accounts == {"changed": 1}
    assert await payer.plan() == "premium"


async def test_an_end_nobody_told_of_is_found(billing: Billing, payer: Payer) -> None:
    subscription = await payer.subscribe()
    payer.fake.change(subscription, status="canceled")
    payer.fake.undelivered.clear()
    assert (await _run(billing)).accounts == {"changed": 1}
    assert await payer.plan() == "free"


async def test_a_change_nobody_told_of_is_found(billing: Billing, payer: Payer) -> None:
    subscription = await payer.subscribe()
    payer.fake.change(subscription, lookup_key="enterprise_yearly")
    payer.fake.undelivered.clear()
    assert (await _run(billing)).accounts == {"changed": 1}
    assert await payer.plan() == "enterprise"


async def test_rows_lost_here_are_made_again(
    billing: Billing, payer: Payer, database: Database
) -> None:
    subscription = await payer.subscribe()
    async with database.session() as session:
        for row in (await session.exec(select(Subscription))).all():
            await session.delete(row)
    assert (await _run(billing)).accounts == {"unchanged": 1}
    assert list(await subscriptions(database)) == [subscription["id"]]


async def test_a_plan_that_nothing_pays_for_ends(
    billing: Billing, payer: Payer, database: Database
) -> None:
    async with database.session() as session:
        account = (await session.exec(select(Account).where(Account.id == payer.id))).one()
        account.paid_plan = account.plan = "premium"
        session.add(account)
    assert (await _run(billing)).accounts == {"changed": 1}
    assert (await trail(database, "plan_changed"))[0]["cause"] == "reconcile"
    assert await payer.plan() == "free"


async def test_one_failure_leaves_the_others(
    billing: Billing, payer: Payer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    other = await make_payer(database, payer.client, payer.fake, "b@example.org")
    for one in (payer, other):
        subscription = await one.subscribe()
        payer.fake.change(subscription, lookup_key="enterprise_monthly")
    payer.fake.undelivered.clear()
    payer.fake.kinds["customers"].pop(payer.customer)
    report = await reconcile(billing)
    assert (report.failures, report.accounts) == (1, {"changed": 1})
    assert (await payer.plan(), await other.plan()) == ("premium", "enterprise")


async def test_money_for_a_missing_account_is_told(
    billing: Billing, payer: Payer, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    subscription = await payer.subscribe()
    foreign = payer.fake.subscribe("cus_of_another_product", "premium_monthly")
    async with database.session() as session:
        await session.delete(await session.get_one(Account, payer.id))
    report = await _run(billing)
    assert report.strangers == [subscription["id"]]
    assert foreign["id"] not in caplog.text
    assert [r.levelname for r in caplog.records if subscription["id"] in r.getMessage()] == [
        "ERROR"
    ]


def test_the_worker_reconciles_by_itself() -> None:
    assert RECONCILE in KINDS
    assert RECONCILE.cron == "7 * * * *"
