"""Routes of OGC API - Moving Features."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.errors import NotFoundError
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.events.links import Links
from app.events.responses import json_response, problems
from app.itineraries.crafts.router import CraftReference
from app.itineraries.moving_features import schemas, service
from app.itineraries.moving_features.geometry import CRS, TRS
from app.itineraries.moving_features.queries import ItemsQuery, SequenceQuery
from app.itineraries.moving_features.service import COLLECTION
from app.plans import Feature

ROOT = "/v1/ogc"
router = APIRouter(prefix=ROOT, tags=["routes"], dependencies=[Depends(requires(Feature.ROUTES))])
CollectionId = Annotated[str, Path(description="The collection: crafts.", examples=["crafts"])]
Nothing = Annotated[NoQuery, from_query(NoQuery)]
_GEOJSON = "application/geo+json"
_SPEC = "http://www.opengis.net/spec"
CONFORMS_TO = [
    f"{_SPEC}/ogcapi-common-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    f"{_SPEC}/ogcapi-movingfeatures-1/1.0/conf/mf-collection",
    f"{_SPEC}/ogcapi-movingfeatures-1/1.0/conf/movingfeatures",
]
_ITEMS = f"{ROOT}/collections/{COLLECTION}/items"
_LANDING = {
    "title": "VRIC Monitor: moving features",
    "links": [
        {"rel": rel, "href": href, "type": "application/json"}
        for rel, href in (
            ("self", ROOT),
            ("service-desc", "/openapi.json"),
            ("conformance", f"{ROOT}/conformance"),
            ("data", f"{ROOT}/collections"),
        )
    ],
}
_CONFORMANCE = {"conformsTo": CONFORMS_TO}
_COLLECTION = {
    "id": COLLECTION,
    "title": "Craft",
    "description": "Vessels and aircraft that were observed, with their tracks.",
    "itemType": "movingfeature",
    "links": [
        {"rel": "self", "href": f"{ROOT}/collections/{COLLECTION}", "type": "application/json"},
        {"rel": "items", "href": _ITEMS, "type": _GEOJSON},
    ],
}
_COLLECTIONS = {
    "collections": [_COLLECTION],
    "links": [{"rel": "self", "href": f"{ROOT}/collections", "type": "application/json"}],
}


class GeoJsonResponse(JSONResponse):
    """Features, as the standard has them sent."""

    media_type = _GEOJSON


def _shown(document: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """What is always answered, as its own example."""
    return {200: {"content": {"application/json": {"example": document}}}}


@router.get(
    "", operation_id="getOgcLanding", summary="OGC API: where to begin",
    response_model=schemas.Landing, responses={**_shown(_LANDING), **problems(403)},
)  # fmt: skip
async def get_landing(_: Nothing) -> Response:
    """Links to what there is."""
    return json_response(_LANDING)


@router.get(
    "/conformance", operation_id="getOgcConformance", summary="OGC API: conformance",
    response_model=schemas.Conformance, responses={**_shown(_CONFORMANCE), **problems(403)},
)  # fmt: skip
async def get_conformance(_: Nothing) -> Response:
    """The conformance classes of OGC API - Moving Features that are kept to, for reading."""
    return json_response(_CONFORMANCE)


@router.get(
    "/collections", operation_id="listOgcCollections", summary="OGC API: collections",
    response_model=schemas.Collections, responses={**_shown(_COLLECTIONS), **problems(403)},
)  # fmt: skip
async def list_collections(_: Nothing) -> Response:
    """The one collection, of craft."""
    return json_response(_COLLECTIONS)


@router.get(
    "/collections/{collection}", operation_id="getOgcCollection",
    summary="OGC API: one collection", response_model=schemas.Collection,
    responses={**_shown(_COLLECTION), **problems(403, 404)},
)  # fmt: skip
async def get_collection(collection: CollectionId, _: Nothing) -> Response:
    """The collection and where its items are."""
    _check(collection)
    return json_response(_COLLECTION)


@router.get(
    "/collections/{collection}/items", operation_id="listMovingFeatures",
    summary="OGC API: moving features", response_model=schemas.MovingFeatures,
    response_class=GeoJsonResponse, responses=problems(403, 404),
)  # fmt: skip
async def list_items(
    collection: CollectionId,
    query: Annotated[ItemsQuery, from_query(ItemsQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Craft as features, page by page; where each was, is in its `tgsequence`."""
    _check(collection)
    features, cursor = await service.list_features(database, query, caller.plan)
    body = {"type": "FeatureCollection", "features": features, "crs": CRS, "trs": TRS}
    return _answer(request, body, cursor, len(features), _GEOJSON)


@router.get(
    "/collections/{collection}/items/{craft}", operation_id="getMovingFeature",
    summary="OGC API: one moving feature", response_model=schemas.MovingFeature,
    response_class=GeoJsonResponse, responses=problems(403, 404),
)  # fmt: skip
async def get_item(
    collection: CollectionId, craft: CraftReference, _: Nothing, database: ReadDatabase
) -> Response:
    """A craft as a feature with the link to its temporal geometry."""
    _check(collection)
    feature = await service.get_feature(database, craft)
    own = f"{_ITEMS}/{feature['id']}"
    feature["links"] = [
        {"rel": "self", "href": own, "type": _GEOJSON},
        {"rel": "tgsequence", "href": f"{own}/tgsequence", "type": "application/json"},
    ]
    return GeoJsonResponse(feature)


@router.get(
    "/collections/{collection}/items/{craft}/tgsequence",
    operation_id="getTemporalGeometrySequence", summary="OGC API: a temporal geometry",
    response_model=schemas.TemporalGeometrySequence, responses=problems(403, 404),
)  # fmt: skip
async def get_sequence(
    collection: CollectionId,
    craft: CraftReference,
    query: Annotated[SequenceQuery, from_query(SequenceQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Where a craft was: moving points, one for each part of the track between silences of six hours.

    `leaf` asks for instants, `subTrajectory` cuts to an interval; neither reaches into a silence.
    """
    _check(collection)
    parts, cursor = await service.get_sequence(database, craft, query, caller.plan)
    body = {"type": "TemporalGeometrySequence", "geometrySequence": parts}
    return _answer(request, body, cursor, len(parts))


def _check(collection: str) -> None:
    if collection != COLLECTION:
        raise NotFoundError("there is no such collection")


def _answer(
    request: Request,
    body: dict[str, Any],
    cursor: str | None,
    count: int,
    media_type: str = "application/json",
) -> Response:
    links = Links.to(request.scope, media_type)
    headers = {} if cursor is None else {"Link": f'<{links.next(cursor)}>; rel="next"'}
    counted = {"links": links.of(cursor), "numberReturned": count}
    return JSONResponse({**body, **counted}, headers=headers, media_type=media_type)
