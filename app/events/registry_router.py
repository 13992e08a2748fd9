"""Routes to the vocabulary and the outlet registry."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.access.policy import PUBLIC
from app.core.errors import NotFoundError
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.events import registry
from app.events.examples import META
from app.events.links import Links
from app.events.queries import OutletsQuery
from app.events.responses import envelope, json_response, problems
from app.events.schemas import MetaAnswer, Outlet, Outlets

router = APIRouter(prefix="/v1", tags=["registry"])
OutletId = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9][a-z0-9-]{0,99}$", description="Id of an outlet.", examples=["reuters"]
    ),
]


@router.get(
    "/meta",
    operation_id="getMeta",
    summary="Vocabulary, coverage and version",
    response_model=MetaAnswer,
    responses={200: {"content": {"application/json": {"example": META}}}, **problems()},
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
        Links.to(request.scope).of(None),
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
    outlet_id: OutletId, _: Annotated[NoQuery, from_query(NoQuery)], database: ReadDatabase
) -> Response:
    """An outlet's entry in the registry."""
    found = await registry.list_outlets(database, OutletsQuery(id=[outlet_id]))
    if not found:
        raise NotFoundError(f"there is no outlet {outlet_id}")
    return json_response(found[0])
