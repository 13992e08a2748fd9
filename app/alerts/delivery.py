"""Posting alerts to webhooks: signed, repeated with growing pauses, given up in the end."""

from datetime import timedelta
from typing import Any

import asyncpg
import httpcore
import orjson

from app.alerts import outgoing, repository, writer
from app.alerts.recording import DELIVER, MAX_ATTEMPTS, queue_deliveries
from app.alerts.signing import PURPOSE, signed_headers
from app.core.clock import now
from app.core.jobs.kinds import Job, Kind
from app.core.sealing import UnsealError, unseal

DISABLE_AFTER = timedelta(days=5)
KEEP = timedelta(days=400)


async def deliver(job: Job) -> None:
    """Post one alert once; what is not accepted is queued again.

    A crash between the answer and its record posts it a second time, under the same `webhook-id`.
    """
    alert_id = int(job.payload["alert"])
    async with job.transaction() as connection:
        alert = await repository.find_to_send(connection, alert_id)
        if alert is None:
            await writer.fail_unsent(connection, alert_id)
            return
    fault = await _post(job, alert)
    async with job.transaction() as connection:
        if fault is None:
            await writer.note_delivered(connection, alert_id)
            return
        last = alert["attempts"] + 1 >= MAX_ATTEMPTS
        noted = await writer.note_fault(
            connection, alert_id, fault, last=last, disable=DISABLE_AFTER
        )
        if noted is not None and not last:
            await queue_deliveries(
                connection, noted["account_id"], [alert_id], attempt=noted["attempts"] + 1
            )


async def _post(job: Job, alert: asyncpg.Record) -> str | None:
    """What was wrong, `None` when it was accepted."""
    try:
        keys = [
            unseal(sealed, job.settings.secrets, PURPOSE)
            for sealed in (alert["webhook_secret"], alert["previous_secret"])
            if sealed is not None
        ]
    except UnsealError:
        return "the secret was sealed under a key that is gone; make a new one"
    sent = await try_post(
        alert["webhook_url"],
        message_id=f"alert_{alert['id']}",
        body=body_of(alert),
        keys=keys,
        allowed=job.settings.webhook_allowed_networks,
    )
    if isinstance(sent, str):
        return sent
    return None if 200 <= sent < 300 else f"answered {sent}"


async def try_post(
    url: str, *, message_id: str, body: str, keys: list[str], allowed: list[outgoing.Network]
) -> int | str:
    """The status of the answer to one signed request, or why there was none."""
    headers = signed_headers(message_id, now(), body, keys)
    try:
        return await outgoing.post(url, headers, body.encode(), allowed)
    except outgoing.AddressRefusedError as refused:
        return str(refused)
    except (TimeoutError, httpcore.TimeoutException):
        return "no answer in time"
    except (OSError, httpcore.NetworkError, httpcore.ProtocolError):
        return "no connection"


def body_of(alert: asyncpg.Record) -> str:
    """What is posted: the standard's own envelope."""
    data: dict[str, Any] = {
        "id": alert["id"],
        "watchlist_id": str(alert["watchlist_id"]),
        "rule": alert["rule"],
        "kind": alert["kind"],
        "observed_at": alert["observed_at"],
        "data": orjson.loads(alert["data"]),
    }
    message = {"type": f"alert.{alert['kind']}", "timestamp": alert["created_at"], "data": data}
    return orjson.dumps(message, option=orjson.OPT_UTC_Z).decode()


async def _forget(job: Job) -> None:
    async with job.transaction() as connection:
        await writer.forget(connection, KEEP)


POST = Kind(DELIVER, deliver, deadline=timedelta(minutes=2))
FORGET = Kind("alerts.forget", _forget, deadline=timedelta(minutes=10), cron="41 3 * * *")
