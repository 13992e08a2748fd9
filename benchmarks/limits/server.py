"""The service as `vric serve` runs it, with a trivial gated route more, and another limiter or none."""

import sys

import uvicorn
from fastapi import Depends, FastAPI, Request, Response
from slowapi import Limiter
from slowapi.util import get_remote_address

from app.access.gate import Gate
from app.access.policy import requires
from app.access.principal import Principal
from app.access.quota import Quota
from app.core.settings import Settings
from app.plans import ANONYMOUS, Feature, with_overrides
from app.serve import app_from_environment

GATED = "/v1/bench"
PRODUCT, NONE, SLOWAPI = "product", "none", "slowapi"
GRANTED = b'{"granted":true}'


class _Unlimited:
    """Stands where the limiter does: counts nothing, so that no headers are sent."""

    async def spend(self, principal: Principal, cost: int) -> list[Quota]:
        return []

    async def refund(self, principal: Principal, quotas: list[Quota], cost: int) -> list[Quota]:
        return quotas


def create_bench_app(limiter: str) -> FastAPI:
    """The product's application; `none` and `slowapi` leave its limiter out.

    slowapi limits the gated route alone, by the same two numbers, as its documentation does it.
    """
    app = app_from_environment()
    if limiter != PRODUCT:
        for middleware in app.user_middleware:
            if middleware.cls is Gate:  # type: ignore[comparison-overlap]
                middleware.kwargs["limits"] = _Unlimited()

    async def gated(request: Request) -> Response:
        return Response(GRANTED, media_type="application/json")

    endpoint = _limited_by_slowapi(app, gated) if limiter == SLOWAPI else gated
    app.add_api_route(
        GATED, endpoint, dependencies=[Depends(requires(Feature.EVENTS))], include_in_schema=False
    )
    return app


def _limited_by_slowapi(app: FastAPI, endpoint):  # type: ignore[no-untyped-def]
    settings = Settings()
    limiter = Limiter(
        key_func=get_remote_address,
        key_style="endpoint",
        headers_enabled=True,
        storage_uri=settings.redis_url.get_secret_value() if settings.redis_url else "memory://",
    )
    app.state.limiter = limiter
    plan = with_overrides(settings.plan_overrides)[ANONYMOUS.key]
    return limiter.limit(f"{plan.burst_per_minute}/minute;{plan.daily}/day")(endpoint)


def main(limiter: str, port: str) -> None:
    """Serve under the settings with which `vric serve` starts uvicorn."""
    uvicorn.run(
        create_bench_app(limiter),
        port=int(port),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
