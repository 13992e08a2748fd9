"""What every request passes: an id, size caps, well-formed text, and one shape for all errors."""

import logging
import re
import time
import uuid
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.db import Database
from app.core.errors import (
    BodyTooLargeError,
    Detail,
    InvalidParameterError,
    ProblemError,
    UriTooLongError,
)
from app.core.metrics import REQUEST_SECONDS
from app.core.problems import problem_response

MAX_URI_BYTES = 8_192
_IS_HEAD = "vric.is_head"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NAMES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    422: "invalid_body",
}
logger = logging.getLogger("vric.http")


async def get_database(request: Request) -> Database:
    """The database that the application opened at its start.

    Asynchronous, as every dependency here: a plain function would be sent to a thread.
    """
    database: Database = request.app.state.database
    return database


ReadDatabase = Annotated[Database, Depends(get_database, scope="function")]


def request_id_of(scope: Scope) -> str:
    """The id given to this request, also sent as `X-Request-Id`."""
    return str(scope.get("state", {}).get("request_id", ""))


def is_head(scope: Scope) -> bool:
    """Whether a request that is answered as a GET asked for the headers alone."""
    return _IS_HEAD in scope


class RequestGuard:
    """Gives every request its id, refuses what is too large or no UTF-8, logs and measures."""

    def __init__(
        self,
        app: ASGIApp,
        max_body_bytes: int,
        uploads: Mapping[re.Pattern[str], int] | None = None,
    ) -> None:
        """A POST to a path that a pattern of `uploads` matches may have a body of so many bytes."""
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._uploads = uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        if method == "HEAD":  # every route that answers GET answers HEAD: the same without a body
            scope, send = {**scope, "method": "GET", _IS_HEAD: True}, _without_body(send)
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        limit = self._limit_of(scope)
        body = _Capped(receive, limit)
        started = time.perf_counter()
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if body.exceeded and status is None:
                return  # what was made of the cut body is replaced by the refusal below
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] += (
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                )
            await send(message)

        async def refuse(error: ProblemError) -> None:
            body.exceeded = False
            await problem_response(error, request_id)(scope, receive, send_with_id)

        try:
            self._check(scope, headers, limit)
            await self._app(scope, body, send_with_id)
            if body.exceeded and status is None:
                await refuse(body.refusal)
        except Exception as error:
            if status is not None:
                raise
            await refuse(_as_problem(error, request_id))
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            REQUEST_SECONDS.labels(method, route, f"{(status or 500) // 100}xx").observe(
                time.perf_counter() - started
            )

    def _limit_of(self, scope: Scope) -> int:
        if scope["method"] == "POST":
            for pattern, limit in self._uploads.items():
                if pattern.fullmatch(scope["path"]):
                    return limit
        return self._max_body_bytes

    def _check(self, scope: Scope, headers: Headers, limit: int) -> None:
        query: bytes = scope["query_string"]
        path: bytes = scope.get("raw_path") or b""
        if len(path) + len(query) > MAX_URI_BYTES:
            raise UriTooLongError(f"the address is longer than {MAX_URI_BYTES} bytes")
        if b"%" in query or b"%" in path or not query.isascii():
            for part in (query, path):
                _check_text(unquote_to_bytes(part))
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            raise _too_large(limit)


def _check_text(raw: bytes) -> None:
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise InvalidParameterError("the address holds bytes that are no UTF-8") from None
    if b"\0" in raw:
        raise InvalidParameterError("the address holds a NUL character")


def _too_large(limit: int) -> BodyTooLargeError:
    return BodyTooLargeError(f"a body may have at most {limit} bytes")


def _without_body(send: Send) -> Send:
    async def send_headers(message: Message) -> None:
        await send({**message, "body": b""} if "body" in message else message)

    return send_headers


def _as_problem(error: Exception, request_id: str) -> ProblemError:
    """The error itself, or for an unforeseen one a 500 that shows nothing of the inside."""
    if isinstance(error, ProblemError):
        return error
    logger.error("unforeseen error, request %s", request_id, exc_info=error)
    return ProblemError(f"an unforeseen error; name request {request_id} when you report it")


class _Capped:
    """A receive channel that stops at a number of bytes, for bodies that do not state their length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self.refusal = _too_large(limit)
        self.exceeded = False

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                # The framework turns this into an answer of its own; the guard replaces that one.
                self.exceeded = True
                raise self.refusal
        return message


class ErrorBoundary:
    """Innermost: an unforeseen error becomes a 500 that shows nothing of the inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except Exception as error:
            if started:
                raise
            request_id = request_id_of(scope)
            problem = _as_problem(error, request_id)
            await problem_response(problem, request_id)(scope, receive, send)


def add_error_handlers(app: FastAPI) -> None:
    """Render every error of the framework and of the product as problem details."""

    @app.exception_handler(ProblemError)
    async def problem(request: Request, error: ProblemError) -> Response:
        return problem_response(error, request_id_of(request.scope))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        details = [_detail(fault) for fault in error.errors()]
        body = any(detail["location"] == "body" for detail in details)
        summary = "; ".join(f"{d['name']}: {d['reason']}" for d in details[:3])
        refusal = InvalidParameterError(summary, errors=details)
        if body:
            refusal.status, refusal.code = 422, "invalid_body"
        return problem_response(refusal, request_id_of(request.scope))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        refusal = ProblemError(str(error.detail), headers=error.headers)
        refusal.status = error.status_code
        refusal.code = _NAMES.get(error.status_code, "http_error")
        if error.status_code == 405:
            refusal.headers["Allow"] = ", ".join(sorted(_methods_at(request)))
        return problem_response(refusal, request_id_of(request.scope))


def _methods_at(request: Request) -> set[str]:
    """Every method of a path; the framework names those of its first route alone."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        pattern: re.Pattern[str] | None = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(request.url.path):
            found |= route.methods or set()
    return found | {"HEAD"} if "GET" in found else found


def _detail(fault: Mapping[str, Any]) -> Detail:
    where: list[str] = [str(part) for part in fault["loc"]]
    location, names = where[0], where[1:]
    # In the query a value's place within a list says nothing: the parameter's name does.
    name = (names[0] if location == "query" else ".".join(names)) if names else location
    if fault["type"] == "extra_forbidden":
        reason = f"there is no such {'field' if location == 'body' else 'parameter'}"
    else:
        reason = str(fault["msg"]).removeprefix("Value error, ")
    return {"name": name, "location": location, "reason": reason}
