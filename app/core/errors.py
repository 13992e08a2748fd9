"""Errors that callers may see, each with its HTTP status and code.

ProblemError
├── InvalidParameterError 400
├── MalformedRequestError 400
├── UnauthorizedError     401
├── PlanRequiredError     403
├── InsufficientScopeError 403
├── OriginRefusedError    403
├── NotFoundError         404
├── RequestTimeoutError   408
├── ConflictError         409
├── GoneError             410
├── BodyTooLargeError     413
├── UriTooLongError       414
├── InvalidBodyError      422
├── RateLimitedError      429
├── HeadTooLargeError     431
└── UnavailableError      503

ConfigurationError stops a process at its start; CommandError ends a command with a message.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict


class ConfigurationError(Exception):
    """The settings or the machine do not allow the process to start."""


class CommandError(Exception):
    """A command cannot do what was asked; the message says why and what to do."""


class Detail(TypedDict, total=False):
    """One fault within a request: which parameter, where it stood, and why it was refused."""

    name: str
    location: str
    reason: str


class ProblemError(Exception):
    """An answer other than success, rendered as RFC 9457 problem details."""

    status: int = 500
    code: str = "internal_error"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[Detail] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})


class InvalidParameterError(ProblemError):
    status = 400
    code = "invalid_parameter"

    @classmethod
    def of(cls, name: str, reason: str) -> "InvalidParameterError":
        """The refusal of one query parameter."""
        detail = f"{name}: {reason}"
        return cls(detail, errors=[{"name": name, "location": "query", "reason": reason}])


class MalformedRequestError(ProblemError):
    status = 400
    code = "bad_request"


class UnauthorizedError(ProblemError):
    status = 401
    code = "unauthorized"


class PlanRequiredError(ProblemError):
    status = 403
    code = "plan_required"


class InsufficientScopeError(ProblemError):
    status = 403
    code = "insufficient_scope"


class OriginRefusedError(ProblemError):
    status = 403
    code = "origin_refused"


class NotFoundError(ProblemError):
    status = 404
    code = "not_found"


class RequestTimeoutError(ProblemError):
    status = 408
    code = "request_timeout"


class ConflictError(ProblemError):
    status = 409
    code = "conflict"


class GoneError(ProblemError):
    status = 410
    code = "gone"


class BodyTooLargeError(ProblemError):
    status = 413
    code = "body_too_large"


class UriTooLongError(ProblemError):
    status = 414
    code = "uri_too_long"


class InvalidBodyError(ProblemError):
    status = 422
    code = "invalid_body"

    @classmethod
    def of(cls, name: str, reason: str) -> "InvalidBodyError":
        """The refusal of one field of the body."""
        detail = f"{name}: {reason}"
        return cls(detail, errors=[{"name": name, "location": "body", "reason": reason}])


class RateLimitedError(ProblemError):
    status = 429
    code = "rate_limited"


class HeadTooLargeError(ProblemError):
    status = 431
    code = "head_too_large"


class UnavailableError(ProblemError):
    status = 503
    code = "unavailable"
