"""The route that finds lookalike domains."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.forensics.lookalikes.schemas import LookalikePage, LookalikeWish
from app.forensics.lookalikes.service import find_lookalikes as answer
from app.plans import Feature

lookalikes_router = APIRouter(
    prefix="/v1/forensics/lookalikes",
    tags=["forensics"],
    dependencies=[Depends(requires(Feature.FORENSICS))],
)


@lookalikes_router.post(
    "",
    operation_id="findLookalikes",
    summary="Which domains may be taken for another's",
    response_model=LookalikePage,
    responses=problems(403, 422),
)
async def find_lookalikes(
    body: LookalikeWish,
    request: Request,
    database: ReadDatabase,
    _: Annotated[NoQuery, from_query(NoQuery)],
) -> Response:
    """Each domain with those that it may be taken for, and why: a score is a sum of named parts.

    Likeness is no proof: an owner has names like its own, and papers of several countries bear one
    name. What the registry says of the domain itself stands apart, in `listed`.
    """
    items, meta = await answer(database, body)
    shown = envelope(items, Links.to(request.scope).of(None), meta)
    shown.headers["Cache-Control"] = "no-store"
    return shown
