"""The OpenAPI document against the service: what is sent is what is described, and nothing breaks it."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from app.events.examples import EVENT, EVENT_PAGE
from app.events.schemas import Event, EventPage
from app.main import create_app
from tests.conftest import at_database, make_settings
from tests.listening import listening

# What these take is told in words, not in a pattern: not all that fits the schema can be read.
OWN_GRAMMAR = {"q", "datetime", "bbox", "near", "radius_km", "cursor", "sortby", "since"}
# These go together with others only: highlights with a q, fields with a format that is no feed.
CONDITIONAL = {"highlights", "fields"}
document = create_app(make_settings(), "postgresql://localhost/nowhere").openapi()
# What is free and only read; accounts, billing and exports are tested by their own stories.
READING = {"events", "analytics", "reports", "registry"}
reading = {
    **document,
    "paths": {
        path: {"get": operations["get"]}
        for path, operations in document["paths"].items()
        if "get" in operations and READING & set(operations["get"]["tags"])
    },
}
# The usual refusals of what the document forbids, and that of an address that it made too long.
REFUSALS = {"negative_data_rejection": {"expected-statuses": [400, 404, 405, 414]}}
config = schemathesis.config.SchemathesisConfig.from_dict({"checks": REFUSALS})
api = schemathesis.openapi.from_dict(reading, config=config)
load_all_checks()


@pytest.fixture(scope="module")
def address(server_url: str, run_id: str) -> Iterator[str]:
    """The service over the demo data on a port of its own."""
    with listening(
        create_app(make_settings(), at_database(server_url, f"demo_{run_id}"))
    ) as served:
        yield served


def test_examples_are_what_they_show() -> None:
    Event.model_validate(EVENT, extra="forbid")
    EventPage.model_validate(EVENT_PAGE, extra="forbid")
    shown = document["paths"]["/v1/events"]["get"]["responses"]["200"]["content"]
    assert shown["application/json"]["example"] == EVENT_PAGE


def test_every_operation_is_described() -> None:
    identities = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["description"], (method, path)
            identities.add(operation["operationId"])
            for status, response in operation["responses"].items():
                problem = "application/problem+json" in response.get("content", {})
                assert problem == (int(status) >= 400), (path, status)
            for parameter in operation.get("parameters", []):
                assert parameter["description"], (path, parameter["name"])
                if path in reading["paths"]:
                    assert "null" not in str(parameter["schema"]), (path, parameter["name"])
    assert len(identities) == sum(map(len, document["paths"].values()))


@api.parametrize()
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_the_service_does_what_its_document_says(case: Any, address: str) -> None:
    case.call_and_validate(
        base_url=address,
        excluded_checks=[positive_data_acceptance]
        if (OWN_GRAMMAR | CONDITIONAL) & set(case.query)
        else [],
    )
