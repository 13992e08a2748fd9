"""Errors as answers: RFC 9457 problem details."""

from http import HTTPStatus

import orjson
from starlette.responses import Response

from app.core.errors import ProblemError

PROBLEM_JSON = "application/problem+json"


def problem_response(error: ProblemError, request_id: str) -> Response:
    """The error as `application/problem+json`, never cached."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": request_id,
        "errors": error.errors,
        **error.extra,
    }
    headers = {"Cache-Control": "no-store", **error.headers}
    return Response(orjson.dumps(body), error.status, headers, media_type=PROBLEM_JSON)
