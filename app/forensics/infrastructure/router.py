"""The route of shared infrastructure."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.errors import InvalidParameterError
from app.core.query_string import from_query
from app.events.responses import problems
from app.forensics.infrastructure import service
from app.forensics.infrastructure.schemas import InfrastructureAnswer, InfrastructureQuery
from app.plans import Feature

PATH = "/v1/forensics/infrastructure"
CAPTURES = re.compile(PATH)
router = APIRouter(
    prefix=PATH, tags=["forensics"], dependencies=[Depends(requires(Feature.FORENSICS))]
)
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A ZIP with a folder for each site (docs/infrastructure.md), or a HAR file.",
        "content": {
            "application/zip": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {
                "schema": {"type": "object"},
                "example": {"log": {"version": "1.2", "entries": []}},
            },
        },
    }
}


@router.post(
    "",
    operation_id="compareInfrastructure",
    summary="Infrastructure that sites share",
    response_model=InfrastructureAnswer,
    responses=problems(403, 422),
    openapi_extra=_BODY,
)
async def compare_infrastructure(
    query: Annotated[InfrastructureQuery, from_query(InfrastructureQuery)],
    request: Request,
    caller: Caller,
) -> Response:
    """Analytics and advertising accounts, certificates, hosting, and page design that sites share.

    From captures that are sent: nothing is fetched, nothing is kept. What a CDN, a host, a platform
    or a theme for sale explains counts for nothing and is listed as such. No pairs is an answer.
    """
    assert caller.account_id is not None
    try:
        answer = await service.compare_captures(
            request.app.state.settings, caller.account_id, request.stream(), query.min_score
        )
    except ClientDisconnect:
        raise InvalidParameterError("the body broke off") from None
    return Response(answer, headers={"Cache-Control": "no-store"}, media_type="application/json")
