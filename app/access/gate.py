"""Middleware at the door: who calls, within which limits; the answer says what is left."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.principal import Principal, Principals, credential_of
from app.access.rate_limits import RateLimits, quota_headers
from app.core.errors import ProblemError, UnauthorizedError, problem_response
from app.core.http import request_id_of

COUNTED = "/v1/"


class Gate:
    """Sets `request.state.principal` and counts the request; 304 and 5xx are given back."""

    def __init__(self, app: ASGIApp, principals: Principals, limits: RateLimits) -> None:
        self._app = app
        self._principals = principals
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or not scope["path"].startswith(COUNTED)
            or scope["method"] == "OPTIONS"
        ):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            principal = await self._identify(scope, headers)
            quotas = await self._limits.spend(principal)
        except ProblemError as error:
            await problem_response(error, request_id_of(scope))(scope, receive, send)
            return
        scope["state"]["principal"] = principal

        async def send_with_quota(message: Message) -> None:
            if message["type"] == "http.response.start":
                left = quotas
                if message["status"] == 304 or message["status"] >= 500:
                    left = await self._limits.refund(principal, quotas)
                MutableHeaders(raw=message["headers"]).raw.extend(quota_headers(left))
            await send(message)

        await self._app(scope, receive, send_with_quota)

    async def _identify(self, scope: Scope, headers: Headers) -> Principal:
        address = self._principals.address_of(scope, headers)
        try:
            return await self._principals.authenticate(credential_of(headers), address)
        except UnauthorizedError:
            await self._limits.note_bad_credential(address)
            raise


def plan_of(scope: Scope) -> str:
    """The plan under which a request is served: the audience of its answer."""
    principal: Principal | None = scope.get("state", {}).get("principal")
    return principal.plan.key if principal else "anonymous"


async def get_principal(request: Request) -> Principal:
    """The caller that the gate recognised."""
    principal: Principal = request.state.principal
    return principal


Caller = Annotated[Principal, Depends(get_principal)]
