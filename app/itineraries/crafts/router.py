"""Routes to craft: search, one craft, its track."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.core.routes import DirectRoute
from app.events.links import Links
from app.events.responses import envelope, json_response, problems
from app.itineraries.crafts import schemas, service
from app.itineraries.crafts.examples import CRAFT, TRACK
from app.itineraries.crafts.identity import check_identity
from app.itineraries.crafts.queries import CraftsQuery, IdentityQuery, TrackFormat, TrackQuery
from app.itineraries.crafts.track_answers import MEDIA_TYPES, encoded_track, wanted_format
from app.itineraries.positions.tracks import fixes_of, get_track
from app.plans import Feature

router = APIRouter(
    prefix="/v1/routes/crafts",
    tags=["routes"],
    route_class=DirectRoute,
    dependencies=[Depends(requires(Feature.ROUTES))],
)
CraftReference = Annotated[
    str,
    Path(
        min_length=1,
        max_length=100,
        pattern=r"^[^/\x00-\x1f]+$",
        description="A craft's id, or its key.",
        examples=["mmsi:422123456"],
    ),
]


@router.get(
    "",
    operation_id="listCrafts",
    summary="Search craft",
    response_model=schemas.Crafts,
    responses={
        200: {
            "content": {
                "application/json": {
                    "example": {"items": [CRAFT], "links": [], "returned": 1, "meta": {}}
                }
            }
        },
        **problems(403),
    },
)
async def list_crafts(
    request: Request,
    query: Annotated[CraftsQuery, from_query(CraftsQuery)],
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Vessels and aircraft of which all of this is said, by whatever source and at whatever time.

    Craft of which something is said that is only alike stand apart in `meta.near`.
    """
    items, cursor, meta = await service.search_crafts(database, query, caller.plan)
    return envelope(items, Links.to(request.scope).of(cursor), meta)


@router.get(
    "/{craft}",
    operation_id="getCraft",
    summary="One craft",
    response_model=schemas.CraftDetail,
    responses=problems(403, 404),
)
async def get_craft(
    craft: CraftReference, _: Annotated[NoQuery, from_query(NoQuery)], database: ReadDatabase
) -> Response:
    """A craft with all that is said of it, by whom and from when to when, and the craft that share
    an identifier with it: they may be one, or two that use one number."""
    return json_response(await service.get_craft(database, craft))


@router.get(
    "/{craft}/track",
    operation_id="getCraftTrack",
    summary="Where a craft was",
    response_model=schemas.Track,
    responses={
        200: {
            "description": "A part of the track.",
            "content": {
                **{
                    media.partition(";")[0]: {"schema": {"type": "string"}}
                    for media in MEDIA_TYPES.values()
                },
                "application/geo+json": {"schema": {"type": "object"}},
                "application/json": {"example": TRACK},
            },
        },
        **problems(403, 404),
    },
)
async def get_craft_track(
    craft: CraftReference,
    query: Annotated[TrackQuery, from_query(TrackQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """The fixes of a window in order of time, page by page; `simplify_m` leaves out what a map does
    not need. Lines are cut at 180°. Times without fixes are not drawn as stops."""
    format_ = wanted_format(query.f, request.headers.get("accept", ""))
    row = await service.get_craft_row(database, craft)
    page = await get_track(database, row["id"], query, caller.plan)
    links = Links.to(request.scope, MEDIA_TYPES[format_].partition(";")[0])
    whose = {name: row[name] for name in ("key", "synthetic")}
    meta: dict[str, Any] = {"craft_id": row["id"], **whose, **page.meta}
    if format_ is TrackFormat.JSON:
        return envelope(fixes_of(page.positions), links.of(page.next_cursor), meta)
    body = await asyncio.to_thread(encoded_track, format_, row["key"], page.positions, meta)
    headers = {}
    if page.next_cursor is not None:
        headers["Link"] = f'<{links.next(page.next_cursor)}>; rel="next"'
    return Response(body, headers=headers, media_type=MEDIA_TYPES[format_])


@router.get(
    "/{craft}/identity",
    operation_id="checkCraftIdentity",
    summary="Whether what a craft says of itself holds together",
    response_model=schemas.IdentityReport,
    responses=problems(403, 404),
)
async def get_craft_identity(
    craft: CraftReference,
    query: Annotated[IdentityQuery, from_query(IdentityQuery)],
    database: ReadDatabase,
) -> Response:
    """Check digits, flags, blocks of addresses, registers, and places at the same time: each check
    with its verdict and what was compared. `inconsistent` is a finding about data, not about
    people."""
    return json_response(await check_identity(database, craft, query))
