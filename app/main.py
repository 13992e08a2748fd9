"""The application: what is opened at its start, what every request passes, which routes there are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from app.access.attempts import Attempts
from app.access.cors import Cors
from app.access.gate import Gate, account_of, audience_of
from app.access.policy import access_of
from app.access.principal import Principals
from app.access.rate_limits import RateLimits
from app.access.usage import UsageBook
from app.accounts.context import Context
from app.accounts.keys_router import router as keys_router
from app.accounts.me_router import router as me_router
from app.accounts.oauth_router import router as oauth_router
from app.accounts.passwords import Passwords
from app.accounts.post import Post
from app.accounts.router import router as accounts_router
from app.accounts.upkeep import Upkeep
from app.alerts.router import alerts_router, watchlists_router
from app.alerts.stream import Streams
from app.billing.leaving import end_billing
from app.billing.router import router as billing_router
from app.billing.service import Billing
from app.core.answers import Answers
from app.core.data_version import ROUTES, DataVersion
from app.core.db import Database
from app.core.http import ErrorBoundary, RequestGuard, add_error_handlers
from app.core.jobs.gauges import measure_queue
from app.core.openapi import describe_api
from app.core.settings import Settings
from app.events.analytics_router import router as analytics_router
from app.events.registry_router import router as registry_router
from app.events.router import list_router
from app.events.router import router as events_router
from app.exports.router import router as exports_router
from app.forensics.corpora.router import UPLOADS
from app.forensics.corpora.router import router as corpora_router
from app.forensics.corpora.service import Uploads, delete_corpora_of
from app.forensics.evidence.router import evidence_router
from app.forensics.evidence.router import keys_router as evidence_keys_router
from app.forensics.findings.router import analyses_router, findings_router, replies_router
from app.forensics.images.process import ImageReader
from app.forensics.images.router import UPLOADS as IMAGE_UPLOADS
from app.forensics.images.router import router as images_router
from app.forensics.infrastructure.router import CAPTURES
from app.forensics.infrastructure.router import router as infrastructure_router
from app.forensics.infrastructure.service import MAX_ARCHIVE_BYTES
from app.forensics.lookalikes.router import lookalikes_router
from app.forensics.narratives.router import router as narratives_router
from app.forensics.records.router import router as records_router
from app.forensics.registry.router import disputes_router
from app.forensics.registry.router import registry_router as names_router
from app.forensics.semantic.router import router as semantic_router
from app.itineraries.activities.router import router as activities_router
from app.itineraries.crafts.router import router as crafts_router
from app.itineraries.journeys.router import router as itineraries_router
from app.itineraries.moving_features.router import router as moving_features_router
from app.itineraries.receiving.repository import measure_listeners
from app.itineraries.silences.router import router as silences_router
from app.itineraries.zones.router import router as zones_router
from app.plans import with_overrides
from app.reports.router import router as reports_router
from app.web.pages_router import router as pages_router
from app.web.pages_router import static_files
from app.web.router import router as web_router

ROUTERS = (
    accounts_router,
    activities_router,
    alerts_router,
    analyses_router,
    analytics_router,
    billing_router,
    corpora_router,
    crafts_router,
    disputes_router,
    events_router,
    evidence_keys_router,
    evidence_router,
    exports_router,
    findings_router,
    images_router,
    infrastructure_router,
    itineraries_router,
    keys_router,
    list_router,
    lookalikes_router,
    me_router,
    moving_features_router,
    names_router,
    narratives_router,
    oauth_router,
    pages_router,
    records_router,
    registry_router,
    replies_router,
    reports_router,
    semantic_router,
    silences_router,
    watchlists_router,
    web_router,
    zones_router,
)
CACHED = ("/v1/events", "/v1/reports", "/v1/meta", "/v1/sources", "/v1/changes")
TAGGED = (
    "/v1/routes",
    "/v1/ogc",
    "/v1/forensics/takedowns",
    "/v1/forensics/claims",
    "/v1/forensics/registry",
)  # for one account each, and remembered by none
EXPOSED = (
    "Link", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id",
    "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Cost",
    "Deprecation", "Sunset",
)  # fmt: skip


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The service over the database at `database_url`."""
    database = Database(
        database_url,
        settings.database_replica_url.get_secret_value() if settings.database_replica_url else None,
        settings.database_pool_size,
    )
    data_version = DataVersion(database)
    routes_version = DataVersion(database, ROUTES)
    usage = UsageBook(database)
    billing = Billing(database, settings)
    accounts = _accounts(settings, database, billing)
    image_reader = ImageReader(settings.c2pa_trust_anchors)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            database,
            data_version,
            routes_version,
            usage,
            accounts.limits,
            Upkeep(database),
            billing,
            image_reader,
        ):
            yield

    # The documentation's assets come with the package: no third party sees who reads it.
    app = FastAPIOffline(
        title="VRIC Monitor API", version="1", lifespan=lifespan, docs_url="/docs", redoc_url=None
    )
    app.state.settings = settings
    app.state.database = database
    app.state.data_version = data_version
    app.state.usage = usage
    app.state.accounts = accounts
    app.state.limits = accounts.limits
    app.state.billing = billing
    app.state.alert_streams = Streams()
    app.state.uploads = Uploads()
    app.state.image_reader = image_reader
    app.state.measures = (measure_queue, measure_listeners)
    add_error_handlers(app)
    _add_middleware(app, settings, accounts, data_version, routes_version, usage)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", static_files)
    describe_api(app, access_of)
    return app


def _accounts(settings: Settings, database: Database, billing: Billing) -> Context:
    limits = RateLimits(settings.redis_url.get_secret_value() if settings.redis_url else None)
    return Context(
        database,
        settings.secrets,
        with_overrides(settings.plan_overrides),
        limits,
        Attempts(limits.counters),
        Passwords(),
        Post(settings.secret, settings.public_url),
        partial(end_billing, billing),
        delete_corpora_of,
    )


def _add_middleware(
    app: FastAPI,
    settings: Settings,
    accounts: Context,
    data_version: DataVersion,
    routes_version: DataVersion,
    usage: UsageBook,
) -> None:
    """Innermost first: the last one added is the first that a request meets."""
    app.add_middleware(ErrorBoundary)
    app.add_middleware(
        Answers,
        prefixes=CACHED,
        version=lambda _: data_version.current,
        audience=audience_of,
        memory_bytes=settings.answer_cache_bytes,
    )
    app.add_middleware(
        Answers,
        prefixes=TAGGED,
        version=lambda _: _joined(data_version.current, routes_version.current),
        audience=account_of,
        memory_bytes=0,
    )
    app.add_middleware(
        Gate,
        principals=Principals(
            accounts.database, accounts.secrets, accounts.plans, usage.note_digest
        ),
        limits=accounts.limits,
        usage=usage,
        trusted_proxies=settings.trusted_proxies,
    )
    app.add_middleware(
        RequestGuard,
        max_body_bytes=settings.max_body_bytes,
        uploads={
            UPLOADS: settings.max_upload_bytes,
            IMAGE_UPLOADS: settings.max_image_bytes,
            CAPTURES: MAX_ARCHIVE_BYTES,
        },
    )
    # Outermost, so that a page of another origin can read the guard's refusals too.
    app.add_middleware(Cors, exposed=EXPOSED)


def _joined(first: int | None, second: int | None) -> str | None:
    """Two versions as one, unknown when one of them is: journeys tell of events as well."""
    return None if first is None or second is None else f"{first}.{second}"
