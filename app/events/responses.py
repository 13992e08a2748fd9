"""Answers as bytes, and what the OpenAPI document says of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from app.core.problems import PROBLEM_JSON
from app.events.formats import MEDIA_TYPES, Format
from app.events.schemas import EventFeature, EventFeatures, Feed

_PROBLEMS = {
    400: "A parameter is unknown or cannot be read; `errors` names it.",
    401: "The credential is not valid.",
    403: "The credential is good, but not for this; `code` says why.",
    404: "There is no such thing.",
    409: "It does not go with what is there already.",
    410: "It was taken back; its history stays.",
    413: "The body is too large.",
    414: "The address is too long.",
    416: "The range is beyond the end of the file.",
    422: "The body cannot be read; `errors` names the field.",
    429: "A limit is used up; `Retry-After` says when to come back.",
    503: "The database is busy or away.",
}


def problems(
    *statuses: int, said: Mapping[int, str] | None = None
) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: its errors, all in one shape, some of them `said` in other words."""
    told = {**_PROBLEMS, **(said or {})}
    schema = {"$ref": "#/components/schemas/Problem"}
    # What can read a body wrongly can be sent one that is too large.
    body = {413} if 422 in statuses else set()
    return {
        status: {"description": told[status], "content": {PROBLEM_JSON: {"schema": schema}}}
        for status in sorted({400, 401, 414, 429, 503, *statuses, *body})
    }


def list_formats(example: Mapping[str, Any]) -> dict[str, Any]:
    """The success of a list of events: its schema for JSON, its media types for the others."""
    schemas = {Format.GEOJSON: _schema_of(EventFeatures), Format.JSONFEED: _schema_of(Feed)}
    content: dict[str, Any] = {
        MEDIA_TYPES[name].partition(";")[0]: {"schema": schemas.get(name, {"type": "string"})}
        for name in Format
    }
    content["application/json"] = {"example": example}
    return {"description": "A page of events.", "content": content}


def item_formats() -> dict[str, Any]:
    """The success of one event: its schema for JSON, and GeoJSON."""
    content = {MEDIA_TYPES[Format.GEOJSON]: {"schema": _schema_of(EventFeature)}}
    return {"description": "An event.", "content": content}


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """A schema that stands by itself, for a media type that the framework does not document."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def resolved(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return resolved(definitions[part["$ref"].rpartition("/")[2]])
            return {name: resolved(value) for name, value in part.items()}
        return [resolved(value) for value in part] if isinstance(part, list) else part

    return dict(resolved(schema))


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
