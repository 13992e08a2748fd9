"""The webhook: who may speak, what is believed, once and in any order."""

import json
import time

import httpx
import pytest

from app.billing.models import StripeEvent
from app.billing.router import MAX_EVENT_BYTES
from app.core.db import Database
from tests.billing.conftest import (
    API_KEY,
    Payer,
    all_rows,
    at_once,
    billing_settings,
    handled,
    trail,
)  # fmt: skip
from tests.billing.fake_stripe import SECRET, FakeStripe, Thing
from tests.conftest import serving
from tests.problems import assert_problem

URL = "/v1/billing/webhook"


async def _send(client: httpx.AsyncClient, fake: FakeStripe, body: str) -> httpx.Response:
    return await client.post(URL, content=body, headers=fake.signed(body))


@pytest.fixture
async def created(payer: Payer) -> Thing:
    """The event of a subscription that was paid just now."""
    return payer.fake.pay(await payer.checkout())[0]


async def test_a_duplicate_is_no_second_effect(
    payer: Payer, created: Thing, database: Database
) -> None:
    assert await payer.outcome(created) == "changed"
    calls = len(payer.fake.calls)
    assert await payer.outcome(created) == "duplicate"
    assert len(payer.fake.calls) == calls
    assert len(await trail(database, "plan_changed")) == 1


async def test_fifty_duplicates_at_once_are_one_effect(
    payer: Payer, created: Thing, database: Database
) -> None:
    payer.fake.slow_s = 0.05
    calls = len(payer.fake.calls)
    outcomes = await at_once(*(payer.outcome(created) for _ in range(50)))
    assert sorted(outcomes) == ["changed", *["duplicate"] * 49]
    assert len(payer.fake.calls) == calls + 1
    assert len(await trail(database, "plan_changed")) == 1
    assert await handled(database) == {created["id"]: "changed"}


async def test_events_in_reverse_order_end_the_same(payer: Payer, database: Database) -> None:
    subscription = await payer.subscribe()
    up = payer.fake.change(subscription, lookup_key="enterprise_monthly")
    due = payer.fake.change(subscription, status="past_due")
    paid = payer.fake.change(subscription, status="active", lookup_key="premium_yearly")
    assert [await payer.outcome(event) for event in (paid, due, up)] == ["unchanged"] * 3
    assert await payer.plan() == "premium"
    (known,) = (await payer.overview())["subscriptions"]
    assert (known["lookup_key"], known["status"]) == ("premium_yearly", "active")
    assert len(await trail(database, "plan_changed")) == 1


async def test_a_delayed_event_does_not_bring_the_past_back(payer: Payer) -> None:
    session = await payer.checkout()
    created, _, completed = payer.fake.pay(session)
    subscription = next(iter(payer.fake.kinds["subscriptions"].values()))
    deleted = payer.fake.change(subscription, "deleted", status="canceled")
    assert await payer.outcome(deleted) == "unchanged"
    assert await payer.outcome(created) == await payer.outcome(completed) == "unchanged"
    assert await payer.plan() == "free"


@pytest.mark.parametrize("kept", ["t=1", "v1=00", "", "t=x,v1=00", "t=1,v0=00"])
async def test_forged_events_are_refused(payer: Payer, created: Thing, kept: str) -> None:
    body = json.dumps(created)
    answer = await payer.client.post(URL, content=body, headers={"stripe-signature": kept})
    assert_problem(answer, 400, "invalid_signature")
    answer = await payer.client.post(URL, content=body)
    assert_problem(answer, 400, "invalid_signature")
    other = FakeStripe("whsec_of_somebody_else").signed(body)
    assert_problem(
        await payer.client.post(URL, content=body, headers=other), 400, "invalid_signature"
    )
    changed = payer.fake.signed(body)
    answer = await payer.client.post(URL, content=body + " ", headers=changed)
    assert_problem(answer, 400, "invalid_signature")
    assert await payer.plan() == "free"


async def test_a_stale_event_is_refused(payer: Payer, created: Thing) -> None:
    body = json.dumps(created)
    headers = payer.fake.signed(body, int(time.time()) - 301)
    answer = await payer.client.post(URL, content=body, headers=headers)
    assert_problem(answer, 400, "invalid_signature")


