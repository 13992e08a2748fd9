"""Routes to reports."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import PUBLIC
from app.core.http import ReadDatabase
from app.core.pagination import clipped
from app.core.query_string import NoQuery, from_query
from app.events.links import Links
from app.events.responses import envelope, json_response, problems
from app.reports.schemas import Report, ReportPage, ReportsQuery
from app.reports.service import get_report, list_reports

router = APIRouter(prefix="/v1/reports", tags=["reports"])
ReportId = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9][a-z0-9-]{0,99}$",
        description="The key of an edition.",
        examples=["demo-2020-11"],
    ),
]


@router.get(
    "",
    operation_id="listReports",
    summary="Reports",
    response_model=ReportPage,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def search_reports(
    query: Annotated[ReportsQuery, from_query(ReportsQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Editions of the monitor, newest first."""
    limit, meta = clipped(query.limit, caller.plan.page_cap, caller.plan.key)
    reports, following = await list_reports(database, limit, query.cursor)
    links = Links.to(request.scope).of(following)
    return envelope(reports, links, meta)


@router.get(
    "/{report_id}",
    operation_id="getReport",
    summary="One report",
    response_model=Report,
    responses=problems(404),
    openapi_extra=PUBLIC,
)
async def get_one(
    report_id: ReportId, _: Annotated[NoQuery, from_query(NoQuery)], database: ReadDatabase
) -> Response:
    """An edition with its sections, must-reads and events, and its share of state media by named
    definitions against the promised 20 percent."""
    return json_response(await get_report(database, report_id))
