"""Middleware at the door: who calls, within which limits; the answer says what is left."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.addresses import address_of
from app.access.principal import Principal, Principals, credential_of
from app.access.quota import Quota, quota_headers
from app.access.rate_limits import Guard, RateLimits
from app.access.usage import UsageBook
from app.core.errors import (
    OriginRefusedError,
    ProblemError,
    UnauthorizedError,
)
from app.core.http import request_id_of
from app.core.problems import problem_response
from app.plans import cost_of

COUNTED = "/v1/"
# What stands in Authorization there is the client's, and read by the route.
OWN_CREDENTIALS = "/v1/oauth/"


class Gate:
    """Sets `request.state.principal` and counts the request; 304 and 5xx are given back."""

    def __init__(
        self,
        app: ASGIApp,
        principals: Principals,
        limits: RateLimits,
        usage: UsageBook,
        trusted_proxies: Sequence[IPv4Network | IPv6Network],
    ) -> None:
        self._app = app
        self._principals = principals
        self._limits = limits
        self._usage = usage
        self._trusted = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or not scope["path"].startswith(COUNTED)
            or scope["method"] == "OPTIONS"
        ):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cost = cost_of(scope["method"], scope["path"])
        try:
            principal = await self._identify(scope, headers)
            quotas = await self._limits.spend(principal, cost)
        except ProblemError as error:
            await problem_response(error, request_id_of(scope))(scope, receive, send)
            return
        scope["state"]["principal"] = principal
        scope["state"]["quotas"] = quotas

        async def send_with_quota(message: Message) -> None:
            if message["type"] == "http.response.start":
                left, units = quotas, cost
                if message["status"] == 304 or message["status"] >= 500:
                    left, units = await self._limits.refund(principal, quotas, cost), 0
                self._usage.record(principal, units)
                raw = MutableHeaders(raw=message["headers"]).raw
                raw.append((b"x-request-cost", b"%d" % units))
                raw.extend(quota_headers(left))
            await send(message)

        await self._app(scope, receive, send_with_quota)

    async def _identify(self, scope: Scope, headers: Headers) -> Principal:
        address = address_of(scope, headers, self._trusted)
        own = scope["path"].startswith(OWN_CREDENTIALS)
        try:
            credential = None if own else credential_of(headers)
            return await self._principals.authenticate(credential, address, headers.get("origin"))
        except (UnauthorizedError, OriginRefusedError):
            await self._limits.check_guard(Guard.BAD_CREDENTIAL, address)
            raise


def audience_of(scope: Scope) -> str:
    """For whom an answer is: the plan, and what of it the key's scopes leave.

    An event names what premium features hold on it to those who may use them.
    """
    principal: Principal | None = scope.get("state", {}).get("principal")
    if principal is None:
        return "anonymous"
    if principal.scopes is None:
        return principal.plan.key
    return f"{principal.plan.key}:{','.join(sorted(principal.features))}"


def account_of(scope: Scope) -> str:
    """For whom a private answer is: the account, its plan, and what the key's scopes leave of it."""
    principal: Principal | None = scope.get("state", {}).get("principal")
    if principal is None or principal.account_id is None:
        return "anonymous"
    return f"{audience_of(scope)}:{principal.subject}"


async def get_principal(request: Request) -> Principal:
    """The caller that the gate recognised."""
    principal: Principal = request.state.principal
    return principal


async def get_quotas(request: Request) -> list[Quota]:
    """Where the caller stands in its limits."""
    quotas: list[Quota] = request.state.quotas
    return quotas


Caller = Annotated[Principal, Depends(get_principal)]
Quotas = Annotated[list[Quota], Depends(get_quotas)]
