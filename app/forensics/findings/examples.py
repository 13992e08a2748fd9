"""Examples of what routes of analyses and findings answer; synthetic, as the demo corpus is."""

from typing import Any

from app.forensics.findings.schemas import ANALYSES, FINDINGS

_ID = "3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21"
_OTHER = "8d1b5b7c-0f3c-4a62-9d7e-52a1c2f6b0aa"
ANALYSIS: dict[str, Any] = {
    "id": _OTHER, "status": "running", "stage": "url: pairs within 60 s", "progress": 0.4,
    "purpose": "new", "kind": "coordination",
    "parameters": {"method": "null_model", "traces": [], "window_s": None},
    "finding": None, "version": None, "recomputed": None, "fault": None,
    "created_at": "2026-11-23T14:22:00Z", "started_at": "2026-11-23T14:22:01Z",
    "finished_at": None,
    "links": [
        {"rel": "self", "href": f"{ANALYSES}/{_OTHER}", "type": "application/json"},
        {"rel": "monitor", "href": f"{ANALYSES}/{_OTHER}/stream", "type": "text/event-stream"},
    ],
}  # fmt: skip
_SUMMARY: dict[str, Any] = {
    "id": _ID, "kind": "coordination", "status": "valid", "published": False,
    "created_at": "2026-11-23T14:22:04Z",
    "links": [{"rel": "self", "href": f"{FINDINGS}/{_ID}", "type": "application/json"}],
}  # fmt: skip
REPLY_FILED = {"id": _OTHER, "status": "filed"}


def page_of(item: dict[str, Any], path: str) -> dict[str, Any]:
    """A list that holds one item."""
    return {
        "items": [item],
        "links": [{"rel": "self", "href": path, "type": "application/json"}],
        "returned": 1,
        "meta": {"clipped": None},
    }


ANALYSES_PAGE = page_of(ANALYSIS, ANALYSES)
FINDINGS_PAGE = page_of(_SUMMARY, FINDINGS)
STIX = {"type": "bundle", "id": f"bundle--{_OTHER}", "objects": []}
MISP = {"Event": {"uuid": _ID, "info": "SYNTHETIC: coordination in demo", "Attribute": []}}
VEGA_LITE = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "title": "Timeline: SYNTHETIC: coordination in demo",
}


def answers(example: dict[str, Any], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route with an example of its answer."""
    return {status: {"content": {"application/json": {"example": example}}}}
