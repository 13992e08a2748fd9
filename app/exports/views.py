"""What is told of an export."""

from typing import Any

from app.core.clock import now
from app.events.schemas import Link
from app.exports.models import Export
from app.exports.schemas import FILE_TYPES, Clipped, ExportFormat, ExportView

PATH = "/v1/exports"
EXAMPLE: dict[str, Any] = {
    "id": "7f0c2a44-9a8e-4b5d-9d3c-0d6f6f2f9e11",
    "status": "done",
    "format": "csv",
    "filter": {"actor": ["IR"], "country": ["VE"]},
    "progress": 1.0,
    "rows": 14,
    "rows_cap": 10000,
    "matched": 14,
    "clipped": None,
    "data_version": 42,
    "size": 5120,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "fault": None,
    "created_at": "2026-11-23T14:22:00Z",
    "finished_at": "2026-11-23T14:22:02Z",
    "expires_at": "2026-11-30T14:22:02Z",
    "links": [
        {"rel": "self", "href": f"{PATH}/7f0c2a44-9a8e-4b5d-9d3c-0d6f6f2f9e11"},
        {"rel": "enclosure", "href": f"{PATH}/7f0c2a44-9a8e-4b5d-9d3c-0d6f6f2f9e11/file"},
    ],
}
PAGE_EXAMPLE: dict[str, Any] = {
    "items": [EXAMPLE],
    "links": [{"rel": "self", "href": PATH}],
    "returned": 1,
    "meta": {},
}


def view_of(export: Export) -> ExportView:
    """An export as it is now."""
    over = export.expires_at is not None and export.expires_at <= now()
    status = "expired" if over else export.status
    own = f"{PATH}/{export.id}"
    links = [Link(rel="self", href=own)]
    if status == "done":
        type_ = FILE_TYPES[ExportFormat(export.format)].partition(";")[0]
        links.append(Link(rel="enclosure", href=f"{own}/file", type=type_))
    return ExportView(
        id=export.id,
        status=status,
        format=ExportFormat(export.format),
        filter=export.request,
        progress=_progress(export),
        rows=export.rows,
        rows_cap=export.rows_cap,
        matched=export.matched,
        clipped=_clipped(export),
        data_version=export.data_version,
        size=export.size_bytes,
        sha256=export.sha256,
        fault=export.fault,
        created_at=export.created_at,
        finished_at=export.finished_at,
        expires_at=export.expires_at,
        links=links,
    )


def first_view_of(export: Export) -> ExportView:
    """An export as it was when it was asked for."""
    kept = ("id", "account_id", "request", "format", "plan", "rows_cap", "created_at")
    first = {name: getattr(export, name) for name in kept}
    return view_of(Export(status="queued", rows=0, **first))


def _to_write(export: Export) -> int | None:
    if export.matched is None or export.rows_cap is None:
        return export.matched
    return min(export.matched, export.rows_cap)


def _progress(export: Export) -> float:
    if export.status == "done":
        return 1.0
    to_write = _to_write(export)
    return round(export.rows / to_write, 3) if to_write else 0.0


def _clipped(export: Export) -> Clipped | None:
    to_write = _to_write(export)
    if export.matched is None or to_write is None or to_write == export.matched:
        return None
    return Clipped(asked=export.matched, given=to_write, plan=export.plan)
