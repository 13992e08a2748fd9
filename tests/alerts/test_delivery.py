"""Alerts that are posted: once, signed, again after a refusal, and through crashes."""

import asyncio
import os
import signal
import subprocess
from datetime import timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.alerts import recording
from app.core.db import Database
from app.core.settings import Settings
from tests.alerts.conftest import LOOPBACK, Receiver, make, observe, seen, until
from tests.command import VRIC, environment
from tests.conftest import TEST_SECRET
from tests.worker import working


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_PAUSES", (timedelta(0),) * len(recording._PAUSES))


async def alert_of(client: httpx.AsyncClient) -> dict[str, Any]:
    """The only alert."""
    (alert,) = (await client.get("/v1/alerts")).json()["items"]
    return dict(alert)


async def test_an_alert_reaches_its_receiver_signed_and_once(
    premium: httpx.AsyncClient, database: Database, receiver: Receiver, settings: Settings
) -> None:
    made = await make(premium, webhook_url=receiver.url)
    async with working(database, settings):
        assert await observe(database, seen()) == 1
        assert await observe(database, seen()) == 0  # found again by a later import
        await until(lambda: receiver.requests)
        await asyncio.sleep(0.3)
    ((headers, body),) = receiver.requests
    message = Webhook(made["webhook_secret"]).verify(body, headers)
    assert message["type"] == "alert.zone_entry"
    assert message["data"]["data"] == {"method": "zone_entry", "method_version": "1"}
    alert = await alert_of(premium)
    assert headers["webhook-id"] == f"alert_{alert['id']}"
    assert (alert["delivery"], alert["attempts"]) == ("delivered", 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(made["webhook_secret"]).verify(body.replace("zone", "home"), headers)


async def test_a_refused_alert_is_posted_again_under_its_id(
    premium: httpx.AsyncClient, database: Database, receiver: Receiver, settings: Settings
) -> None:
    receiver.statuses = [500, 302, 429]
    await make(premium, webhook_url=receiver.url)
    async with working(database, settings):
        await observe(database, seen())
        await until(lambda: len(receiver.requests) == 4)
        await asyncio.sleep(0.3)
    assert len(receiver.requests) == 4
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    alert = await alert_of(premium)
    assert (alert["delivery"], alert["attempts"], alert["last_fault"]) == ("delivered", 4, None)


async def test_it_is_given_up_in_the_end_and_the_webhook_switched_off(
    premium: httpx.AsyncClient, database: Database, receiver: Receiver, settings: Settings
) -> None:
    receiver.statuses = [410] * 50
    made = await make(premium, webhook_url=receiver.url)
    async with working(database, settings):
        await observe(database, seen())
        await until(lambda: len(receiver.requests) == recording.MAX_ATTEMPTS)
        await asyncio.sleep(0.3)
        assert len(receiver.requests) == recording.MAX_ATTEMPTS
        assert (await alert_of(premium))["delivery"] == "failed"
        async with database.transaction() as connection:
            await connection.execute(
                "UPDATE watchlists SET failing_since = now() - interval '6 days'"
            )
        await observe(database, seen("two"))
        await until(lambda: len(receiver.requests) > recording.MAX_ATTEMPTS)
        await asyncio.sleep(0.3)
    shown = (await premium.get(f"/v1/watchlists/{made['id']}")).json()
    assert shown["webhook_disabled_at"] is not None
    assert len(receiver.requests) == recording.MAX_ATTEMPTS + 1
    receiver.statuses = []
    revived = await premium.patch(
        f"/v1/watchlists/{made['id']}", json={"webhook_url": receiver.url}
    )
    assert revived.json()["webhook_disabled_at"] is None


async def test_both_secrets_sign_for_a_day(
    premium: httpx.AsyncClient, database: Database, receiver: Receiver, settings: Settings
) -> None:
    made = await make(premium, webhook_url=receiver.url)
    new = (await premium.post(f"/v1/watchlists/{made['id']}/secret")).json()["webhook_secret"]
    async with working(database, settings):
        await observe(database, seen())
        await until(lambda: receiver.requests)
    headers, body = receiver.requests[0]
    for secret in (made["webhook_secret"], new):
        assert Webhook(secret).verify(body, headers)


async def test_a_webhook_is_tried(premium: httpx.AsyncClient, receiver: Receiver) -> None:
    made = await make(premium, webhook_url=receiver.url)
    receiver.statuses = [204, 500]
    path = f"/v1/watchlists/{made['id']}/test"
    assert (await premium.post(path)).json() == {"status": 204, "accepted": True, "fault": None}
    assert (await premium.post(path)).json() == {"status": 500, "accepted": False, "fault": None}
    headers, body = receiver.requests[0]
    assert Webhook(made["webhook_secret"]).verify(body, headers)["type"] == "test"
    gone = receiver.url.replace("/hook", "0/hook")[:-6].rsplit(":", 1)[0] + ":1/hook"
    await premium.patch(f"/v1/watchlists/{made['id']}", json={"webhook_url": gone})
    assert (await premium.post(path)).json()["fault"] == "no connection"


async def test_the_secret_is_nowhere_in_plain_text(
    premium: httpx.AsyncClient, database: Database, receiver: Receiver
) -> None:
    made = await make(premium, webhook_url=receiver.url)
    await observe(database, seen())
    rows = await database.fetch("SELECT watchlists::text FROM watchlists")
    jobs = await database.fetch("SELECT pgqueuer::text FROM pgqueuer")
    for row in (*rows, *jobs):
        assert made["webhook_secret"][6:] not in row[0]


async def test_an_alert_is_there_with_what_it_tells_of_or_not_at_all(
    premium: httpx.AsyncClient, database: Database, receiver: Receiver
) -> None:
    await make(premium, webhook_url=receiver.url)

    async def import_that_fails() -> None:
        async with database.transaction() as connection:
            assert await recording.record_observations(connection, [seen()]) == 1
            raise RuntimeError("the import fails")

    with pytest.raises(RuntimeError):
        await import_that_fails()
    assert (await premium.get("/v1/alerts")).json()["items"] == []
    assert await database.fetch_value("SELECT count(*) FROM pgqueuer WHERE status = 'queued'") == 0


async def test_none_is_lost_when_the_worker_is_killed(
    premium: httpx.AsyncClient, database: Database, receiver: Receiver
) -> None:
    await make(premium, webhook_url=receiver.url)
    count = 30
    await observe(database, *(seen(str(number)) for number in range(count)))
    variables = environment(
        VRIC_DATABASE_URL=database.url,
        VRIC_SECRET_KEY=TEST_SECRET,
        VRIC_WEBHOOK_ALLOWED_NETWORKS=",".join(LOOPBACK),
        VRIC_JOB_TAKEOVER_SECONDS="1",
    )
    for _ in range(2):
        before = len(receiver.requests)
        with subprocess.Popen([VRIC, "worker"], env=variables, stderr=subprocess.DEVNULL) as worker:
            await until(lambda before=before: len(receiver.requests) > before + 3)  # type: ignore[misc]
            os.kill(worker.pid, signal.SIGKILL)
    with subprocess.Popen([VRIC, "worker"], env=variables, stderr=subprocess.DEVNULL) as worker:
        try:
            delivered = "SELECT count(*) FROM alerts WHERE delivery = 'delivered'"
            for _ in range(600):
                if await database.fetch_value(delivered) == count:
                    break
                await asyncio.sleep(0.1)
            assert await database.fetch_value(delivered) == count
        finally:
            worker.send_signal(signal.SIGTERM)
    ids = [headers["webhook-id"] for headers, _ in receiver.requests]
    assert len(set(ids)) == count
    # What was in the hands of a killed worker comes twice, and what a slow one held too long.
    assert len(ids) < 2 * count
