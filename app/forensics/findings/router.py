"""Routes of analyses and findings: ask, follow, read, make again, correct, reply."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from app.access.gate import Caller
from app.access.idempotency import IdempotencyKey, once_of
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.pagination import OwnPageQuery
from app.core.query_string import NoQuery, from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.forensics.findings import analyses, service
from app.forensics.findings.document import FindingDocument, digest_of
from app.forensics.findings.examples import (
    ANALYSES_PAGE,
    ANALYSIS,
    FINDINGS_PAGE,
    REPLY_FILED,
    answers,
)
from app.forensics.findings.schemas import (
    ANALYSES,
    FINDINGS,
    AnalysisPage,
    AnalysisShown,
    AnalysisWish,
    CorrectionWish,
    FindingPage,
    FindingShown,
    FindingsQuery,
    ReplyFiled,
    ReplyWish,
)
from app.forensics.findings.stream import follow
from app.forensics.findings.views import summary_shown
from app.plans import Feature

_ACCESS = [Depends(requires(Feature.FORENSICS))]
analyses_router = APIRouter(prefix=ANALYSES, tags=["forensics"], dependencies=_ACCESS)
findings_router = APIRouter(prefix=FINDINGS, tags=["forensics"], dependencies=_ACCESS)
# Whoever is named may reply, on any plan.
replies_router = APIRouter(
    prefix=FINDINGS, tags=["forensics"], dependencies=[Depends(requires(Feature.ACCOUNT))]
)
_ID = "3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21"
AnalysisId = Annotated[UUID, Path(description="An analysis of yours.", examples=[_ID])]
FindingId = Annotated[UUID, Path(description="A finding's id.", examples=[_ID])]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="A version's number.", examples=[1])]
Nothing = Annotated[NoQuery, from_query(NoQuery)]
_PRIVATE = {"Cache-Control": "no-store"}
_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The document's bytes, canonical JSON (RFC 8785).",
        "model": FindingDocument,
    }
}


@analyses_router.post(
    "",
    operation_id="createAnalysis",
    summary="Ask for an analysis",
    status_code=202,
    response_model=AnalysisShown,
    responses={**answers(ANALYSIS, 202), **problems(403, 409, 422)},
)
async def create_analysis(
    body: AnalysisWish,
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    _: Nothing,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Who shared the same at the same time, in the posts of a corpus as they are now.

    It is done in the background, each account in turn. `Location` is where to follow it; its
    finding is linked there once it is done. That nothing was found is a finding like any other.
    """
    settings = request.app.state.settings
    once = await once_of(request, settings.secrets, caller.subject, idempotency_key)
    shown = await analyses.create_analysis(database, settings, caller, body, once)
    return _json(shown, 202, {"Location": f"{ANALYSES}/{shown.id}"})


