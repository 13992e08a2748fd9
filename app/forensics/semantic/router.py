"""The route of search by meaning."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.query_string import from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.forensics.semantic import service
from app.forensics.semantic.embedders import Embedder, find_embedder
from app.forensics.semantic.queries import SemanticQuery
from app.forensics.semantic.schemas import SemanticPage
from app.plans import Feature

router = APIRouter(
    prefix="/v1/forensics/search",
    tags=["forensics"],
    dependencies=[Depends(requires(Feature.FORENSICS))],
)


def get_embedder(request: Request) -> Embedder | None:
    """What makes vectors here, `None` where nothing does."""
    return find_embedder(request.app.state.settings)


@router.get(
    "",
    operation_id="searchByMeaning",
    summary="Search by meaning, across languages",
    response_model=SemanticPage,
    responses=problems(
        403, 404, said={503: "No embedding is installed or set, it does not answer, or nothing has"
                             " vectors yet; `detail` says which."}
    ),
)  # fmt: skip
async def search(
    query: Annotated[SemanticQuery, from_query(SemanticQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    embedder: Annotated[Embedder | None, Depends(get_embedder)],
) -> Response:
    """Events and posts that tell of the same, whatever words and language they use.

    There is always a nearest text: `meta.calibration` tells which similarities mean something.
    """
    hits, meta = await service.search(database, caller, embedder, query)
    answer = envelope(
        [hit.model_dump(mode="json") for hit in hits],
        Links.to(request.scope).of(None),
        meta.model_dump(mode="json"),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
