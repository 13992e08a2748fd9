"""Health, readiness and metrics for operators."""

from contextlib import suppress
from ipaddress import ip_address
from secrets import compare_digest

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from app.access.policy import PUBLIC
from app.core.errors import NotFoundError, ProblemError, UnavailableError
from app.core.http import ReadDatabase
from app.core.migrations import head_revision, serving_revision

router = APIRouter(include_in_schema=False)


@router.get("/healthz", openapi_extra=PUBLIC)
async def alive() -> Response:
    """The process answers."""
    return Response("ok", media_type="text/plain")


@router.get("/readyz", openapi_extra=PUBLIC)
async def ready(database: ReadDatabase) -> Response:
    """The database answers and has the schema that this release needs."""
    try:
        found = await serving_revision(database)
    except ProblemError:
        raise
    except Exception:
        raise UnavailableError("the database has no schema; run `vric db upgrade`") from None
    if found != head_revision():
        raise UnavailableError("the database has another schema; run `vric db upgrade`")
    return Response("ready", media_type="text/plain")


@router.get("/metrics", openapi_extra=PUBLIC)
async def metrics(request: Request, database: ReadDatabase) -> Response:
    """Prometheus metrics, for loopback or the bearer of the metrics token; hidden from others."""
    token = request.app.state.settings.metrics_token
    given = request.headers.get("authorization", "")
    if token is not None:
        allowed = compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
    else:
        forwarded = "x-forwarded-for" in request.headers
        allowed = not forwarded and request.client is not None and _is_loopback(request.client.host)
    if not allowed:
        raise NotFoundError("there is no such page")
    with suppress(UnavailableError):  # the other numbers tell of a database that is away
        for measure in request.app.state.measures:
            await measure(database)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
