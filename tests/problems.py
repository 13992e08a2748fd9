"""What every error must look like."""

import httpx

MEMBERS = {"type", "title", "status", "code", "detail", "request_id", "errors"}


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    """Check the one shape of errors; returns the body."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, object] = answer.json()
    assert body.keys() >= MEMBERS
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"] != ""
    return body
