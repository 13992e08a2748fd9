"""Mails as jobs: queued in the transaction of what they announce, sealed, sent by a worker."""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta

import asyncpg
import orjson

from app.core.clock import now
from app.core.jobs.kinds import Job, JobFailedError, Kind, Payload
from app.core.jobs.queue import enqueue
from app.core.mail import TIMEOUT_S, Mail, MailNotTakenError, deliver
from app.core.sealing import seal, unseal

_SEALED_FOR = "queued mails"
logger = logging.getLogger("vric.mail")


async def queue_mail(
    connection: asyncpg.Connection, secret: bytes, mail: Mail, until: datetime
) -> None:
    """Queue a mail: it is sent once the caller's transaction commits, and tried until `until`.

    The queue holds it sealed, since links open accounts, and forgets it when it is sent or given up.
    """
    sealed = seal(orjson.dumps(asdict(mail)).decode(), secret, _SEALED_FOR)
    await enqueue(connection, SEND.name, {"sealed": sealed, "until": until.isoformat()})


async def _send(job: Job) -> None:
    if now() >= datetime.fromisoformat(job.payload["until"]):
        raise JobFailedError("it could not be sent in time")
    text = unseal(job.payload["sealed"], job.settings.secrets, _SEALED_FOR)
    try:
        await deliver(Mail(**orjson.loads(text)), job.settings)
    except MailNotTakenError as error:
        if error.is_final:
            raise JobFailedError(str(error)) from None
        raise


async def _tell(connection: asyncpg.Connection, payload: Payload, fault: str) -> None:
    logger.error("a mail was given up: %s", fault)


SEND = Kind(
    "mails.send",
    _send,
    deadline=timedelta(seconds=2 * TIMEOUT_S),
    # One at a time: a server that hangs must not take every place of the workers.
    at_once=1,
    # 10 s and doubling: for a day, if it is worth sending for so long.
    attempts=14,
    record_failure=_tell,
)
