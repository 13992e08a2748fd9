"""Mailed links: a random token in the mail, its keyed hash in the database, used once."""

import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account
from app.accounts import writer
from app.accounts.errors import InvalidLinkError
from app.accounts.models import MailedLink
from app.core.clock import now
from app.core.sealing import keyed_digest, keyed_digests

Purpose = Literal["verify", "reset", "change"]
_LIFETIMES: dict[Purpose, timedelta] = {
    "verify": timedelta(hours=24),
    "reset": timedelta(hours=1),
    "change": timedelta(hours=24),
}
_HASHED_AS = "mailed links"


@dataclass(frozen=True, slots=True)
class Link:
    """What a mail carries, and how long it is good."""

    token: str
    expires_at: datetime


def make_link(
    session: AsyncSession,
    secret: bytes,
    account: Account,
    purpose: Purpose,
    email: str,
    password_hash: str | None = None,
) -> Link:
    """A new link, to be mailed to `email`."""
    assert account.id is not None
    link = Link(random.token_urlsafe(32), now() + _LIFETIMES[purpose])
    session.add(
        MailedLink(
            digest=keyed_digest(link.token, secret, _HASHED_AS),
            account_id=account.id,
            purpose=purpose,
            email=email,
            password_hash=password_hash,
            expires_at=link.expires_at,
        )
    )
    return link


async def use_link(
    session: AsyncSession, secrets: Sequence[bytes], token: str, *purposes: Purpose
) -> MailedLink:
    """Use a link up.

    Raises:
        InvalidLinkError: it is unknown, used, too old, or for something else.
    """
    digests = keyed_digests(token, secrets, _HASHED_AS)
    link = await writer.use_link(session, digests, purposes)
    if link is None:
        raise InvalidLinkError
    return link
