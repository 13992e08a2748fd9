"""Routes of watchlists, and of the alerts they give rise to."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from app.access.gate import Caller
from app.access.idempotency import IdempotencyKey, once_of
from app.access.policy import requires
from app.alerts import service
from app.alerts.schemas import (
    AlertPage,
    AlertShown,
    SecretMade,
    TestSent,
    WatchlistChange,
    WatchlistMade,
    WatchlistPage,
    WatchlistShown,
    WatchlistWish,
)
from app.alerts.stream import Streams, follow
from app.core.http import ReadDatabase
from app.core.pagination import OwnPageQuery
from app.core.query_string import NoQuery, from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.plans import Feature

_ACCESS = [Depends(requires(Feature.ALERTS))]
watchlists_router = APIRouter(prefix="/v1/watchlists", tags=["alerts"], dependencies=_ACCESS)
alerts_router = APIRouter(prefix="/v1/alerts", tags=["alerts"], dependencies=_ACCESS)
WatchlistId = Annotated[
    UUID,
    Path(description="A watchlist of yours.", examples=["3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21"]),
]
AlertId = Annotated[int, Path(ge=1, le=2**62, description="An alert of yours.", examples=[1204])]
Nothing = Annotated[NoQuery, from_query(NoQuery)]
_RECONNECT_MS = 3_000
_PRIVATE = {"Cache-Control": "no-store"}


Kind = Literal[
    "zone_entry", "leg", "meeting", "gap", "identity_change", "sanctioned_craft", "event"
]


class AlertsQuery(OwnPageQuery):
    """Which of one's alerts."""

    watchlist: UUID | None = Field(None, description="Of one watchlist.")
    kind: Kind | None = Field(None, description="Of one kind.")


class StreamQuery(BaseModel):
    """Where to begin."""

    model_config = ConfigDict(extra="forbid")

    after: int | None = Field(
        None, ge=0, le=2**62, description="The last alert seen; `Last-Event-ID` wins over it."
    )


