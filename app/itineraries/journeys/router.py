"""Routes over itineraries: search, one in many formats, its map, its history."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.db import Database
from app.core.http import ReadDatabase
from app.core.negotiation import negotiate
from app.core.query_string import NoQuery, from_query
from app.core.routes import DirectRoute
from app.events.links import Links
from app.events.responses import envelope, problems
from app.itineraries.journeys import service
from app.itineraries.journeys.examples import ITINERARY_PAGE
from app.itineraries.journeys.outputs import (
    ITEM_TYPES,
    LIST_TYPES,
    UNDRAWN,
    encode_itinerary,
    encode_list,
)
from app.itineraries.journeys.queries import (
    ItinerariesQuery,
    ItineraryFormat,
    ItineraryQuery,
    ListFormat,
    MapFormat,
    MapQuery,
)
from app.itineraries.journeys.schemas import ItineraryDetail, ItineraryHistory, ItineraryPage
from app.plans import Feature

router = APIRouter(
    prefix="/v1/routes/itineraries",
    tags=["routes"],
    route_class=DirectRoute,
    dependencies=[Depends(requires(Feature.ROUTES))],
)
ItineraryId = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9][a-z0-9-]{0,99}$",
        description="An itinerary's id.",
        examples=["ep-fab-2020-10"],
    ),
]


def _formats(types: Any, description: str, example: Any = None) -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    content: dict[str, Any] = {type_.partition(";")[0]: text for type_ in types.values()}
    content["application/geo+json"] = {"schema": {"type": "object"}}
    content["application/json"] = {"example": example} if example else {}
    return {"description": description, "content": content}


@router.get(
    "",
    operation_id="listItineraries",
    summary="Search itineraries",
    response_model=ItineraryPage,
    responses={
        200: _formats(LIST_TYPES, "A page of itineraries.", ITINERARY_PAGE),
        **problems(403),
    },
)
async def list_itineraries(
    query: Annotated[ItinerariesQuery, from_query(ItinerariesQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Journeys of aircraft, vessels, persons, delegations and cargo, last known moment first.

    `from` and `to` are met by one leg, or by an earlier and a later one. JSON lists summaries;
    GeoJSON and CSV hold the legs, GeoJSON with great circles between known stops.
    """
    format_ = negotiate(query.f, request.headers.get("accept", ""), LIST_TYPES)
    whole = format_ in (ListFormat.GEOJSON, ListFormat.CSV)
    answer = await service.list_itineraries(database, query, caller.plan, whole)
    links = Links.to(request.scope, LIST_TYPES[format_].partition(";")[0])
    listed = links.of(answer.next_cursor)
    if format_ is ListFormat.JSON:
        return envelope(answer.items, listed, answer.meta)
    about = {"links": listed, "meta": answer.meta}
    body = await asyncio.to_thread(encode_list, format_, answer.items, about)
    headers = {}
    if answer.next_cursor is not None:
        headers["Link"] = f'<{links.next(answer.next_cursor)}>; rel="next"'
    return Response(body, headers=headers, media_type=LIST_TYPES[format_])


@router.get(
    "/{itinerary_id}",
    operation_id="getItinerary",
    summary="One itinerary",
    response_model=ItineraryDetail,
    responses={200: _formats(ITEM_TYPES, "An itinerary."), **problems(403, 404, 410)},
)
async def get_itinerary(
    itinerary_id: ItineraryId,
    query: Annotated[ItineraryQuery, from_query(ItineraryQuery)],
    request: Request,
    database: ReadDatabase,
) -> Response:
    """A journey with all that is observed, inferred, reported and unconfirmed about it.

    Each leg and each end has its status, sources, confidence in named parts, and conflicts with
    what is said side by side. `as_of` shows what had been published by a day.
    """
    format_ = negotiate(query.f, request.headers.get("accept", ""), ITEM_TYPES)
    itinerary = await service.get_itinerary(database, itinerary_id, query)
    return await _written(database, format_, itinerary)


@router.get(
    "/{itinerary_id}/map.{format}",
    operation_id="getItineraryMap",
    summary="An itinerary as a picture",
    response_class=Response,
    responses={
        200: {
            "description": "A map with legs by status, dark periods dashed, sources listed.",
            "content": {
                "image/svg+xml": {"schema": {"type": "string"}},
                "image/png": {"schema": {"type": "string", "format": "binary"}},
            },
        },
        **problems(403, 404, 410),
    },
)
async def get_itinerary_map(
    itinerary_id: ItineraryId,
    format: Annotated[MapFormat, Path(description="The kind of picture.")],
    query: Annotated[MapQuery, from_query(MapQuery)],
    database: ReadDatabase,
) -> Response:
    """The journey on a map, with its legs, conflicts and sources in words below, and the whole as
    a description for those who do not see it."""
    whole = ItineraryQuery(as_of=query.as_of)
    itinerary = await service.get_itinerary(database, itinerary_id, whole)
    return await _written(database, ItineraryFormat(format), itinerary)


async def _written(
    database: Database, format_: ItineraryFormat, itinerary: Mapping[str, Any]
) -> Response:
    tracks = {} if format_ in UNDRAWN else await service.fetch_tracks(database, itinerary)
    body = await asyncio.to_thread(encode_itinerary, format_, itinerary, tracks)
    return Response(body, media_type=ITEM_TYPES[format_])


@router.get(
    "/{itinerary_id}/history",
    operation_id="getItineraryHistory",
    summary="The history of an itinerary",
    response_model=ItineraryHistory,
    responses=problems(403, 404),
)
async def get_itinerary_history(
    itinerary_id: ItineraryId,
    _: Annotated[NoQuery, from_query(NoQuery)],
    database: ReadDatabase,
) -> Response:
    """What came in and was withdrawn, oldest first, each step with the itinerary as it was then;
    `meta.known_on` lists the days on which more of it became public. Redactions stay listed."""
    history = await service.get_history(database, itinerary_id)
    path = f"{service.PATH}/{itinerary_id}/history"
    return envelope(history["items"], Links(path).of(None), {"known_on": history["known_on"]})
