"""`vric billing`, as an operator types it."""

import asyncio
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from app.billing.catalogue import DEFAULT_AMOUNTS
from app.cli import app
from app.core.errors import CommandError
from app.plans import PLANS
from tests.billing.conftest import API_KEY, Payer
from tests.billing.fake_stripe import SECRET, FakeStripe

Vric = Callable[..., Result]


@pytest.fixture
def vric(monkeypatch: pytest.MonkeyPatch, database_url: str, fake: FakeStripe) -> Vric:
    """Runs a command with billing on."""
    for name, value in (
        ("DATABASE_URL", database_url),
        ("STRIPE_API_KEY", API_KEY),
        ("STRIPE_WEBHOOK_SECRET", SECRET),
        ("STRIPE_API_BASE", fake.base),
    ):
        monkeypatch.setenv(f"VRIC_{name}", value)
    return lambda *words: CliRunner().invoke(app, ["billing", *words])


async def _run(vric: Vric, *words: str) -> str:
    result = await asyncio.to_thread(vric, *words)
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.output


async def test_setup_makes_what_is_missing_once(vric: Vric, fake: FakeStripe) -> None:
    fake.kinds["prices"].clear()
    fake.kinds["products"].clear()
    made = await _run(vric, "setup", "--amount", "premium_monthly=1900", "--currency", "EUR")
    assert made.count("made") == 4
    price = fake.price("premium_monthly")
    assert (price["unit_amount"], price["metadata"]) == (1_900, {"plan": "premium"})
    assert fake.price("enterprise_yearly")["recurring"] == {"interval": "year"}
    assert set(fake.kinds["products"]) == {"vric_premium", "vric_enterprise"}
    assert (await _run(vric, "setup")).count("there already") == 4
    assert len(fake.kinds["prices"]) == 4


def test_every_price_has_an_amount() -> None:
    keys = [key for plan in PLANS.values() for key in plan.lookup_keys]
    assert sorted(DEFAULT_AMOUNTS) == sorted(keys)


@pytest.mark.parametrize("amount", ["gold=1", "premium_monthly=-1", "premium_monthly"])
def test_wrong_amounts_are_refused(vric: Vric, amount: str) -> None:
    result = vric("setup", "--amount", amount)
    assert isinstance(result.exception, CommandError)


async def test_reconcile_events_and_history(vric: Vric, payer: Payer) -> None:
    payer.fake.pay(await payer.checkout())
    told = await _run(vric, "reconcile")
    assert "events: 1 changed, 2 unchanged" in told
    events = await _run(vric, "events")
    assert len(events.splitlines()) == 3
    assert f"account {payer.id}" in events
    history = await _run(vric, "show", "a@example.org")
    assert history.startswith("plan premium (paid premium, granted none)")
    assert "plan_changed" in history
    assert "to premium" in history


async def test_reconcile_tells_of_failures(vric: Vric, payer: Payer) -> None:
    await payer.subscribe()
    payer.fake.down = True
    result = await asyncio.to_thread(vric, "reconcile")
    assert result.exit_code != 0


async def test_a_customer_of_another_stripe_account_is_forgotten(vric: Vric, payer: Payer) -> None:
    await payer.subscribe()
    payer.fake.kinds["customers"].clear()
    payer.fake.answers.clear()
    assert (await payer.post("checkout", {"lookup_key": "premium_monthly"})).status_code == 503
    await _run(vric, "unlink", "a@example.org")
    assert await payer.plan() == "free"
    await payer.subscribe()
    assert await payer.plan() == "premium"


def test_setup_needs_a_key(vric: Vric, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VRIC_STRIPE_API_KEY")
    result = vric("setup")
    assert isinstance(result.exception, CommandError)
    assert "VRIC_STRIPE_API_KEY" in str(result.exception)
