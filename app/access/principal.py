"""Who calls: an account by its key, or an anonymous address."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from app.access.keys import digest_of, is_well_formed
from app.access.repository import find_key_owner
from app.core.db import Database
from app.core.errors import UnauthorizedError
from app.plans import ANONYMOUS, Feature, Plan

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="VRIC Monitor API"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request; `subject` is what limits are counted by."""

    subject: str
    plan: Plan
    account_id: int | None = None
    key_id: int | None = None
    scopes: frozenset[Feature] | None = None

    @property
    def features(self) -> frozenset[Feature]:
        """What this caller may use: what the plan holds, within the key's scopes."""
        held = self.plan.features
        return held if self.scopes is None else held & self.scopes


def credential_of(headers: Headers) -> str | None:
    """The key that a request carries, `None` for an anonymous one.

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
    """Tells who calls."""

    def __init__(
        self,
        database: Database,
        secret: bytes,
        plans: dict[str, Plan],
        trusted_proxies: list[IPv4Network | IPv6Network],
    ) -> None:
        self._database = database
        self._secret = secret
        self._plans = plans
        self._trusted = trusted_proxies

    async def authenticate(self, credential: str | None, address: str) -> Principal:
        """The caller behind a credential, or behind an address when there is none.

        Raises:
            UnauthorizedError: the credential is wrong or revoked.
        """
        if credential is None:
            return Principal(f"ip:{address}", self._plans[ANONYMOUS.key])
        owner = None
        if is_well_formed(credential):
            owner = await find_key_owner(self._database, digest_of(credential, self._secret))
        if owner is None:
            raise UnauthorizedError("the key is not valid", headers=CHALLENGE)
        account_id, key_id, plan = owner
        return Principal(f"account:{account_id}", self._plans[plan], account_id, key_id)

    def address_of(self, scope: Scope, headers: Headers) -> str:
        """The client's address as limits see it: through trusted proxies only, IPv6 by its /64."""
        client = scope.get("client")
        address = str(client[0]) if client else "unknown"
        if self._trusted and self._is_trusted(address):
            forwarded = ",".join(headers.getlist("x-forwarded-for")).split(",")
            for hop in reversed([hop.strip() for hop in forwarded if hop.strip()]):
                if _parse(hop) is None:
                    break
                address = hop
                if not self._is_trusted(hop):
                    break
        parsed = _parse(address)
        if isinstance(parsed, IPv6Address):
            return str(IPv6Network((int(parsed), 64), strict=False))
        return address if parsed is None else str(parsed)

    def _is_trusted(self, address: str) -> bool:
        parsed = _parse(address)
        return parsed is not None and any(parsed in network for network in self._trusted)


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    """An address; IPv4 as an IPv6 socket shows it is IPv4."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
