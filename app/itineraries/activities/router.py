"""Routes to activities."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.core.routes import DirectRoute
from app.events.links import Links
from app.events.responses import envelope, json_response, problems
from app.itineraries.activities import schemas, service
from app.itineraries.activities.queries import ActivitiesQuery, ActivityFormat
from app.plans import Feature

router = APIRouter(
    prefix="/v1/routes/activities",
    tags=["routes"],
    route_class=DirectRoute,
    dependencies=[Depends(requires(Feature.ROUTES))],
)
ActivityId = Annotated[int, Path(ge=1, le=2**62, description="An activity's id.", examples=[31])]
_GEOJSON = "application/geo+json"


@router.get(
    "",
    operation_id="listActivities",
    summary="Search activities",
    response_model=schemas.Activities,
    responses={
        200: {
            "description": "A page of activities.",
            "content": {
                "application/json": {
                    "example": {
                        "items": [schemas.MEETING], "links": [], "returned": 1, "meta": {},
                    }
                },
                _GEOJSON: {"schema": {"type": "object"}},
            },
        },
        **problems(403),
    },
)  # fmt: skip
async def list_activities(
    request: Request,
    query: Annotated[ActivitiesQuery, from_query(ActivitiesQuery)],
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """What craft did, as far as their positions tell: each with the method that found it and its
    version. A gap says that a craft was not re-observed; `reception` says who else was heard there
    meanwhile."""
    assert caller.account_id is not None
    items, cursor, meta = await service.search_activities(
        database, query, caller.account_id, caller.plan
    )
    accepts = _GEOJSON in request.headers.get("accept", "")
    if query.f is ActivityFormat.JSON or (query.f is None and not accepts):
        return envelope(items, Links.to(request.scope).of(cursor), meta)
    links = Links.to(request.scope, _GEOJSON)
    body = {
        "type": "FeatureCollection",
        "features": [service.as_feature(item) for item in items],
        "links": links.of(cursor),
        "numberReturned": len(items),
    }
    headers = {} if cursor is None else {"Link": f'<{links.next(cursor)}>; rel="next"'}
    return Response(orjson.dumps(body), headers=headers, media_type=_GEOJSON)


@router.get(
    "/{activity_id}",
    operation_id="getActivity",
    summary="One activity",
    response_model=schemas.Activity,
    responses={
        200: {"content": {"application/json": {"example": schemas.MEETING}}},
        **problems(403, 404),
    },
)
async def get_activity(
    activity_id: ActivityId, _: Annotated[NoQuery, from_query(NoQuery)], database: ReadDatabase
) -> Response:
    """An activity with its evidence. A new analysis that finds it again keeps its id."""
    return json_response(await service.get_activity(database, activity_id))
