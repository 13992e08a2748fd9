"""Who is let in: keys in either header, never anything wrong, never as anonymous."""

import httpx
import pytest

from app.access.keys import make_key
from app.core.db import Database
from tests.access.conftest import revoke_all_keys
from tests.conftest import MakeKey, serving
from tests.problems import assert_problem


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def _policy(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    answer = await client.get("/v1/events", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["ratelimit-policy"]


async def test_a_key_in_either_header(database: Database, make_account_key: MakeKey) -> None:
    key = await make_account_key()
    async with serving(database.url, plan_overrides={}) as client:
        ways = [_bearer(key), {"X-API-Key": key}, {"Authorization": f"bearer  {key}"},
                {**_bearer(key), "X-API-Key": key}]  # fmt: skip
        assert {await _policy(client, headers) for headers in ways} == {
            '"burst";q=60;w=60,"daily";q=5000;w=86400'
        }
        assert await _policy(client, {}) == '"burst";q=30;w=60,"daily";q=1000;w=86400'


WRONG = make_key()


@pytest.mark.parametrize(
    "headers",
    [
        _bearer(WRONG),
        _bearer(WRONG[:-1] + "x"),
        _bearer("x"),
        _bearer(""),
        {"X-API-Key": WRONG},
        {"X-API-Key": ""},
        {"X-API-Key": "  "},
        {"X-API-Key": "é" * 80},
        {"Authorization": ""},
        {"Authorization": WRONG},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": f"Token {WRONG}"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/events", "/v1/meta", "/v1/nothing"])
async def test_a_wrong_credential_is_never_anonymous(
    client: httpx.AsyncClient, headers: dict[str, str], path: str
) -> None:
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = await client.get(path, headers=given)
    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert WRONG not in answer.text


async def test_a_revoked_key_is_refused_from_the_next_request_on(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key()
    async with serving(database.url) as client:
        assert (await client.get("/v1/events", headers=_bearer(key))).status_code == 200
        await revoke_all_keys(database)
        answer = await client.get("/v1/events", headers=_bearer(key))
        assert_problem(answer, 401, "unauthorized")


async def test_two_different_credentials_are_refused(
    database: Database, make_account_key: MakeKey
) -> None:
    one, two = await make_account_key(), await make_account_key()
    async with serving(database.url) as client:
        for headers in (
            [("Authorization", f"Bearer {one}"), ("X-API-Key", two)],
            [("X-API-Key", one), ("X-API-Key", two)],
            [("Authorization", f"Bearer {one}"), ("Authorization", f"Bearer {two}")],
            [("Authorization", f"Bearer {one}"), ("X-API-Key", "")],
        ):
            answer = await client.get("/v1/events", headers=headers)
            assert_problem(answer, 401, "unauthorized")


async def test_a_key_made_under_another_secret_is_wrong(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key()
    async with serving(
        database.url, secret_key="another secret, also long enough for it"
    ) as client:
        assert_problem(await client.get("/v1/events", headers=_bearer(key)), 401, "unauthorized")


async def test_a_key_in_the_address_is_no_credential(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key()
    async with serving(database.url) as client:
        for name in ("api_key", "key", "access_token"):
            answer = await client.get("/v1/events", params={name: key})
            assert_problem(answer, 400, "invalid_parameter")


async def test_answers_of_plans_are_kept_apart(
    demo_url: str, database: Database, make_account_key: MakeKey
) -> None:
    """The page cap differs by plan, so the same address has another answer."""
    key = await make_account_key()
    caps = {"anonymous": {"page_cap": 10}, "free": {"page_cap": 20}}
    path = "/v1/events?limit=50"
    async with serving(database.url, plan_overrides=caps) as client:
        seen = [(await client.get(path, headers=h)) for h in ({}, _bearer(key)) * 2]
    given = [answer.json()["meta"]["clipped"]["given"] for answer in seen]
    assert given == [10, 20, 10, 20]
    tags = [answer.headers["etag"] for answer in seen]
    assert tags[0] == tags[2] != tags[1] == tags[3]
    control = [answer.headers["cache-control"].split(",")[0] for answer in seen]
    assert control == ["public", "private", "public", "private"]


async def test_the_tag_of_one_plan_is_unknown_to_another(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key()
    async with serving(database.url) as client:
        tag = (await client.get("/v1/events")).headers["etag"]
        headers = {**_bearer(key), "If-None-Match": tag}
        assert (await client.get("/v1/events", headers=headers)).status_code == 200


async def test_health_needs_no_credential(client: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz"):
        assert (await client.get(path)).status_code == 200
