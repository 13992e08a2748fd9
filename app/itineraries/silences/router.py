"""The route to what was in reach of a silent craft."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.events.responses import json_response, problems
from app.itineraries.silences import service
from app.itineraries.silences.schemas import ReachabilityAnswer, ReachabilityWish
from app.plans import Feature

router = APIRouter(
    prefix="/v1/routes/reachability",
    tags=["routes"],
    dependencies=[Depends(requires(Feature.ROUTES))],
)


@router.post(
    "", operation_id="analyseReachability", summary="What was in reach of a silent craft",
    response_model=ReachabilityAnswer, responses=problems(403, 404, 422),
)  # fmt: skip
async def analyse_reachability(
    body: ReachabilityWish,
    caller: Caller,
    database: ReadDatabase,
    _: Annotated[NoQuery, from_query(NoQuery)],
) -> Response:
    """Ports, places, zones and other silent craft held against a silence: the way there and on, by
    sea or straight, and the hours left over. It says what was possible, never what happened."""
    assert caller.account_id is not None
    answer = await service.analyse_silence(database, caller.account_id, body)
    return json_response(answer, {"Cache-Control": "no-store"})