@watchlists_router.post(
    "",
    operation_id="createWatchlist",
    summary="Make a watchlist",
    status_code=201,
    response_model=WatchlistMade,
    responses=problems(403, 409, 422),
)
async def create_watchlist(
    body: WatchlistWish,
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    _: Nothing,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Rules, and a webhook if alerts are to be posted. The webhook's secret is shown this once.

    Requests to the webhook are signed as Standard Webhooks 1.0 has it and repeated for a day and a
    half until they are answered with 2xx. `Location` is where the watchlist is.
    """
    settings = request.app.state.settings
    once = await once_of(request, settings.secrets, caller.subject, idempotency_key)
    made = await service.create_watchlist(database, settings, caller, body, once)
    return _json(made, 201, {"Location": f"/v1/watchlists/{made.id}"})


@watchlists_router.get(
    "",
    operation_id="listWatchlists",
    summary="One's own watchlists",
    response_model=WatchlistPage,
    responses=problems(403),
)
async def list_watchlists(
    query: Annotated[OwnPageQuery, from_query(OwnPageQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """The account's watchlists, newest first."""
    found, cursor = await service.list_watchlists(database, caller, query.limit, query.cursor)
    return _page(request, found, cursor)


@watchlists_router.get(
    "/{watchlist_id}",
    operation_id="getWatchlist",
    summary="A watchlist",
    response_model=WatchlistShown,
    responses=problems(403, 404),
)
async def get_watchlist(
    watchlist_id: WatchlistId, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """Its rules, and where its alerts are posted."""
    return _json(await service.get_watchlist(database, caller, watchlist_id))


@watchlists_router.patch(
    "/{watchlist_id}",
    operation_id="changeWatchlist",
    summary="Change a watchlist",
    response_model=WatchlistShown,
    responses=problems(403, 404, 422),
)
async def change_watchlist(
    watchlist_id: WatchlistId,
    body: WatchlistChange,
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    _: Nothing,
) -> Response:
    """What is left out stays. A webhook that was switched off is tried again once it is set anew."""
    settings = request.app.state.settings
    return _json(await service.change_watchlist(database, settings, caller, watchlist_id, body))


@watchlists_router.delete(
    "/{watchlist_id}",
    operation_id="deleteWatchlist",
    summary="Remove a watchlist",
    status_code=204,
    responses=problems(403, 404),
)
async def delete_watchlist(
    watchlist_id: WatchlistId, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """With its alerts; nothing more is posted."""
    await service.delete_watchlist(database, caller, watchlist_id)
    return Response(status_code=204, headers=_PRIVATE)


@watchlists_router.post(
    "/{watchlist_id}/secret",
    operation_id="replaceWebhookSecret",
    summary="Replace a webhook's secret",
    status_code=201,
    response_model=SecretMade,
    responses=problems(403, 404),
)
async def replace_secret(
    watchlist_id: WatchlistId, request: Request, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """For a day requests carry two signatures, one of each secret."""
    settings = request.app.state.settings
    return _json(await service.replace_secret(database, settings, caller, watchlist_id), 201)


@watchlists_router.post(
    "/{watchlist_id}/test",
    operation_id="tryWebhook",
    summary="Try a webhook",
    response_model=TestSent,
    responses=problems(403, 404, 409),
)
async def try_webhook(
    watchlist_id: WatchlistId, request: Request, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """Posts one signed message of the type `test` and tells what came back."""
    settings = request.app.state.settings
    return _json(await service.try_webhook(database, settings, caller, watchlist_id))


@alerts_router.get(
    "",
    operation_id="listAlerts",
    summary="One's own alerts",
    response_model=AlertPage,
    responses=problems(403),
)
async def list_alerts(
    query: Annotated[AlertsQuery, from_query(AlertsQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """What one's watchlists were told of, newest first."""
    found, cursor = await service.list_alerts(
        database,
        caller,
        query.limit,
        query.cursor,
        query.watchlist,
        [query.kind] if query.kind else [],
    )
    return _page(request, found, cursor)


@alerts_router.get(
    "/stream",
    operation_id="streamAlerts",
    summary="Alerts as they come",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events, named `alert.KIND`, with an alert as their data.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(403),
    },
)
async def stream_alerts(
    query: Annotated[StreamQuery, from_query(StreamQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=2**62, description="The last alert seen.")
    ] = None,
) -> Response:
    """Alerts from after the last one seen, or from now on; a comment each 15 s keeps it open.

    It ends after ten minutes: come back with `Last-Event-ID`, as browsers do by themselves.
    """
    assert caller.account_id is not None
    after = query.after if last_event_id is None else last_event_id
    streams: Streams = request.app.state.alert_streams
    account_id = caller.account_id
    streams.check(account_id)

    async def sent() -> AsyncIterator[bytes]:
        with streams.one(account_id):
            yield format_sse_event(retry=_RECONNECT_MS)
            async for alert in follow(database, account_id, after):
                yield KEEPALIVE_COMMENT if alert is None else _event(alert)

    return StreamingResponse(sent(), headers=_PRIVATE, media_type="text/event-stream")


@alerts_router.get(
    "/{alert_id}",
    operation_id="getAlert",
    summary="An alert",
    response_model=AlertShown,
    responses=problems(403, 404),
)
async def get_alert(
    alert_id: AlertId, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """What was observed, its evidence, and whether it was posted."""
    return _json(await service.get_alert(database, caller, alert_id))


def _json(view: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        view.model_dump_json(),
        status,
        headers={**_PRIVATE, **(headers or {})},
        media_type="application/json",
    )


def _event(alert: AlertShown) -> bytes:
    return format_sse_event(
        event=f"alert.{alert.kind}", id=str(alert.id), data_str=alert.model_dump_json()
    )


def _page(
    request: Request, found: list[WatchlistShown] | list[AlertShown], cursor: str | None
) -> Response:
    items = [view.model_dump(mode="json") for view in found]
    answer = envelope(items, Links.to(request.scope).of(cursor))
    answer.headers.update(_PRIVATE)
    return answer
