"""The OpenAPI document: every operation is described, with examples and its errors."""

import json
import re
from typing import Any

import httpx
import pytest

from app.events.examples import META
from app.events.schemas import MetaAnswer


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


READING = {"events", "analytics", "reports", "registry"}
MEMBERS = {"accounts", "alerts", "billing", "exports", "forensics", "routes"}


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


def _reading(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The free operations, which only read."""
    return {
        name: operation
        for name, operation in _operations(document).items()
        if READING & set(operation["tags"])
    }


def _examples(value: object) -> list[object]:
    """Every example within a part of the document."""
    if isinstance(value, list):
        return [found for item in value for found in _examples(item)]
    if not isinstance(value, dict):
        return []
    own = [value[name] for name in ("example", "examples") if name in value]
    return own + [found for item in value.values() for found in _examples(item)]


async def test_every_operation_is_described(document: dict[str, Any]) -> None:
    operations = _operations(document)
    assert {"GET /v1/events", "GET /v1/events/{event_id}", "GET /v1/events/{event_id}/history",
            "GET /v1/events/facets", "GET /v1/events/timeline", "GET /v1/events/correlations",
            "GET /v1/changes", "GET /v1/meta", "GET /v1/sources", "GET /v1/sources/{outlet_id}",
            "GET /v1/reports", "GET /v1/reports/{report_id}"} <= operations.keys()  # fmt: skip
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(ids) == len(set(ids))
    for name, operation in operations.items():
        assert re.fullmatch(r"[a-z]+[A-Za-z]+", operation["operationId"]), name
        assert operation["summary"], name
        assert len(operation["description"]) > 20, name
        assert operation["tags"], name
        assert "requestBody" not in operation or not name.startswith("GET "), name


async def test_every_operation_declares_its_errors(document: dict[str, Any]) -> None:
    for name, operation in _operations(document).items():
        responses = operation["responses"]
        expected = {"400", "401", "414", "429", "503"}
        expected |= {"404"} if "{" in name else set()
        expected |= {"403"} if operation["x-access"] != "public" else set()
        expected |= {"413"} if "requestBody" in operation else set()
        assert expected <= responses.keys(), name
        assert any(status < "300" for status in responses), name
        assert "422" not in responses or "requestBody" in operation, name
        for status, response in responses.items():
            assert response["description"], (name, status)
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (name, status)
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}


async def test_every_operation_has_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, operation in _reading(document).items():
        parts = {key: operation.get(key) for key in ("parameters", "responses")}
        assert _examples(parts), name
    for name, operation in _operations(document).items():
        if not MEMBERS & set(operation["tags"]):
            continue
        if "requestBody" in operation and not _is_file(operation["requestBody"]):
            assert _examples(_resolved(operation["requestBody"], schemas)), name
        for status, response in operation["responses"].items():
            content = response.get("content", {}).get("application/json")
            assert content is None or _examples(_resolved(content, schemas)), (name, status)


def _is_file(body: dict[str, Any]) -> bool:
    """Whether a body is bytes that no JSON can show."""
    return all('"format": "binary"' in json.dumps(part) for part in body["content"].values())


def _resolved(part: object, schemas: dict[str, Any]) -> object:
    """A part of the document with the schemas it refers to in their places."""
    if isinstance(part, list):
        return [_resolved(item, schemas) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _resolved(schemas[part["$ref"].rpartition("/")[2]], schemas)
    return {name: _resolved(item, schemas) for name, item in part.items()}


async def test_every_parameter_says_what_it_is(document: dict[str, Any]) -> None:
    for name, operation in _operations(document).items():
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (name, parameter["name"])


async def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    used = set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(document)))
    assert used <= schemas.keys()
    assert set(schemas) <= used
    assert set(document["components"]["securitySchemes"]) == {"bearer", "apiKey"}


async def test_answers_have_the_declared_types(
    client: httpx.AsyncClient, document: dict[str, Any]
) -> None:
    values = {"event_id": "1", "report_id": "demo-2020-11", "outlet_id": "reuters"}
    for name, operation in _reading(document).items():
        path = name.removeprefix("GET ").format(**values)
        answer = await client.get(path)
        assert answer.status_code == 200, path
        declared = operation["responses"]["200"]["content"]
        assert answer.headers["content-type"].partition(";")[0] in declared, path


async def test_the_documentation_page_is_served(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "https://" not in re.sub(r"<!--.*?-->", "", page.text)  # no third party's assets


def test_the_example_of_meta_fits_its_schema() -> None:
    assert MetaAnswer.model_validate(META)
