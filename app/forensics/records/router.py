"""Routes over takedowns and claims: search and one, as JSON, NDJSON, CSV and ClaimReview."""

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.negotiation import negotiate
from app.core.query_string import NoQuery, from_query
from app.core.routes import DirectRoute
from app.events.links import Links
from app.events.responses import envelope, json_response, problems
from app.forensics.records import outputs, service
from app.forensics.records.claim_review import review_of_claim
from app.forensics.records.queries import (
    ClaimFormat,
    ClaimItemFormat,
    ClaimQuery,
    ClaimsQuery,
    TakedownFormat,
    TakedownsQuery,
)
from app.forensics.records.schemas import ClaimDetail, ClaimPage, TakedownDetail, TakedownPage
from app.plans import Feature

router = APIRouter(
    prefix="/v1/forensics",
    tags=["forensics"],
    route_class=DirectRoute,
    dependencies=[Depends(requires(Feature.FORENSICS))],
)
_SLUG = r"^[a-z0-9][a-z0-9-]{0,99}$"
TakedownId = Annotated[
    str,
    Path(pattern=_SLUG, description="A takedown's id.", examples=["twitter-2020-10-five-networks"]),
]
ClaimId = Annotated[
    str, Path(pattern=_SLUG, description="A claim's id.", examples=["refinery-blast-2020-10"])
]
_ITEM_TYPES = {
    ClaimItemFormat.JSON: "application/json",
    ClaimItemFormat.CLAIM_REVIEW: outputs.JSON_LD,
}


def _formats(types: Mapping[Any, str], description: str) -> dict[int | str, dict[str, Any]]:
    text = {"schema": {"type": "string"}}
    content = {type_.partition(";")[0]: text for type_ in types.values()}
    content["application/json"] = {}
    return {200: {"description": description, "content": content}}


@router.get(
    "/takedowns",
    operation_id="listTakedowns",
    summary="Search takedowns",
    response_model=TakedownPage,
    responses={**_formats(outputs.TAKEDOWN_TYPES, "A page of takedowns."), **problems(403)},
)
async def list_takedowns(
    query: Annotated[TakedownsQuery, from_query(TakedownsQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """What platforms announced of accounts they acted on, newest first.

    Every attribution is that of `attributed_by`; the service makes none.
    """
    format_ = negotiate(query.f, request.headers.get("accept", ""), outputs.TAKEDOWN_TYPES)
    answer = await service.list_records(database, "takedown", query, caller.plan)
    links = Links.to(request.scope, outputs.TAKEDOWN_TYPES[format_].partition(";")[0])
    if format_ is TakedownFormat.JSON:
        return envelope(answer.items, links.of(answer.next_cursor), answer.meta)
    if format_ is TakedownFormat.NDJSON:
        body = outputs.ndjson(answer.items)
    else:
        body = outputs.table(answer.items, outputs.TAKEDOWN_COLUMNS)
    return _with_next(body, links, answer.next_cursor, outputs.TAKEDOWN_TYPES[format_])


@router.get(
    "/takedowns/{takedown_id}",
    operation_id="getTakedown",
    summary="One takedown",
    response_model=TakedownDetail,
    responses=problems(403, 404, 410),
)
async def get_takedown(
    takedown_id: TakedownId,
    _: Annotated[NoQuery, from_query(NoQuery)],
    database: ReadDatabase,
) -> Response:
    """A takedown with its sources, the events that tell of it, and the steps the record took."""
    return json_response(await service.get_record(database, "takedown", takedown_id))


@router.get(
    "/claims",
    operation_id="listClaims",
    summary="Search claims",
    response_model=ClaimPage,
    responses={**_formats(outputs.CLAIM_TYPES, "A page of claims."), **problems(403)},
)
async def list_claims(
    query: Annotated[ClaimsQuery, from_query(ClaimsQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Claims, statements, laws and propaganda pieces, with the verdict of whoever reviewed them.

    `f=claimreview` gives schema.org ClaimReview for those of the page that have a verdict.
    """
    format_ = negotiate(query.f, request.headers.get("accept", ""), outputs.CLAIM_TYPES)
    answer = await service.list_records(database, "claim", query, caller.plan)
    links = Links.to(request.scope, outputs.CLAIM_TYPES[format_].partition(";")[0])
    if format_ is ClaimFormat.JSON:
        return envelope(answer.items, links.of(answer.next_cursor), answer.meta)
    if format_ is ClaimFormat.NDJSON:
        body = outputs.ndjson(answer.items)
    elif format_ is ClaimFormat.CSV:
        body = outputs.table(answer.items, outputs.CLAIM_COLUMNS)
    else:
        body = outputs.reviews(answer.items)
    return _with_next(body, links, answer.next_cursor, outputs.CLAIM_TYPES[format_])


@router.get(
    "/claims/{claim_id}",
    operation_id="getClaim",
    summary="One claim",
    response_model=ClaimDetail,
    responses={**_formats(_ITEM_TYPES, "A claim."), **problems(403, 404, 410)},
)
async def get_claim(
    claim_id: ClaimId,
    query: Annotated[ClaimQuery, from_query(ClaimQuery)],
    request: Request,
    database: ReadDatabase,
) -> Response:
    """A claim with its sources, verdict, the events that tell of it, and the record's steps."""
    format_ = negotiate(query.f, request.headers.get("accept", ""), _ITEM_TYPES)
    claim = await service.get_record(database, "claim", claim_id)
    if format_ is ClaimItemFormat.JSON:
        return json_response(claim)
    return Response(orjson.dumps(review_of_claim(claim)), media_type=outputs.JSON_LD)


def _with_next(body: bytes, links: Links, cursor: str | None, media_type: str) -> Response:
    headers = {} if cursor is None else {"Link": f'<{links.next(cursor)}>; rel="next"'}
    return Response(body, headers=headers, media_type=media_type)
