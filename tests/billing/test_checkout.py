"""Subscribing: from the button to the plan, and what happens when it is pressed again."""

import httpx
import pytest

from app.billing.models import CheckoutAttempt
from app.core.db import Database
from tests.billing.conftest import (
    Payer,
    all_rows,
    at_once,
    billing_settings,
    make_payer,
    trail,
)
from tests.billing.fake_stripe import FakeStripe
from tests.conftest import serving
from tests.problems import assert_problem

MONTHLY = {"lookup_key": "premium_monthly"}


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


async def test_whoever_used_up_the_day_can_still_subscribe(
    database: Database, fake: FakeStripe
) -> None:
    settings = billing_settings(fake, plan_overrides={"free": {"daily": 1}})
    async with serving(database.url, **settings) as client:
        payer = await make_payer(database, client, fake)
        assert (await client.get("/v1/events", headers=payer.key)).status_code == 200
        refused = await client.get("/v1/events", headers=payer.key)
        assert_problem(refused, 429, "rate_limited")
        fake.pay(await payer.checkout())
        assert (await payer.post("sync", {})).status_code == 200
        assert (await client.get("/v1/me", headers=payer.key)).json()["plan"] == "premium"
        assert (await client.get("/v1/events", headers=payer.key)).status_code == 200


async def test_calls_of_billing_are_limited_by_address(payer: Payer) -> None:
    answers = [await payer.client.get("/v1/billing", headers=payer.key) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert_problem(answers[60], 429, "rate_limited")


async def test_a_checkout_alone_opens_nothing(payer: Payer) -> None:
    session_id = await payer.checkout()
    session = payer.fake.kinds["checkout/sessions"][session_id]
    completed = payer.fake.event(
        "checkout.session.completed", {**session, "status": "complete", "payment_status": "unpaid"}
    )
    assert await payer.outcome(completed) == "unchanged"
    assert await payer.plan() == "free"


async def test_what_stripe_is_asked_for(payer: Payer) -> None:
    session = payer.fake.kinds["checkout/sessions"][await payer.checkout()]
    assert session["mode"] == "subscription"
    assert session["allow_promotion_codes"]
    assert session["client_reference_id"] == str(payer.id)
    assert session["success_url"] == f"http://127.0.0.1:8000/plans?checkout={session['id']}"
    assert session["cancel_url"] == "http://127.0.0.1:8000/plans?checkout=cancelled"
    keys = {path: key for method, path, key in payer.fake.calls if method == "POST"}
    assert keys == {
        "customers": f"customer:{payer.id}",
        "checkout/sessions": f"checkout:{payer.id}:premium_monthly:1",
    }


async def test_checkout_twice_is_one_page(payer: Payer) -> None:
    assert await payer.checkout() == await payer.checkout()
    assert len(payer.fake.kinds["checkout/sessions"]) == 1


async def test_another_price_closes_the_page_before(payer: Payer) -> None:
    first = await payer.checkout()
    second = await payer.checkout("enterprise_yearly")
    sessions = payer.fake.kinds["checkout/sessions"]
    assert (sessions[first]["status"], sessions[second]["status"]) == ("expired", "open")
    assert await payer.checkout("enterprise_yearly") == second


async def test_an_expired_page_is_replaced(payer: Payer, database: Database) -> None:
    first = await payer.checkout()
    session = payer.fake.kinds["checkout/sessions"][first]
    session["status"] = "expired"
    assert await payer.outcome(payer.fake.event("checkout.session.expired", session)) == "unchanged"
    second = await payer.checkout()
    assert second != first
    attempts = await all_rows(database, CheckoutAttempt)
    assert sorted(attempt.done_at is not None for attempt in attempts) == [False, True]


async def test_a_second_checkout_while_subscribed_goes_to_the_portal(payer: Payer) -> None:
    await payer.subscribe()
    again = await payer.post("checkout", {"lookup_key": "enterprise_monthly"})
    assert again.json()["kind"] == "portal"
    assert again.json()["url"].startswith(f"{payer.fake.base}/portal/")
    assert len(payer.fake.kinds["checkout/sessions"]) == 1


async def test_paid_but_not_yet_told_goes_to_the_portal_too(payer: Payer) -> None:
    payer.fake.pay(await payer.checkout())
    assert (await payer.post("checkout", MONTHLY)).json()["kind"] == "portal"
    assert await payer.plan() == "premium"


async def test_concurrent_first_checkouts_make_one_customer(payer: Payer) -> None:
    payer.fake.slow_s = 0.02
    answers = await at_once(*(payer.post("checkout", MONTHLY) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["url"] for answer in answers}) == 1
    assert len(payer.fake.kinds["customers"]) == len(payer.fake.kinds["checkout/sessions"]) == 1
    assert [path for method, path, _ in payer.fake.calls if method == "POST"] == [
        "customers",
        "checkout/sessions",
    ]


async def test_two_prices_at_once_leave_one_page_to_pay(payer: Payer) -> None:
    payer.fake.slow_s = 0.02
    keys = ("premium_monthly", "premium_yearly", "enterprise_monthly") * 2
    answers = await at_once(*(payer.post("checkout", {"lookup_key": key}) for key in keys))
    assert {answer.status_code for answer in answers} <= {200, 409}
    states = [session["status"] for session in payer.fake.kinds["checkout/sessions"].values()]
    assert states.count("open") == 1


async def test_an_idempotency_key_gives_the_first_answer_again(payer: Payer) -> None:
    header = {"Idempotency-Key": "mine-1"}
    first = await payer.post("checkout", MONTHLY, **header)
    payer.fake.pay(first.json()["url"].rpartition("/")[2])
    assert (await payer.post("checkout", MONTHLY, **header)).json() == first.json()
    other = await payer.post("checkout", {"lookup_key": "premium_yearly"}, **header)
    assert_problem(other, 409, "idempotency_conflict")
    portal = await payer.post("checkout", MONTHLY, **{"Idempotency-Key": "mine-2"})
    assert portal.json()["kind"] == "portal"
    again = await payer.post("checkout", MONTHLY, **{"Idempotency-Key": "mine-2"})
    assert again.json() == portal.json()


async def test_a_customer_made_before_a_failure_is_found_again(payer: Payer) -> None:
    payer.fake.down = True
    assert_problem(await payer.post("checkout", MONTHLY), 503, "payment_provider_unavailable")
    payer.fake.down = False
    customer = payer.fake.kinds["customers"]
    payer.fake.fail_after = "customers"
    assert_problem(await payer.post("checkout", MONTHLY), 503, "payment_provider_unavailable")
    assert len(customer) == 1
    payer.fake.fail_after = None
    await payer.checkout()
    assert len(customer) == 1


async def test_a_session_made_before_a_failure_is_found_again(payer: Payer) -> None:
    payer.fake.fail_after = "checkout/sessions"
    assert_problem(await payer.post("checkout", MONTHLY), 503, "payment_provider_unavailable")
    payer.fake.fail_after = None
    await payer.checkout()
    assert len(payer.fake.kinds["checkout/sessions"]) == 1


async def test_a_trial_is_for_the_first_time(database: Database, fake: FakeStripe) -> None:
    async with serving(database.url, **billing_settings(fake, stripe_trial_days=14)) as client:
        payer = await make_payer(database, client, fake)
        subscription = await payer.subscribe()
        assert subscription["status"] == "trialing"
        assert await payer.plan() == "premium"
        await payer.deliver(fake.change(subscription, "deleted", status="canceled"))
        assert await payer.plan() == "free"
        second = await payer.subscribe()
        assert second["status"] == "active"


async def test_a_price_that_stripe_does_not_have(
    payer: Payer, caplog: pytest.LogCaptureFixture
) -> None:
    payer.fake.kinds["prices"].clear()
    assert_problem(await payer.post("checkout", MONTHLY), 503, "price_unavailable")
    assert "vric billing setup" in caplog.text


async def test_bad_bodies_are_refused(payer: Payer) -> None:
    for body in ({"lookup_key": "gold"}, {}, {**MONTHLY, "customer": "cus_1"}, [1]):
        assert_problem(await payer.post("checkout", body), 422, "invalid_body")
    for session in ("cs_1/../x", "in_1", "cs_" + "a" * 300):
        assert_problem(await payer.post("sync", {"session_id": session}), 422, "invalid_body")


async def test_the_portal(payer: Payer) -> None:
    answer = await payer.post("portal")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["kind"] == "portal"
    (portal,) = payer.fake.kinds["billing_portal/sessions"].values()
    assert portal["customer"] == payer.customer


async def test_the_success_page_need_not_wait(payer: Payer) -> None:
    session = await payer.checkout()
    payer.fake.pay(session)
    answer = await payer.post("sync", {"session_id": session})
    assert answer.json() == {"outcome": "changed", "plan": "premium"}
    assert (await payer.post("sync", {})).json() == {"outcome": "unchanged", "plan": "premium"}


async def test_the_session_of_another_account_is_not_found(
    payer: Payer, database: Database
) -> None:
    session = await payer.checkout()
    other = await make_payer(database, payer.client, payer.fake, "b@example.org")
    for attempt in (session, "cs_test_none"):
        assert_problem(await other.post("sync", {"session_id": attempt}), 404, "not_found")


async def test_billing_needs_an_account(client: httpx.AsyncClient) -> None:
    for path in ("checkout", "portal", "sync"):
        answer = await client.post(f"/v1/billing/{path}", json=MONTHLY)
        assert_problem(answer, 401, "unauthorized")
    assert_problem(await client.get("/v1/billing"), 401, "unauthorized")


async def test_billing_off_is_a_clear_state(database: Database, fake: FakeStripe) -> None:
    async with serving(database.url) as client:
        payer = await make_payer(database, client, fake)
        for path, body in (("checkout", MONTHLY), ("portal", None), ("sync", {}), ("webhook", {})):
            assert_problem(await payer.post(path, body), 503, "billing_not_configured")
        overview = await payer.overview()
    assert (overview["enabled"], overview["plan"]) == (False, "free")
    assert fake.calls == []
