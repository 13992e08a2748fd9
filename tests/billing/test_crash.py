"""kill -9 in the middle of a webhook: real processes, and nothing is lost after the retry."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
import pytest

from app.core.db import Database
from tests.access.conftest import free_port
from tests.billing.conftest import API_KEY, handled, make_payer, subscriptions, trail
from tests.billing.fake_stripe import SECRET, FakeStripe
from tests.conftest import TEST_SECRET

SERVE = "import sys; from app.cli import main; sys.argv = ['vric', *sys.argv[1:]]; main()"


def _serve(url: str, fake: FakeStripe, port: int) -> "subprocess.Popen[bytes]":
    variables = {
        "VRIC_DATABASE_URL": url,
        "VRIC_SECRET_KEY": TEST_SECRET,
        "VRIC_STRIPE_API_KEY": API_KEY,
        "VRIC_STRIPE_WEBHOOK_SECRET": SECRET,
        "VRIC_STRIPE_API_BASE": fake.base,
        "VRIC_LOG_LEVEL": "DEBUG",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VRIC_")}
    return subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--no-demo"],
        env={**kept, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


async def _wait_until_up(base: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    async with httpx.AsyncClient(base_url=base) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    process.kill()
    pytest.fail(f"the service did not start: {process.communicate()[0].decode()[-2000:]}")


async def _until(happened: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if happened():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen in 30 seconds")


async def test_a_process_killed_in_the_middle_loses_nothing(
    database: Database, fake: FakeStripe
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, timeout=30) as client:
        process = _serve(database.url, fake, port)
        await _wait_until_up(base, process)
        payer = await make_payer(database, client, fake)
        created, *later = fake.pay(await payer.checkout())
        fake.slow_s = 3.0
        asked = len(fake.calls)
        sending = asyncio.create_task(payer.deliver(created))
        await _until(lambda: len(fake.calls) > asked)  # Stripe is asked within the transaction
        process.send_signal(signal.SIGKILL)
        first_log = process.communicate()[0].decode()
        with pytest.raises(httpx.TransportError):
            await sending
        assert await handled(database) == {}
        assert await subscriptions(database) == {}

        fake.slow_s = 0.0
        process = _serve(database.url, fake, port)
        try:
            await _wait_until_up(base, process)
            assert await payer.outcome(created) == "changed"
            assert [await payer.outcome(event) for event in later] == ["unchanged"] * 2
            assert await payer.plan() == "premium"
        finally:
            process.terminate()
            log = first_log + process.communicate()[0].decode()
    assert len(await trail(database, "plan_changed")) == 1
    assert "customer.subscription.created" in log
    for secret in (API_KEY, SECRET, TEST_SECRET, payer.key["X-API-Key"], "v1="):
        assert secret not in log
