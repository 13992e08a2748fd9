"""Limits: what is counted for whom, what costs nothing, and what the answers say."""

import re
import time

import httpx
import pytest

from app.core.db import Database
from tests.access.conftest import set_plan
from tests.conftest import MakeKey, serving
from tests.problems import assert_problem

SMALL = {
    "anonymous": {"burst_per_minute": 3, "daily": 100},
    "free": {"burst_per_minute": 5, "daily": 100},
    "premium": {"burst_per_minute": 8, "daily": 100},
}
GET = "/v1/sources"


def _left(answer: httpx.Response) -> int:
    return int(answer.headers["x-ratelimit-remaining"])


async def test_the_headers_count_down(database: Database) -> None:
    async with serving(database.url, plan_overrides=SMALL) as client:
        for left in (2, 1, 0):
            answer = await client.get(GET)
            assert answer.headers["ratelimit-policy"] == '"burst";q=3;w=60,"daily";q=100;w=86400'
            found = re.fullmatch(r'"burst";r=(\d+);t=(\d+)', answer.headers["ratelimit"])
            assert found is not None
            assert int(found[1]) == left == _left(answer)
            assert 1 <= int(found[2]) <= 60
            assert answer.headers["x-ratelimit-limit"] == "3"
            reset = int(answer.headers["x-ratelimit-reset"])
            assert time.time() <= reset <= time.time() + 61


async def test_errors_say_what_is_left_too(database: Database) -> None:
    async with serving(database.url, plan_overrides=SMALL) as client:
        answers = [await client.get(path) for path in ("/v1/events?no-such=1", "/v1/nothing")]
    assert [answer.status_code for answer in answers] == [400, 404]
    assert [_left(answer) for answer in answers] == [2, 1]


async def test_one_too_many(database: Database) -> None:
    async with serving(database.url, plan_overrides=SMALL) as client:
        for _ in range(3):
            assert (await client.get(GET)).status_code == 200
        answer = await client.get(GET)
        body = assert_problem(answer, 429, "rate_limited")
        assert body["violated-policies"] == ["burst"]
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert _left(answer) == 0
        assert "etag" not in answer.headers


async def test_refused_requests_cost_nothing(database: Database) -> None:
    limits = {"anonymous": {"burst_per_minute": 2, "daily": 4}}
    async with serving(database.url, plan_overrides=limits) as client:
        statuses = [(await client.get(GET)).status_code for _ in range(6)]
        assert statuses == [200, 200, 429, 429, 429, 429]
    limits["anonymous"]["burst_per_minute"] = 50
    async with serving(database.url, plan_overrides=limits) as client:
        answers = [await client.get(GET) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[-1].json()["violated-policies"] == ["daily"]
    assert int(answers[-1].headers["retry-after"]) > 3600
    assert answers[-1].headers["ratelimit"].startswith('"daily";r=0;t=')


async def test_both_limits_at_once_are_both_named(database: Database) -> None:
    limits = {"anonymous": {"burst_per_minute": 1, "daily": 1}}
    async with serving(database.url, plan_overrides=limits) as client:
        await client.get(GET)
        body = assert_problem(await client.get(GET), 429, "rate_limited")
    assert body["violated-policies"] == ["burst", "daily"]


async def test_not_modified_costs_nothing(database: Database) -> None:
    async with serving(database.url, plan_overrides=SMALL) as client:
        first = await client.get(GET)
        assert _left(first) == 2
        for _ in range(5):
            answer = await client.get(GET, headers={"If-None-Match": first.headers["etag"]})
            assert (answer.status_code, _left(answer)) == (304, 2)
        assert _left(await client.get(GET)) == 1


async def test_our_own_failure_costs_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(database.url, plan_overrides=SMALL) as client:
        await client.get(GET)
        async with database.transaction() as connection:
            await connection.execute("ALTER TABLE outlets RENAME TO elsewhere")
        for number in range(5):
            answer = await client.get(GET, params={"ownership": f"unknown{',unknown' * number}"})
            assert_problem(answer, 500, "internal_error")
            assert _left(answer) == 2
    assert "elsewhere" not in answer.text


async def test_the_keys_of_an_account_share_one_quota(
    database: Database, make_account_key: MakeKey
) -> None:
    one, two = await make_account_key(), await make_account_key()
    other = await make_account_key("b@example.org")
    async with serving(database.url, plan_overrides=SMALL) as client:
        left = [_left(await client.get(GET, headers={"X-API-Key": key})) for key in (one, two) * 2]
        assert left == [4, 3, 2, 1]
        assert _left(await client.get(GET, headers={"X-API-Key": other})) == 4
        assert _left(await client.get(GET)) == 2


async def test_a_plan_acts_at_once_and_keeps_what_was_used(
    database: Database, make_account_key: MakeKey
) -> None:
    headers = {"X-API-Key": await make_account_key()}
    async with serving(database.url, plan_overrides=SMALL) as client:
        statuses = [(await client.get(GET, headers=headers)).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]
        await set_plan(database, "a@example.org", "premium")
        answer = await client.get(GET, headers=headers)
        assert (answer.status_code, _left(answer)) == (200, 8 - 6)
        await set_plan(database, "a@example.org", "free")
        assert (await client.get(GET, headers=headers)).status_code == 429


async def test_health_and_preflight_are_free(database: Database) -> None:
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    async with serving(database.url, plan_overrides=SMALL) as client:
        for _ in range(5):
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.options(GET, headers=preflight)).status_code == 200
        assert _left(await client.get(GET)) == 2


async def test_guessing_of_keys_is_slowed_down(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key()
    async with serving(database.url) as client:
        guesses = [await client.get(GET, headers={"X-API-Key": f"guess {n}"}) for n in range(25)]
        assert [answer.status_code for answer in guesses] == [401] * 20 + [429] * 5
        body = assert_problem(guesses[-1], 429, "rate_limited")
        assert body["violated-policies"] == ["bad-credential"]
        assert 1 <= int(guesses[-1].headers["retry-after"]) <= 60
        # Whoever shares the address is not shut out.
        assert (await client.get(GET)).status_code == 200
        assert (await client.get(GET, headers={"X-API-Key": key})).status_code == 200
