"""Routes over events: lists, one event, its history, and the feed of changes."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response, StreamingResponse

from app.access.gate import Caller
from app.access.policy import PUBLIC
from app.core.http import ReadDatabase
from app.core.pagination import clipped
from app.core.query_string import NoQuery, from_query
from app.core.routes import DirectRoute
from app.events import items
from app.events.examples import EVENT_PAGE
from app.events.formats import MEDIA_TYPES, Format, encoding_of, feature, negotiate
from app.events.links import Links
from app.events.queries import ChangesQuery, EventListQuery, ItemQuery
from app.events.responses import envelope, item_formats, json_response, list_formats, problems
from app.events.schemas import Changes, EventDetail, EventPage, History
from app.events.service import check_format, list_events

# The list stands alone, because it is asked for most and is looked for first.
list_router = APIRouter(prefix="/v1", tags=["events"], route_class=DirectRoute)
router = APIRouter(prefix="/v1", tags=["events"], route_class=DirectRoute)
EventId = Annotated[int, Path(ge=1, le=2**62, description="An event's lasting id.", examples=[31])]


@list_router.get(
    "/events",
    operation_id="listEvents",
    summary="Search events",
    response_model=EventPage,
    responses={200: list_formats(EVENT_PAGE), **problems()},
    openapi_extra=PUBLIC,
)
async def search_events(
    request: Request,
    query: Annotated[EventListQuery, from_query(EventListQuery)],
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Events that match all filters, in any order, page by page, in seven formats.

    Several values of one parameter, by commas or by repetition, are alternatives; different
    parameters narrow. An unknown parameter is an error. An empty answer says in `meta.hints` which
    filter removed everything.
    """
    format_ = negotiate(query.f, request.headers.get("accept", ""))
    media_type = MEDIA_TYPES[format_]
    changed_at = request.app.state.data_version.changed_at
    links = Links.to(request.scope, media_type.partition(";")[0])
    check_format(format_, query)
    encoding = encoding_of(format_, changed_at, query.fields)
    answer = await list_events(database, query, caller.plan, encoding, links)
    headers = {}
    if answer.next_cursor is not None:
        headers["Link"] = f'<{links.next(answer.next_cursor)}>; rel="next"'
    if isinstance(answer.body, bytes):
        return Response(answer.body, headers=headers, media_type=media_type)
    return StreamingResponse(answer.body, headers=headers, media_type=media_type)


@router.get(
    "/events/{event_id}",
    operation_id="getEvent",
    summary="One event",
    response_model=EventDetail,
    responses={200: item_formats(), **problems(404, 410)},
    openapi_extra=PUBLIC,
)
async def get_event(
    event_id: EventId,
    query: Annotated[ItemQuery, from_query(ItemQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """An event with its sources, how each field was coded, what was corrected, other outlets'
    reports of the same, related events, and a citation.

    `links` name the itineraries and findings on it to those whose plan has them."""
    event = await items.get_event(database, event_id, caller.features)
    if negotiate(query.f, request.headers.get("accept", "")) is Format.GEOJSON:
        body = feature(orjson.dumps(event))
        return Response(body, media_type=MEDIA_TYPES[Format.GEOJSON])
    return json_response(event)


@router.get(
    "/events/{event_id}/history",
    operation_id="getEventHistory",
    summary="The history of an event",
    response_model=History,
    responses=problems(404),
    openapi_extra=PUBLIC,
)
async def get_event_history(
    event_id: EventId, _: Annotated[NoQuery, from_query(NoQuery)], database: ReadDatabase
) -> Response:
    """Every version of an event, oldest first, also of one that was taken back."""
    steps = await items.get_history(database, event_id)
    path = f"/v1/events/{event_id}/history"
    return envelope(steps, Links(path).of(None))


@router.get(
    "/changes",
    operation_id="listChanges",
    summary="What changed",
    response_model=Changes,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def list_changes(
    query: Annotated[ChangesQuery, from_query(ChangesQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Creations, updates and deletions in the order of their commits, none left out.

    Follow `links[rel=next]` for ever: it is there even when nothing is new yet.
    """
    limit, meta = clipped(query.limit, caller.plan.page_cap, caller.plan.key)
    changes, since = await items.list_changes(database, query.since, limit)
    own = f"/v1/changes?{request.url.query}" if request.url.query else "/v1/changes"
    links = [
        {"rel": "self", "href": own, "type": "application/json"},
        {
            "rel": "next",
            "href": f"/v1/changes?since={since}&limit={query.limit}",
            "type": "application/json",
        },
    ]
    return envelope(changes, links, {"since": since, **meta})
