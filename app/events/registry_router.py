"""Routes to the vocabulary and the outlet registry."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.access.policy import PUBLIC
from app.core.errors import NotFoundError
from app.core.http import ReadDatabase
from app.core.query_string import from_query
from app.events import registry
from app.events.links import Links
from app.events.queries import NoQuery, OutletsQuery
from app.events.responses import envelope, json_response, problems
from app.events.schemas import MetaAnswer, Outlet, Outlets

router = APIRouter(prefix="/v1", tags=["registry"])


@router.get(
    "/meta",
    operation_id="getMeta",
    summary="Vocabulary, coverage and version",
    response_model=MetaAnswer,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def get_meta(_: Annotated[NoQuery, from_query(NoQuery)], database: ReadDatabase) -> Response:
    """The terms events are coded with, in four languages; what the collection covers."""
    return json_response(await registry.describe(database))


@router.get(
    "/sources",
    operation_id="listSources",
    summary="The outlet registry",
    response_model=Outlets,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def list_sources(
    query: Annotated[OutletsQuery, from_query(OutletsQuery)],
    request: Request,
    database: ReadDatabase,
) -> Response:
    """Who publishes the sources, owned by whom, by which citation. Ownership says nothing about
    the truth of a report."""
    return envelope(
        await registry.list_outlets(database, query),
        Links(request.url.path, request.url.query, "application/json").of(None),
    )


@router.get(
    "/sources/{outlet_id}",
    operation_id="getSource",
    summary="One outlet",
    response_model=Outlet,
    responses=problems(404),
    openapi_extra=PUBLIC,
)
async def get_source(
    outlet_id: registry.OutletId, _: Annotated[NoQuery, from_query(NoQuery)], database: ReadDatabase
) -> Response:
    """An outlet's entry in the registry."""
    found = await registry.list_outlets(database, OutletsQuery(id=[outlet_id]))
    if not found:
        raise NotFoundError(f"there is no outlet {outlet_id}")
    return json_response(found[0])
