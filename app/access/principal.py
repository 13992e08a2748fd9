"""Who calls: an account by its key or token, or an anonymous address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers

from app.access.keys import KeyKind, digest_of, is_well_formed
from app.access.repository import Holder, find_by_account, find_by_key
from app.access.tokens import (
    InvalidTokenError,
    looks_like_token,
    read_access_token,
    was_issued_before,
)
from app.core.db import Database
from app.core.errors import OriginRefusedError, UnauthorizedError
from app.plans import ANONYMOUS, FREE, Feature, Plan

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="VRIC Monitor API"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request; `subject` is what limits are counted by."""

    subject: str
    plan: Plan
    account_id: int | None = None
    key_id: int | None = None
    scopes: frozenset[Feature] | None = None
    address: str = "unknown"

    @property
    def features(self) -> frozenset[Feature]:
        """What this caller may use: what the plan holds, within the key's scopes."""
        held = self.plan.features
        return held if self.scopes is None else held & self.scopes

    @property
    def is_owner(self) -> bool:
        """Whether the owner of an account signed in, and no key speaks for it."""
        return self.account_id is not None and self.key_id is None


def credential_of(headers: Headers) -> str | None:
    """The key or token that a request carries, `None` for an anonymous one.

    Raises:
        UnauthorizedError: an empty one, another scheme than Bearer, or two different ones.
    """
    given = {value.strip() for value in headers.getlist("x-api-key")}
    for value in headers.getlist("authorization"):
        scheme, _, token = value.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise UnauthorizedError(
                "send the key as `Authorization: Bearer KEY`", headers=CHALLENGE
            )
        given.add(token.strip())
    if "" in given:
        raise UnauthorizedError("the key in X-API-Key is empty", headers=CHALLENGE)
    if len(given) > 1:
        raise UnauthorizedError("the request carries two different credentials", headers=CHALLENGE)
    return given.pop() if given else None


class Principals:
    """Tells who calls, with one query for a credential and none for an anonymous caller."""

    def __init__(
        self,
        database: Database,
        secrets: Sequence[bytes],
        plans: Mapping[str, Plan],
        on_old_digest: Callable[[int, str], None],
    ) -> None:
        """`on_old_digest` is told of a key that was found under a replaced secret, and its hash
        under the one in use."""
        self._database = database
        self._secrets = secrets
        self._plans = plans
        self._on_old_digest = on_old_digest

    async def authenticate(
        self, credential: str | None, address: str, origin: str | None
    ) -> Principal:
        """The caller behind a credential, or behind an address when there is none.

        Raises:
            UnauthorizedError: the credential is wrong, expired or revoked.
            OriginRefusedError: a browser key is used from elsewhere than its own pages.
        """
        if credential is None:
            return Principal(f"ip:{address}", self._plans[ANONYMOUS.key], address=address)
        if looks_like_token(credential):
            holder = await self._holder_of_token(credential)
        elif is_well_formed(credential):
            holder = await self._holder_of_key(credential)
        else:
            holder = None
        if holder is None:
            raise UnauthorizedError("the key or token is not valid", headers=CHALLENGE)
        if holder.kind == KeyKind.BROWSER and origin not in (holder.origins or ()):
            raise OriginRefusedError("this browser key is bound to other origins than this page's")
        return Principal(
            f"account:{holder.account_id}",
            self._plans.get(holder.plan) or self._plans[FREE.key],
            holder.account_id,
            holder.key_id,
            _scopes(holder),
            address,
        )

    async def _holder_of_key(self, key: str) -> Holder | None:
        digests = [digest_of(key, secret) for secret in self._secrets]
        holder = await find_by_key(self._database, digests)
        if holder is not None and holder.key_id is not None and holder.digest != digests[0]:
            self._on_old_digest(holder.key_id, digests[0])
        return holder

    async def _holder_of_token(self, text: str) -> Holder | None:
        try:
            token = read_access_token(text, self._secrets)
        except InvalidTokenError:
            return None
        holder = await find_by_account(self._database, token.account_id, token.key_id)
        if holder is None or was_issued_before(token, holder.sessions_from):
            return None
        return holder


def _scopes(holder: Holder) -> frozenset[Feature] | None:
    """The features of a key. A scope that no release knows any more opens nothing, and what stands
    in a page never speaks for the account itself."""
    if holder.scopes is None and holder.kind != KeyKind.BROWSER:
        return None
    given = [f for f in Feature if holder.scopes is None or f in holder.scopes]
    if holder.kind == KeyKind.BROWSER:
        return frozenset(given) - {Feature.ACCOUNT}
    return frozenset(given)