@analyses_router.get(
    "",
    operation_id="listAnalyses",
    summary="One's own analyses",
    response_model=AnalysisPage,
    responses={**answers(ANALYSES_PAGE), **problems(403)},
)
async def list_analyses(
    query: Annotated[OwnPageQuery, from_query(OwnPageQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """The account's analyses, newest first."""
    found, cursor = await analyses.list_analyses(database, caller, query.limit, query.cursor)
    return _page(request, [one.model_dump(mode="json") for one in found], cursor)


@analyses_router.get(
    "/{analysis_id}",
    operation_id="getAnalysis",
    summary="How far an analysis is",
    response_model=AnalysisShown,
    responses={**answers(ANALYSIS), **problems(403, 404)},
)
async def get_analysis(
    analysis_id: AnalysisId, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """Its status, what is being done, and once done its finding."""
    return _json(await analyses.get_analysis(database, caller, analysis_id))


@analyses_router.get(
    "/{analysis_id}/stream",
    operation_id="streamAnalysis",
    summary="An analysis as it goes on",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events named by the status, with the analysis as data.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(403, 404),
    },
)
async def stream_analysis(
    analysis_id: AnalysisId, request: Request, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """An event whenever something changes; it ends with the analysis, or after ten minutes."""
    await analyses.get_analysis(database, caller, analysis_id)
    assert caller.account_id is not None
    account_id = caller.account_id
    streams = request.app.state.alert_streams
    streams.check(account_id)

    async def sent() -> AsyncIterator[bytes]:
        with streams.one(account_id):
            async for shown in follow(database, caller, analysis_id):
                yield KEEPALIVE_COMMENT if shown is None else _event(shown)

    return StreamingResponse(sent(), headers=_PRIVATE, media_type="text/event-stream")


@analyses_router.delete(
    "/{analysis_id}",
    operation_id="cancelAnalysis",
    summary="Cancel an analysis",
    status_code=204,
    responses=problems(403, 404),
)
async def cancel_analysis(
    analysis_id: AnalysisId, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """It stops wherever it is, and stays listed; one that has ended stays as it is."""
    await analyses.cancel_analysis(database, caller, analysis_id)
    return Response(status_code=204, headers=_PRIVATE)


@findings_router.get(
    "",
    operation_id="listFindings",
    summary="Findings",
    response_model=FindingPage,
    responses={**answers(FINDINGS_PAGE), **problems(403)},
)
async def list_findings(
    query: Annotated[FindingsQuery, from_query(FindingsQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """One's own and the published ones, newest first, those that were taken back too."""
    found, cursor = await service.list_findings(database, caller, query)
    items = [summary_shown(finding).model_dump(mode="json") for finding in found]
    return _page(request, items, cursor)


@findings_router.get(
    "/{finding_id}",
    operation_id="getFinding",
    summary="A finding",
    response_model=FindingShown,
    responses=problems(403, 404, 410),
)
async def get_finding(
    finding_id: FindingId, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """The latest version's document, and what has happened since: corrections, replies, a retraction.

    Behaviour was measured; source status is a registry's, cited; attribution is a third party's
    claim. None of them follows from another.
    """
    return _json(await service.show_finding(database, caller, finding_id))


@findings_router.get(
    "/{finding_id}/versions/{number}",
    operation_id="getFindingVersion",
    summary="The bytes of one version of a finding",
    response_class=Response,
    responses={**_DOCUMENT, **problems(403, 404, 410)},
)
async def get_version(
    finding_id: FindingId, number: Number, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """The document as it was made; `ETag` is its SHA-256."""
    version = await service.get_version(database, caller, finding_id, number)
    return _document(version.document)


@findings_router.post(
    "/{finding_id}/recompute",
    operation_id="recomputeFinding",
    summary="Make a finding again",
    status_code=202,
    response_model=AnalysisShown,
    responses={**answers(ANALYSIS, 202), **problems(403, 404, 409, 410)},
)
async def recompute(
    finding_id: FindingId, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """The latest version, from the same posts by the same method: the same bytes must come out.

    Follow it at `Location`; `recomputed.same_bytes` tells whether they did.
    """
    shown = await analyses.recompute(database, caller, finding_id, None)
    return _json(shown, 202, {"Location": f"{ANALYSES}/{shown.id}"})


@findings_router.get(
    "/{finding_id}/recompute",
    operation_id="getRecomputedFinding",
    summary="The bytes of a finding that was made again",
    response_class=Response,
    responses={**_DOCUMENT, **problems(403, 404, 409, 410)},
)
async def get_recomputed(
    finding_id: FindingId, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """What came out the last time; compare it with the version's own bytes."""
    analysis = await analyses.get_recomputed(database, caller, finding_id)
    assert analysis.recomputed is not None
    return _document(analysis.recomputed)


@findings_router.post(
    "/{finding_id}/corrections",
    operation_id="correctFinding",
    summary="Add a correction to a finding",
    status_code=201,
    response_model=FindingShown,
    responses=problems(403, 404, 410, 422),
)
async def correct(
    finding_id: FindingId, body: CorrectionWish, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """One's own finding; what is said stays with it. For other numbers ask for another version."""
    await service.correct(database, caller, finding_id, body.note)
    return _json(await service.show_finding(database, caller, finding_id), 201)


@findings_router.post(
    "/{finding_id}/retraction",
    operation_id="retractFinding",
    summary="Take a finding back",
    response_model=FindingShown,
    responses=problems(403, 404, 409, 410, 422),
)
async def retract(
    finding_id: FindingId, body: CorrectionWish, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """One's own finding. It stays where it is and says that, when and why it was taken back."""
    await service.retract(database, caller, finding_id, body.note)
    return _json(await service.show_finding(database, caller, finding_id))


@replies_router.post(
    "/{finding_id}/replies",
    operation_id="replyToFinding",
    summary="Reply to a finding that names one's account",
    status_code=202,
    response_model=ReplyFiled,
    responses={**answers(REPLY_FILED, 202), **problems(403, 404, 422)},
)
async def reply(
    finding_id: FindingId, body: ReplyWish, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """On any plan. An operator sees that it is you; then the reply is shown with the finding."""
    return _json(await service.file_reply(database, caller, finding_id, body), 202)


def _json(view: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        view.model_dump_json(),
        status,
        headers={**_PRIVATE, **(headers or {})},
        media_type="application/json",
    )


def _event(shown: AnalysisShown) -> bytes:
    return format_sse_event(event=shown.status, data_str=shown.model_dump_json())


def _document(document: bytes) -> Response:
    headers = {**_PRIVATE, "ETag": f'"{digest_of(document)}"'}
    return Response(document, headers=headers, media_type="application/json")


def _page(request: Request, items: list[dict[str, Any]], cursor: str | None) -> Response:
    answer = envelope(items, Links.to(request.scope).of(cursor))
    answer.headers.update(_PRIVATE)
    return answer
