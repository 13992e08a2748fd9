"""Routes to numbers over events: facets, timelines, correlations."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.access.policy import PUBLIC
from app.core.http import ReadDatabase
from app.core.query_string import from_query
from app.events import analytics
from app.events.hints import explain_emptiness
from app.events.links import Links
from app.events.queries import CorrelationsQuery, FacetsQuery, TimelineQuery
from app.events.responses import envelope, problems
from app.events.schemas import Correlations, Facets, Timeline

router = APIRouter(prefix="/v1", tags=["analytics"])


def _links(request: Request) -> list[dict[str, str]]:
    return Links.to(request.scope).of(None)


@router.get(
    "/events/facets",
    operation_id="listFacets",
    summary="Count events by field",
    response_model=Facets,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def list_facets(
    query: Annotated[FacetsQuery, from_query(FacetsQuery)], request: Request, database: ReadDatabase
) -> Response:
    """The commonest values of each field. A field's own filter does not narrow its own counts, so
    that the alternatives stay visible."""
    return envelope(await analytics.count_facets(database, query), _links(request))


@router.get(
    "/events/timeline",
    operation_id="getTimeline",
    summary="Count events over time",
    response_model=Timeline,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def get_timeline(
    query: Annotated[TimelineQuery, from_query(TimelineQuery)],
    request: Request,
    database: ReadDatabase,
) -> Response:
    """Counts by day, ISO week, month or year, empty periods included. With `split`, an event with
    two values counts under both, and once in `count`."""
    periods = await analytics.count_timeline(database, query)
    meta = {} if periods else {"hints": await explain_emptiness(database, query)}
    return envelope(periods, _links(request), meta)


@router.get(
    "/events/correlations",
    operation_id="listCorrelations",
    summary="Which actors are active in the same places at the same time",
    response_model=Correlations,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def list_correlations(
    query: Annotated[CorrelationsQuery, from_query(CorrelationsQuery)],
    request: Request,
    database: ReadDatabase,
) -> Response:
    """For each pair of actors: cells (country x period) where both are active, against chance.

    lift = P(AB) / (P(A) P(B)); p by 999 shuffles of the dates within each country under a fixed
    seed; q by Benjamini-Hochberg over the answer; correlation of monthly counts at lags of up to
    six months, null under twelve months. `cells` lists the events behind each number.
    """
    pairs, meta = await analytics.correlate_actors(database, query)
    if not pairs:
        meta["hints"] = await explain_emptiness(database, query)
    return envelope(pairs, _links(request), meta)
