"""Every route says who may use it, and the document says so too."""

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from app.access.policy import access_of
from app.core.db import Database
from app.main import create_app
from app.plans import Feature
from tests.conftest import MakeKey, make_settings, serving
from tests.problems import assert_problem

# The framework's own pages, open to all.
FRAMEWORK = {"/openapi.json", "/docs", "/docs/oauth2-redirect"}


def test_every_route_declares_its_access(demo_url: str) -> None:
    app = create_app(make_settings(), demo_url)
    undeclared, seen = [], 0
    for context in iter_route_contexts(app.routes):
        if context.path in FRAMEWORK:
            continue
        if not isinstance(context.original_route, APIRoute):
            assert str(context.path).startswith("/static"), context.path
            continue
        seen += 1
        if access_of(context) not in {"public", *Feature}:
            undeclared.append(f"{context.methods} {context.path}")
    assert undeclared == []
    assert seen >= 30


async def test_the_document_says_which_credential_a_route_takes(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["x-access"] in {"public", *Feature}, (method, path)
            security = operation.get("security", document["security"])
            assert ({} in security) == (operation["x-access"] == "public"), (method, path)
            assert {"bearer": []} in security
    ids = [o["operationId"] for p in document["paths"].values() for o in p.values()]
    assert len(ids) == len(set(ids))


async def test_gated_routes_are_shut_for_the_anonymous(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    gated = [
        (method, path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation["x-access"] != "public"
    ]
    assert ("get", "/v1/me") in gated
    for method, path in gated:
        address = path.replace("{key_id}", "1").replace("{export_id}", "0" * 32)
        answer = await client.request(method, address, json={})
        assert_problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("path", ["/v1/me/data", "/v1/me/audit"])
async def test_a_key_is_no_owner(database: Database, make_account_key: MakeKey, path: str) -> None:
    key = await make_account_key()
    async with serving(database.url) as client:
        answer = await client.get(path, headers={"X-API-Key": key})
        assert_problem(answer, 403, "insufficient_scope")
        for method, other in (
            ("POST", "/v1/keys"), ("DELETE", "/v1/keys/1"), ("POST", "/v1/me/logout-everywhere"),
        ):  # fmt: skip
            answer = await client.request(method, other, headers={"X-API-Key": key}, json={})
            assert_problem(answer, 403, "insufficient_scope")


async def test_scopes_narrow_a_plan(database: Database, make_account_key: MakeKey) -> None:
    key = await make_account_key(scopes=["export", "of another release"])
    async with serving(database.url) as client:
        assert (await client.get("/v1/events", headers={"X-API-Key": key})).status_code == 200
        body = assert_problem(
            await client.get("/v1/me", headers={"X-API-Key": key}), 403, "insufficient_scope"
        )
        assert "account" in str(body["detail"])


async def test_a_tag_opens_nothing_to_a_key_without_the_scope(
    database: Database, make_account_key: MakeKey
) -> None:
    whole = {"X-API-Key": await make_account_key(plan="premium")}
    narrow = {"X-API-Key": await make_account_key(scopes=["events"])}
    async with serving(database.url) as client:
        path = "/v1/routes/zones"
        told = {"If-None-Match": (await client.get(path, headers=whole)).headers["etag"]}
        assert (await client.get(path, headers=whole | told)).status_code == 304
        refused = await client.get(path, headers=narrow | told)
        assert_problem(refused, 403, "insufficient_scope")
