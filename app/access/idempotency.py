"""Idempotency-Key: the first answer to a request is given again to its repetitions, for a day."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header as HeaderParameter
from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access import writer
from app.access.models import IdempotentAnswer
from app.core.errors import ConflictError
from app.core.sealing import keyed_digest, seal, unseal

HEADER = "Idempotency-Key"
_PURPOSE = "idempotent answers"


IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        alias=HEADER,
        pattern=r"^[!-~]{1,255}$",
        description="the same key and body have one effect",
    ),
]


class IdempotencyConflictError(ConflictError):
    code = "idempotency_conflict"


@dataclass(frozen=True, slots=True)
class Repetition:
    """What was answered the first time."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Once:
    """One request that is to have one effect, however often it is sent.

    `subject` keeps the keys of callers apart. Begun first within the transaction of the effect, so
    that of several at once one acts and the others wait for its answer.
    """

    secrets: Sequence[bytes]
    subject: str
    route: str
    key: str
    body: bytes

    async def begin(self, session: AsyncSession, account_id: int | None) -> Repetition | None:
        """The first answer, or nothing when this is the first time.

        Raises:
            IdempotencyConflictError: the key came with another body before.
        """
        digest, body_digest = self._digest(), self._body_digest()
        if await writer.claim_answer(session, digest, account_id, body_digest):
            return None
        stored = await session.get_one(IdempotentAnswer, digest)
        if stored.body_digest != body_digest:
            raise IdempotencyConflictError(f"this {HEADER} came with another body before")
        assert stored.sealed_body is not None and stored.status is not None
        return Repetition(stored.status, unseal(stored.sealed_body, self.secrets, _PURPOSE))

    async def keep(self, session: AsyncSession, status: int, body: str) -> None:
        """Keep the answer, sealed, since it may show a key that is shown once."""
        stored = await session.get_one(IdempotentAnswer, self._digest())
        stored.status, stored.sealed_body = status, seal(body, self.secrets[0], _PURPOSE)
        session.add(stored)

    def _digest(self) -> str:
        return keyed_digest(f"{self.subject}\n{self.route}\n{self.key}", self._oldest, _PURPOSE)

    def _body_digest(self) -> str:
        return keyed_digest(hashlib.sha256(self.body).hexdigest(), self._oldest, _PURPOSE)

    @property
    def _oldest(self) -> bytes:
        # The same hash before and after a rotation of the secret, while the old one is listed.
        return self.secrets[-1]


async def once_of(
    request: Request, secrets: Sequence[bytes], subject: str, key: str | None
) -> Once | None:
    """The request as one that is to have one effect, when it carries a key."""
    if key is None:
        return None
    route = f"{request.method} {request.url.path}"
    return Once(secrets, subject, route, key, await request.body())
