"""Browser keys: good in the pages they were made for, and nowhere else."""

import pytest

from app.core.db import Database
from tests.conftest import MakeKey, serving
from tests.problems import assert_problem

HOME = "https://map.example.org"
GET = "/v1/events"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (HOME, 200),
        ("https://example.org", 403),
        ("http://map.example.org", 403),
        ("https://map.example.org.evil.test", 403),
        ("null", 403),
        (None, 403),
    ],
)
async def test_the_origin_decides(
    database: Database, make_account_key: MakeKey, origin: str | None, status: int
) -> None:
    key = await make_account_key(kind="browser", origins=[HOME])
    assert key.startswith("vric_pk_")
    headers = {"X-API-Key": key, **({"Origin": origin} if origin else {})}
    async with serving(database.url) as client:
        answer = await client.get(GET, headers=headers)
        assert answer.status_code == status
        # The page may read the refusal.
        if origin:
            assert answer.headers["access-control-allow-origin"] == "*"
        if status == 403:
            assert_problem(answer, 403, "origin_refused")


async def test_a_key_that_is_tried_elsewhere_is_slowed_down(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key(kind="browser", origins=[HOME])
    async with serving(database.url) as client:
        tries = [(await client.get(GET, headers={"X-API-Key": key})).status_code for _ in range(22)]
        assert tries == [403] * 20 + [429] * 2
        headers = {"X-API-Key": key, "Origin": HOME}
        assert (await client.get(GET, headers=headers)).status_code == 200


async def test_it_never_speaks_for_the_account(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key(kind="browser", origins=[HOME])
    async with serving(database.url) as client:
        headers = {"X-API-Key": key, "Origin": HOME}
        assert_problem(await client.get("/v1/me", headers=headers), 403, "insufficient_scope")
        assert_problem(await client.get("/v1/keys", headers=headers), 403, "insufficient_scope")
        form = {"grant_type": "client_credentials", "client_secret": key}
        answer = await client.post("/v1/oauth/token", data=form)
        assert_problem(answer, 400, "unauthorized_client")


async def test_a_page_may_ask_before_it_posts_with_a_key(database: Database) -> None:
    asked = {
        "Origin": HOME,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, idempotency-key, x-api-key",
    }
    async with serving(database.url) as client:
        answer = await client.options("/v1/exports", headers=asked)
        assert answer.status_code == 200
        assert "POST" in answer.headers["access-control-allow-methods"]
        assert "access-control-allow-credentials" not in answer.headers
        for path in ("/v1/keys", "/v1/me", "/v1/oauth/token", "/v1/accounts", GET):
            answer = await client.options(path, headers=asked)
            assert answer.status_code == 400, path
            assert "POST" not in answer.headers["access-control-allow-methods"]
