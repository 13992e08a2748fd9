"""Deleting an account: nobody pays on for one that is gone, and nobody is kept from going."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account
from app.access.tokens import issue_access_token
from app.accounts.passwords import Passwords
from app.core.clock import now
from app.core.db import Database
from tests.billing.conftest import (
    Payer,
    all_rows,
    at_once,
    billing_settings,
    subscriptions,
)
from tests.billing.fake_stripe import FakeStripe
from tests.conftest import TEST_SECRET, serving
from tests.problems import assert_problem

PASSWORD = "una frase larga y rara"
Leave = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def leave(payer: Payer, database: Database) -> Leave:
    """Deletes the payer's account, as its owner who signed in."""
    async with database.session() as session:
        account = (await session.exec(select(Account).where(Account.id == payer.id))).one()
        account.password_hash, account.verified_at = await Passwords().hash(PASSWORD), now()
        session.add(account)
    headers = {"Authorization": f"Bearer {issue_access_token(payer.id, TEST_SECRET.encode())}"}

    async def delete(client: httpx.AsyncClient = payer.client, **more: bool) -> httpx.Response:
        body = {"password": PASSWORD, **more}
        return await client.request("DELETE", "/v1/me", json=body, headers=headers)

    return delete


def _deletions(fake: FakeStripe) -> list[str]:
    return [path for method, path, _ in fake.calls if method == "DELETE"]


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "unpaid", "paused"])
async def test_what_runs_is_not_ended_unasked(
    payer: Payer, leave: Leave, database: Database, status: str
) -> None:
    subscription = await payer.subscribe()
    payer.fake.change(subscription, status=status)  # not told to us yet
    body = assert_problem(await leave(), 409, "subscription_running")
    assert "end_subscription" in str(body["detail"])
    assert _deletions(payer.fake) == []
    assert len(await all_rows(database, Account)) == 1
    assert (await payer.overview())["subscriptions"][0]["status"] == "active"


async def test_what_runs_is_ended_when_asked(
    payer: Payer, leave: Leave, database: Database
) -> None:
    subscription = await payer.subscribe()
    second = payer.fake.subscribe(payer.customer, "enterprise_monthly")
    customer = payer.customer
    assert (await leave(end_subscription=True)).status_code == 204
    assert _deletions(payer.fake) == [f"customers/{customer}"]
    assert (subscription["status"], second["status"]) == ("canceled", "canceled")
    assert await all_rows(database, Account) == []
    assert await subscriptions(database) == {}
    # What Stripe tells of it afterwards is about nobody here.
    late = [event for event in payer.fake.kinds["events"].values()
            if event["id"] in payer.fake.undelivered]  # fmt: skip
    assert {await payer.outcome(event) for event in late} == {"no_account"}


async def test_an_ended_subscription_keeps_nobody(payer: Payer, leave: Leave) -> None:
    subscription = await payer.subscribe()
    payer.fake.change(subscription, "deleted", status="canceled")  # not told to us yet
    assert (await leave()).status_code == 204
    assert len(_deletions(payer.fake)) == 1


async def test_stripe_down_then_once_more(payer: Payer, leave: Leave, database: Database) -> None:
    await payer.subscribe()
    payer.fake.down = True
    answer = await leave(end_subscription=True)
    assert_problem(answer, 503, "payment_provider_unavailable")
    assert await payer.plan() == "premium"
    payer.fake.down = False
    assert (await leave(end_subscription=True)).status_code == 204
    assert await all_rows(database, Account) == []


async def test_an_answer_of_stripes_that_is_lost(payer: Payer, leave: Leave) -> None:
    await payer.subscribe()
    payer.fake.fail_after = f"customers/{payer.customer}"
    answer = await leave(end_subscription=True)
    assert_problem(answer, 503, "payment_provider_unavailable")
    assert await payer.plan() == "premium"
    payer.fake.fail_after = None
    assert (await leave()).status_code == 204


async def test_a_page_that_is_open_cannot_be_paid_any_more(payer: Payer, leave: Leave) -> None:
    session = await payer.checkout()
    assert (await leave()).status_code == 204
    assert payer.fake.kinds["checkout/sessions"][session]["status"] == "expired"
    assert len(_deletions(payer.fake)) == 1


async def test_who_never_paid_needs_no_stripe(payer: Payer, leave: Leave) -> None:
    payer.fake.down = True
    assert (await leave()).status_code == 204
    assert payer.fake.calls == []


async def test_a_customer_deleted_at_stripe_keeps_nobody(payer: Payer, leave: Leave) -> None:
    await payer.subscribe()
    payer.fake.delete_customer(payer.customer)
    assert (await leave()).status_code == 204
    assert _deletions(payer.fake) == []


async def test_twice_at_once(payer: Payer, leave: Leave, database: Database) -> None:
    await payer.subscribe()
    answers = await at_once(*(leave(end_subscription=True) for _ in range(4)))
    # Those that come when it is gone are told that nobody calls any more.
    assert {answer.status_code for answer in answers} <= {204, 401, 404}
    assert 204 in {answer.status_code for answer in answers}
    assert len(_deletions(payer.fake)) == 1
    assert await all_rows(database, Account) == []


async def test_a_checkout_between_the_two_steps_keeps_the_account(
    payer: Payer, leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.accounts import me

    lock = me.lock_account

    async def checkout_first(
        session: AsyncSession, account_id: int, *, to_delete: bool
    ) -> Account | None:
        await payer.checkout()
        return await lock(session, account_id, to_delete=to_delete)

    monkeypatch.setattr(me, "lock_account", checkout_first)
    assert_problem(await leave(), 409, "conflict")
    monkeypatch.setattr(me, "lock_account", lock)
    assert (await leave()).status_code == 204


async def test_with_billing_off_only_what_runs_keeps_the_account(
    payer: Payer, leave: Leave, database: Database
) -> None:
    subscription = await payer.subscribe()
    async with serving(database.url) as client:
        assert_problem(await leave(client), 409, "subscription_running")
        answer = await leave(client, end_subscription=True)
        assert_problem(answer, 503, "billing_not_configured")
        await payer.deliver(payer.fake.change(subscription, "deleted", status="canceled"))
        assert (await leave(client)).status_code == 204


async def test_a_plan_that_was_given_keeps_nobody(
    payer: Payer, leave: Leave, database: Database
) -> None:
    async with database.session() as session:
        account = (await session.exec(select(Account).where(Account.id == payer.id))).one()
        account.granted_plan = account.plan = "enterprise"
        session.add(account)
    async with serving(database.url, **billing_settings(payer.fake)) as client:
        assert (await leave(client)).status_code == 204
