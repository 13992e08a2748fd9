"""The stand-in has the shapes of the pinned SDK, not those of our handler."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from tests.billing.conftest import Payer
from tests.billing.fake_stripe import FakeStripe, decode

ROOT = Path(__file__).parents[2]
TYPES: dict[str, type[Any]] = {
    "checkout.session": stripe.checkout.Session,
    "billing_portal.session": stripe.billing_portal.Session,
    "charge": stripe.Charge,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "invoice": stripe.Invoice,
    "price": stripe.Price,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
}


def _fields(type_: type[Any]) -> set[str]:
    return {name for one in type_.__mro__ for name in inspect.get_annotations(one)}


def _check(thing: dict[str, Any]) -> int:
    """Every field is one of the type's; returns how many objects were looked at."""
    unknown = {n for n in thing if not n.startswith("_")} - _fields(TYPES[thing["object"]])
    assert unknown <= {"items"}, (thing["object"], unknown)
    parts = list(thing.get("items", {}).get("data", []))
    parts += [part["price"] for part in parts]
    if thing["object"] == "event":
        parts.append(thing["data"]["object"])
    return 1 + sum(_check(part) for part in parts)


async def test_every_object_has_only_fields_of_the_sdk(payer: Payer) -> None:
    subscription = await payer.subscribe()
    await payer.post("portal")
    charge = payer.fake.charge(subscription)
    payer.fake.dispute(charge, "needs_response")
    payer.fake.event("charge.refunded", charge)
    things = [
        thing
        for kind, kept in payer.fake.kinds.items()
        if kind != "products"
        for thing in kept.values()
    ]
    assert sum(_check(thing) for thing in things) > 20
    assert _fields(stripe.Subscription) >= {"items", "status", "cancel_at_period_end"}
    assert "current_period_end" not in _fields(stripe.Subscription)
    assert "subscription" in _fields(stripe.Invoice.Parent.SubscriptionDetails)


async def test_the_page_pays_and_delivers(payer: Payer) -> None:
    fake = payer.fake
    session = await payer.checkout()
    async with httpx.AsyncClient(base_url=fake.base) as browser:
        page = await browser.get(f"/pay/{session}")
        assert "Pay premium_monthly" in page.text
        paid = await browser.post(f"/pay/{session}")
        assert paid.headers["location"].endswith(f"/plans?checkout={session}")
        assert (await browser.get(f"/pay/{session}")).status_code == 404
        assert (await payer.post("sync", {"session_id": session})).json()["plan"] == "premium"
        portal = (await payer.post("portal")).json()["url"]
        assert "1 subscription" in (await browser.get(portal)).text
        await browser.post(portal, data={"act": "enterprise_monthly"})
        assert (await payer.post("sync", {})).json()["plan"] == "enterprise"
        await browser.post(portal, data={"act": "cancel_now"})
        assert (await payer.post("sync", {})).json()["plan"] == "free"


def test_forms_are_read_as_stripe_reads_them() -> None:
    assert decode("a[b][0]=1&a[b][1]=2&c=%20") == {"a": {"b": {"0": "1", "1": "2"}}, "c": " "}


def test_it_runs_by_hand() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.billing.fake_stripe", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "--webhook" in done.stdout


@pytest.mark.parametrize("name", ["app.main", "app.cli", "app.worker"])
def test_the_sdk_is_not_loaded_while_billing_is_off(name: str) -> None:
    code = f"import sys, {name}; sys.exit('stripe' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_only_one_module_knows_the_sdk() -> None:
    found = [
        path.name
        for path in (ROOT / "app").rglob("*.py")
        if any(
            line.strip().startswith(("import stripe", "from stripe"))
            for line in path.read_text().splitlines()
        )
    ]
    assert found == ["stripe_client.py"]


def test_a_fake_without_a_webhook_delivers_nothing() -> None:
    assert FakeStripe().webhook is None
