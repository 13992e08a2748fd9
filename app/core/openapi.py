"""The OpenAPI document: one error shape, optional keys, nothing the service does not do."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from app.core.query_string import query_model_of

DESCRIPTION = """
Open-source events on what Venezuela, Russia, Iran and China do in the Americas: each with date,
place, actors, category and sources. Search is free and needs no key; a key raises the limits.

Every list has `items`, `links`, `returned` and `meta`; follow `links[rel=next]` for the next page.
Errors are `application/problem+json`. Send the key as `Authorization: Bearer KEY` or `X-API-Key`.
"""
TAGS = (
    "events", "analytics", "reports", "registry", "routes", "forensics", "alerts", "accounts",
    "billing", "exports",
)  # fmt: skip
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "API key or access token"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
_CREDENTIALS: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}]


def describe_api(app: FastAPI, access_of: Callable[[RouteContext], str | None]) -> None:
    """Replace the framework's document by one that tells what is answered here.

    Args:
        access_of: what a route asks of its caller: `public`, or the name of a feature.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes
            )
            schema["components"]["securitySchemes"] = _SECURITY
            schema["components"]["schemas"].update(Problem=_PROBLEM, ProblemError=_PROBLEM_ERROR)
            schema["security"] = [{}, *_CREDENTIALS]
            schema["tags"] = [{"name": name} for name in TAGS]
            _add_query_parameters(schema, app.routes)
            _drop_nulls(schema)
            _add_access(schema, app.routes, access_of)
            _drop_default_errors(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _add_query_parameters(schema: dict[str, Any], routes: Sequence[BaseRoute]) -> None:
    """Document the fields of the models that routes read from the query string."""
    for context in iter_route_contexts(routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        for dependency in route.dependant.dependencies:
            model = query_model_of(dependency.call)
            if model is None:
                continue
            described = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schema["components"]["schemas"].update(described.get("$defs", {}))
            required = described.get("required", [])
            parameters = [
                {
                    "name": name,
                    "in": "query",
                    "required": name in required,
                    "description": field.pop("description", ""),
                    **({"example": field.pop("examples")[0]} if "examples" in field else {}),
                    "schema": field,
                }
                for name, field in described.get("properties", {}).items()
            ]
            for method in route.methods or ():
                operation = schema["paths"][context.path][method.lower()]
                operation["parameters"] = [*operation.get("parameters", []), *parameters]


def _add_access(
    schema: dict[str, Any],
    routes: Sequence[BaseRoute],
    access_of: Callable[[RouteContext], str | None],
) -> None:
    """Say of each operation which credential it takes, and which feature it asks for."""
    for context in iter_route_contexts(routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        access = access_of(context)
        for method in route.methods or ():
            operation = schema["paths"][context.path][method.lower()]
            operation["x-access"] = access
            if access != "public":
                # The others are left to the document's own: generated clients ask for a credential
                # wherever an operation speaks of one.
                operation["security"] = _CREDENTIALS


def _drop_nulls(schema: dict[str, Any]) -> None:
    """A parameter that is not given is absent; there is no null in a query string or a header."""
    for path in schema["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in field.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return field
    rest = {name: value for name, value in field.items() if name not in ("anyOf", "default")}
    return {**rest, **kinds[0]}


def _drop_default_errors(schema: dict[str, Any]) -> None:
    for path in schema["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            if "422" in responses and "application/json" in responses["422"].get("content", {}):
                del responses["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(name, None)


_PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
    },
}
_PROBLEM_ERROR = {
    "title": "ProblemError",
    "description": "What is wrong with one part of the request.",
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "location": {"type": "string"},
        "reason": {"type": "string"},
    },
}
