"""Routes of exports: ask for one, follow it, fetch its file."""

import base64
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.idempotency import IdempotencyKey
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.pagination import OwnPageQuery
from app.core.query_string import from_query
from app.events.links import Links
from app.events.responses import problems
from app.exports import service
from app.exports.models import Export
from app.exports.router_files import RangedFile
from app.exports.schemas import (
    FILE_TYPES,
    SUFFIXES,
    ExportFormat,
    ExportPage,
    ExportRequest,
    ExportView,
)
from app.exports.views import EXAMPLE, PAGE_EXAMPLE, PATH, first_view_of, view_of
from app.plans import Feature

router = APIRouter(
    prefix="/v1/exports", tags=["exports"], dependencies=[Depends(requires(Feature.EXPORT))]
)
ExportId = Annotated[UUID, Path(description="An export's id.", examples=[EXAMPLE["id"]])]
_NO_STORE = {"Cache-Control": "no-store"}
_TEXT = {"type": "string"}
_BINARY = {**_TEXT, "format": "binary"}
_PROBLEMS = {
    403: "The plan or the key is without exports.",
    404: "The caller has no such export.",
    409: "The key was used for another request, or there is no file yet.",
    410: "The file has expired.",
    422: "The body is not a filter and a format; `errors` names what is wrong.",
    503: "The database or the place of the files is away.",
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return problems(403, *statuses, said=_PROBLEMS)


def _example(status: int, example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {status: {"content": {"application/json": {"example": example}}}}


@router.post(
    "",
    operation_id="createExport",
    summary="Ask for an export",
    status_code=202,
    response_model=ExportView,
    responses={**_example(202, EXAMPLE), **_problems(409, 422)},
)
async def create_export(
    body: ExportRequest,
    caller: Caller,
    database: ReadDatabase,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """All events that match a filter, as one file, within the plan's cap.

    The body has the filters of the list and a format. `Location` is where to follow it.
    """
    assert caller.account_id is not None
    export = await service.create_export(
        database, caller.account_id, caller.plan, body, idempotency_key
    )
    headers = {**_NO_STORE, "Location": f"{PATH}/{export.id}"}
    return _json(first_view_of(export), 202, headers)


@router.get(
    "",
    operation_id="listExports",
    summary="One's own exports",
    response_model=ExportPage,
    responses={**_example(200, PAGE_EXAMPLE), **_problems()},
)
async def list_exports(
    query: Annotated[OwnPageQuery, from_query(OwnPageQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """The account's exports, newest first, those that expired within a month too."""
    assert caller.account_id is not None
    found, cursor = await service.list_exports(
        database, caller.account_id, query.limit, query.cursor
    )
    links = Links(PATH, request.url.query, "application/json")
    body = {
        "items": [view_of(export).model_dump(mode="json") for export in found],
        "links": links.of(cursor),
        "returned": len(found),
        "meta": {},
    }
    headers = dict(_NO_STORE)
    if cursor is not None:
        headers["Link"] = f'<{links.next(cursor)}>; rel="next"'
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


@router.get(
    "/{export_id}",
    operation_id="getExport",
    summary="How far an export is",
    response_model=ExportView,
    responses={**_example(200, EXAMPLE), **_problems(404)},
)
async def get_export(export_id: ExportId, caller: Caller, database: ReadDatabase) -> Response:
    """Its status, progress, and once done the size and SHA-256 of its file."""
    assert caller.account_id is not None
    export = await service.get_export(database, caller.account_id, export_id)
    return _json(view_of(export), 200, _NO_STORE)


@router.get(
    "/{export_id}/file",
    operation_id="getExportFile",
    summary="The file of an export",
    response_class=Response,
    responses={
        200: {
            "description": "The whole file.",
            "content": {
                type_.partition(";")[0]: {
                    "schema": _BINARY if format_ is ExportFormat.GEOPARQUET else _TEXT
                }
                for format_, type_ in FILE_TYPES.items()
            },
        },
        304: {"description": "The caller has it already, as `If-None-Match` says."},
        206: {"description": "The range that was asked for."},
        **_problems(404, 409, 410, 416),
    },
)
async def get_export_file(
    export_id: ExportId, request: Request, caller: Caller, database: ReadDatabase
) -> Response:
    """The file, or ranges of it; `Repr-Digest` has its SHA-256 (RFC 9530)."""
    assert caller.account_id is not None
    export = await service.get_export(database, caller.account_id, export_id)
    path = service.file_of(export, request.app.state.settings)
    headers = _file_headers(export)
    known = request.headers.get("if-none-match", "")
    if {headers["ETag"], "*"} & {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return RangedFile(
        path,
        media_type=FILE_TYPES[ExportFormat(export.format)],
        filename=_file_name(export),
        headers=headers,
    )


@router.delete(
    "/{export_id}",
    operation_id="deleteExport",
    summary="Cancel or remove an export",
    status_code=204,
    responses=_problems(404),
)
async def delete_export(
    export_id: ExportId, request: Request, caller: Caller, database: ReadDatabase
) -> Response:
    """An unfinished one is cancelled and stays listed; another one goes, with its file."""
    assert caller.account_id is not None
    settings = request.app.state.settings
    await service.delete_export(database, settings, caller.account_id, export_id)
    return Response(status_code=204)


def _json(view: ExportView, status: int, headers: dict[str, str]) -> Response:
    return Response(view.model_dump_json(), status, headers=headers, media_type="application/json")


def _file_name(export: Export) -> str:
    suffix = SUFFIXES[ExportFormat(export.format)]
    return f"vric-events-{export.created_at:%Y%m%d}-{str(export.id)[:8]}.{suffix}"


def _file_headers(export: Export) -> dict[str, str]:
    digest = base64.b64encode(bytes.fromhex(export.sha256 or "")).decode()
    return {
        "ETag": f'"{export.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Digest": f"SHA-256={digest}",
        "Cache-Control": "private, no-transform",
    }
