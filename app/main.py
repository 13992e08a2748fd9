"""The application: what is opened at its start, what every request passes, which routes there are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from app.access.gate import Gate, plan_of
from app.access.principal import Principals
from app.access.rate_limits import RateLimits
from app.core.answers import Answers
from app.core.data_version import DataVersion
from app.core.db import Database
from app.core.http import ErrorBoundary, RequestGuard, add_error_handlers
from app.core.openapi import describe_api
from app.core.settings import Settings
from app.events.analytics_router import router as analytics_router
from app.events.registry_router import router as registry_router
from app.events.router import router as events_router
from app.exports.router import router as exports_router
from app.plans import with_overrides
from app.reports.router import router as reports_router
from app.web.router import router as web_router
from app.web.router import static_files

CACHED = ("/v1/events", "/v1/reports", "/v1/meta", "/v1/sources", "/v1/changes")
EXPOSED = (
    "Link", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id",
    "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Deprecation", "Sunset",
)  # fmt: skip


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The service over the database at `database_url`."""
    database = Database(
        database_url,
        settings.database_replica_url.get_secret_value() if settings.database_replica_url else None,
        settings.database_pool_size,
    )
    data_version = DataVersion(database)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with database, data_version:
            yield

    # The documentation's assets come with the package: no third party sees who reads it.
    app = FastAPIOffline(
        title="VRIC Monitor API", version="1", lifespan=lifespan, docs_url="/docs", redoc_url=None
    )
    app.state.settings = settings
    app.state.database = database
    app.state.data_version = data_version
    add_error_handlers(app)
    _add_middleware(app, settings, database, data_version)
    for router in (
        analytics_router,
        events_router,
        exports_router,
        registry_router,
        reports_router,
        web_router,
    ):
        app.include_router(router)
    app.mount("/static", static_files)
    describe_api(app)
    return app


def _add_middleware(
    app: FastAPI, settings: Settings, database: Database, data_version: DataVersion
) -> None:
    """Innermost first: the last one added is the first that a request meets."""
    principals = Principals(
        database,
        settings.secret,
        dict(with_overrides(settings.plan_overrides)),
        settings.trusted_proxies,
    )
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    cors: dict[str, Any] = {
        "allow_origins": ["*"],
        "allow_methods": ["GET", "HEAD", "OPTIONS"],
        "allow_headers": ["Authorization", "X-API-Key", "If-None-Match"],
        "expose_headers": EXPOSED,
        "max_age": 86_400,
    }
    app.add_middleware(ErrorBoundary)
    app.add_middleware(
        Answers,
        prefixes=CACHED,
        version=lambda _: data_version.current,
        audience=plan_of,
        memory_bytes=settings.answer_cache_bytes,
    )
    app.add_middleware(Gate, principals=principals, limits=RateLimits(redis_url))
    app.add_middleware(RequestGuard, max_body_bytes=settings.max_body_bytes)
    # Outermost, so that a page of another origin can read the guard's refusals too.
    app.add_middleware(CORSMiddleware, **cors)
