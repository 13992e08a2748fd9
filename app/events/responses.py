"""Answers as bytes, and what the OpenAPI document says of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.responses import Response

from app.core.errors import PROBLEM_JSON
from app.events.formats import MEDIA_TYPES, Format

_PROBLEMS = {
    400: "A parameter is unknown or cannot be read; `errors` names it.",
    401: "The credential is not valid.",
    403: "The credential is good, but not for this; `code` says why.",
    404: "There is no such thing.",
    409: "It does not go with what is there already.",
    410: "It was taken back; its history stays.",
    422: "The body cannot be read; `errors` names the field.",
    429: "A limit is used up; `Retry-After` says when to come back.",
    503: "The database is busy or away.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: its errors, all in one shape."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _PROBLEMS[status], "content": {PROBLEM_JSON: {"schema": schema}}}
        for status in sorted({400, 401, 429, 503, *statuses})
    }


def list_formats(example: Mapping[str, Any]) -> dict[str, Any]:
    """The success of a list of events: its schema for JSON, its media types for the others."""
    content: dict[str, Any] = {
        MEDIA_TYPES[name].partition(";")[0]: {"schema": {"type": "string"}}
        for name in Format
        if name not in (Format.JSON, Format.GEOJSON, Format.JSONFEED)
    }
    for name in (Format.GEOJSON, Format.JSONFEED):
        content[MEDIA_TYPES[name]] = {"schema": {"type": "object"}}
    content["application/json"] = {"example": example}
    return {"description": "A page of events.", "content": content}


def json_response(body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), headers=dict(headers or {}), media_type="application/json")


def envelope(
    items: Sequence[Any],
    links: Sequence[Mapping[str, str]],
    meta: Mapping[str, Any] | None = None,
) -> Response:
    """A list in the shape that all lists have."""
    body = {"items": items, "links": links, "returned": len(items), "meta": meta or {}}
    following = [link["href"] for link in links if link["rel"] == "next"]
    return json_response(body, {"Link": f'<{following[0]}>; rel="next"'} if following else None)
