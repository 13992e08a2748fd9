"""A stand-in for Stripe, the service that bills through it, and accounts that pay."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlmodel import select

from app.access.keys import HINT_LENGTH, digest_of, make_key
from app.access.models import Account, ApiKey, AuditEvent
from app.billing.models import StripeEvent, Subscription
from app.core.db import Database
from tests.billing.fake_stripe import SECRET, FakeStripe, Thing
from tests.conftest import TEST_SECRET, serving

API_KEY = "sk_test_of_the_tests"


def billing_settings(fake: FakeStripe, **changes: object) -> dict[str, object]:
    """Settings with which the service bills through the stand-in."""
    return {
        "stripe_api_key": API_KEY,
        "stripe_webhook_secret": SECRET,
        "stripe_api_base": fake.base,
        **changes,
    }


@dataclass
class Payer:
    """An account, its key, and the service it calls."""

    id: int
    key: dict[str, str]
    client: httpx.AsyncClient
    fake: FakeStripe

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(
            f"/v1/billing/{path}", json=body, headers={**self.key, **headers}
        )

    async def overview(self) -> dict[str, Any]:
        answer = await self.client.get("/v1/billing", headers=self.key)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def plan(self) -> str:
        return str((await self.overview())["plan"])

    async def checkout(self, lookup_key: str = "premium_monthly") -> str:
        """Begin a checkout; returns the id of its session."""
        answer = await self.post("checkout", {"lookup_key": lookup_key})
        assert answer.status_code == 200, answer.text
        assert answer.json()["kind"] == "checkout"
        return str(answer.json()["url"].rpartition("/")[2])

    async def subscribe(self, lookup_key: str = "premium_monthly") -> Thing:
        """Check out, pay, and let all events arrive; returns the subscription."""
        session = await self.checkout(lookup_key)
        for event in self.fake.pay(session):
            assert (await self.deliver(event)).is_success
        subscription = self.fake.kinds["checkout/sessions"][session]["subscription"]
        return self.fake.kinds["subscriptions"][subscription]

    async def deliver(self, event: Thing) -> httpx.Response:
        return await self.fake.deliver(self.client, event)

    async def outcome(self, event: Thing) -> str:
        """Deliver an event; returns what became of it."""
        answer = await self.deliver(event)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["outcome"])

    @property
    def customer(self) -> str:
        return next(c["id"] for c in self.fake.kinds["customers"].values()
                    if c.get("metadata", {}).get("account") == str(self.id))  # fmt: skip


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """Stripe with the price list."""
    stripe = FakeStripe()
    stripe.add_prices()
    with stripe.serving():
        yield stripe


@pytest.fixture
async def client(database: Database, fake: FakeStripe) -> AsyncIterator[httpx.AsyncClient]:
    """The service with billing on."""
    async with serving(database.url, **billing_settings(fake)) as opened:
        yield opened


async def make_payer(
    database: Database, client: httpx.AsyncClient, fake: FakeStripe, email: str = "a@example.org"
) -> Payer:
    """An account on the free plan, with a key."""
    key = make_key()
    async with database.session() as session:
        account = Account(email=email)
        session.add(account)
        await session.flush()
        assert account.id is not None
        digest = digest_of(key, TEST_SECRET.encode())
        session.add(ApiKey(account_id=account.id, name="", hint=key[:HINT_LENGTH], digest=digest))
    return Payer(account.id, {"X-API-Key": key}, client, fake)


@pytest.fixture
async def payer(database: Database, client: httpx.AsyncClient, fake: FakeStripe) -> Payer:
    """An account on the free plan, with a key."""
    return await make_payer(database, client, fake)


async def all_rows(database: Database, model: type[Any]) -> list[Any]:
    """Every row of a table."""
    async with database.session() as session:
        return list((await session.exec(select(model))).all())


async def trail(database: Database, kind: str) -> list[dict[str, Any]]:
    """What was written down of a kind."""
    return [line.detail for line in await all_rows(database, AuditEvent) if line.kind == kind]


async def handled(database: Database) -> dict[str, str]:
    """The outcome of every handled event."""
    return {row.id: row.outcome for row in await all_rows(database, StripeEvent)}


async def subscriptions(database: Database) -> dict[str, Subscription]:
    """The stored subscriptions."""
    return {row.id: row for row in await all_rows(database, Subscription)}


async def at_once(*calls: Any) -> list[Any]:
    """Do all at the same time."""
    return await asyncio.gather(*calls)
