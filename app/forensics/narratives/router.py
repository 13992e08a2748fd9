"""The route of narratives."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.query_string import from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.forensics.narratives import service
from app.forensics.narratives.queries import NarrativesQuery
from app.forensics.narratives.schemas import NarrativePage
from app.plans import Feature

router = APIRouter(
    prefix="/v1/forensics/narratives",
    tags=["forensics"],
    dependencies=[Depends(requires(Feature.FORENSICS))],
)


@router.get(
    "",
    operation_id="listNarratives",
    summary="Narratives of a finding or a corpus",
    response_model=NarrativePage,
    responses=problems(403, 404, 410),
)
async def list_narratives(
    query: Annotated[NarrativesQuery, from_query(NarrativesQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Stories that were told again: where the collection first has them, how far they came, in
    which languages, and when they burst.

    They are read from a finding of chains: ask for one by `kind: chains` at /v1/forensics/analyses.
    Who told a story is not said to have meant anything by it.
    """
    answer = await service.list_narratives(database, caller, query)
    shown = envelope(
        [one.model_dump(mode="json") for one in answer.narratives],
        Links.to(request.scope).of(answer.cursor),
        answer.meta.model_dump(mode="json"),
    )
    shown.headers["Cache-Control"] = "no-store"
    return shown
