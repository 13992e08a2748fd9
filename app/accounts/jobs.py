"""The job of self-service: looking up who asked for a new password, and mailing the link."""

from datetime import timedelta

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.repository import find_account
from app.access.writer import Audit, audit
from app.accounts.letters import Language, Letter
from app.accounts.links import make_link
from app.accounts.post import Post
from app.core.db import driver_connection
from app.core.jobs.kinds import Job, Kind
from app.core.jobs.queue import enqueue
from app.core.sealing import seal, unseal

_SEALED_FOR = "queued resets"


async def queue_reset(
    session: AsyncSession, secret: bytes, email: str, language: Language, address: str
) -> None:
    """Queue the wish for a new password: the same work whether or not the address has an account."""
    asked = orjson.dumps({"email": email, "language": language, "address": address}).decode()
    payload = {"sealed": seal(asked, secret, _SEALED_FOR)}
    await enqueue(await driver_connection(session), RESET.name, payload)


async def _mail_reset(job: Job) -> None:
    # Not fenced: done twice, it mails two links, of which either is good.
    asked = orjson.loads(unseal(job.payload["sealed"], job.settings.secrets, _SEALED_FOR))
    email, secret = asked["email"], job.settings.secret
    async with job.database.session() as session:
        account = await find_account(session, email)
        if account is None or account.verified_at is None:
            return
        link = make_link(session, secret, account, "reset", email)
        audit(session, account.id, Audit.RESET_ASKED, address=asked["address"])
        post = Post(secret, job.settings.public_url)
        await post.send(session, Letter.RESET, Language(asked["language"]), email, link)


RESET = Kind("accounts.reset", _mail_reset, deadline=timedelta(minutes=1), attempts=10)