async def test_an_event_of_the_other_mode_is_refused(payer: Payer, created: Thing) -> None:
    answer = await payer.deliver({**created, "livemode": True})
    assert_problem(answer, 400, "wrong_mode")
    assert await payer.plan() == "free"


@pytest.mark.parametrize(
    "body",
    [
        "[1]",
        "1",
        "null",
        "{",
        '"evt"',
        "{}",
        "",
        '{"id": 1}',
        '{"id":"evt_1","object":"event","type":"invoice.paid","livemode":false,"data":[]}',
        '{"id":"evt_1","object":"event","type":"invoice.paid","livemode":0,"data":{"object":{}}}',
        "[" * 100_000,
    ],
)
async def test_signed_nonsense_is_refused(
    client: httpx.AsyncClient, fake: FakeStripe, body: str
) -> None:
    assert_problem(await _send(client, fake, body), 400, "invalid_event")


async def test_bytes_that_are_no_text_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(URL, content=b"\xff\xfe", headers={"stripe-signature": "t=1,v1=0"})
    assert_problem(answer, 400, "invalid_signature")


async def test_a_large_body_is_refused(client: httpx.AsyncClient, fake: FakeStripe) -> None:
    body = json.dumps("a" * MAX_EVENT_BYTES)
    assert_problem(await _send(client, fake, body), 413, "body_too_large")


@pytest.mark.parametrize(
    "thing", [{}, {"customer": None}, {"customer": 7}, {"customer": {"id": []}}]
)
async def test_events_about_nobody_here(payer: Payer, thing: Thing, database: Database) -> None:
    event = payer.fake.event("invoice.paid", {"object": "invoice", **thing})
    assert await payer.outcome(event) == "no_account"
    assert await handled(database) == {event["id"]: "no_account"}


async def test_unknown_types_are_taken_and_nothing_is_done(
    payer: Payer, database: Database
) -> None:
    await payer.checkout()
    calls = len(payer.fake.calls)
    for type_ in ("customer.updated", "payout.paid", "of.the.future"):
        event = payer.fake.event(type_, {"id": payer.customer, "object": "customer"})
        assert await payer.outcome(event) == "ignored"
    assert len(payer.fake.calls) == calls
    assert await all_rows(database, StripeEvent) == []


async def test_a_customer_given_in_full_is_read(payer: Payer, created: Thing) -> None:
    created["data"]["object"]["customer"] = {"id": payer.customer, "object": "customer"}
    assert await payer.outcome(created) == "changed"


async def test_stripe_down_then_the_retry(payer: Payer, created: Thing, database: Database) -> None:
    payer.fake.down = True
    assert_problem(await payer.deliver(created), 503, "payment_provider_unavailable")
    assert await handled(database) == {}
    assert await payer.plan() == "free"
    payer.fake.down = False
    assert await payer.outcome(created) == "changed"
    assert await payer.plan() == "premium"


async def test_a_snapshot_is_a_hint_only(payer: Payer) -> None:
    await payer.checkout()
    lie = payer.fake.subscribe(payer.customer, "enterprise_yearly", status="incomplete")
    event = payer.fake.event("customer.subscription.updated", {**lie, "status": "active"})
    assert await payer.outcome(event) == "unchanged"
    assert await payer.plan() == "free"


async def test_stripe_is_never_told_to_slow_down(database: Database, fake: FakeStripe) -> None:
    few = {"anonymous": {"burst_per_minute": 2, "daily": 2}}
    async with serving(database.url, **billing_settings(fake, plan_overrides=few)) as client:
        for number in range(6):
            event = fake.event("invoice.paid", {"object": "invoice", "customer": f"cus_{number}"})
            assert (await fake.deliver(client, event)).status_code == 200


async def test_no_secret_and_no_payload_in_the_logs(
    payer: Payer, created: Thing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    portal = (await payer.post("portal")).json()["url"]
    payer.fake.down = True
    await payer.deliver(created)
    payer.fake.down = False
    await payer.outcome(created)
    body = json.dumps(created)
    await payer.client.post(URL, content=body, headers={"stripe-signature": "t=1,v1=forged0"})
    log = caplog.text
    assert created["id"] in log
    for secret in (API_KEY, SECRET, payer.key["X-API-Key"], portal, "forged0", "a@example.org"):
        assert secret not in log
