"""What the services of self-service work with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.attempts import Attempts
from app.access.rate_limits import RateLimits
from app.accounts.passwords import Passwords
from app.accounts.post import Post
from app.core.db import Database
from app.plans import Plan


@dataclass(frozen=True, slots=True)
class Context:
    """One application's database, secrets and limits."""

    database: Database
    secrets: tuple[bytes, ...]
    plans: Mapping[str, Plan]
    limits: RateLimits
    attempts: Attempts
    passwords: Passwords
    post: Post
    end_billing: Callable[[int, bool], Awaitable[None]]
    """Ends what an account pays for, before it is deleted: given by who knows of payments."""
    delete_data: Callable[[AsyncSession, int], Awaitable[None]]
    """Deletes what is too much to go with the account's row, in the transaction that deletes it."""

    @property
    def secret(self) -> bytes:
        """The secret in use; the others are those it replaced."""
        return self.secrets[0]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets for a grant; a key gets no refresh token, it is one."""

    access_token: str
    refresh_token: str | None = None
    refresh_expires_at: datetime | None = None
