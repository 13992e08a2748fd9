"""Guessing of passwords: pauses that grow, by account and by address; owners get in."""

import asyncio

import pytest

from app.access.attempts import Attempts
from app.access.counters import MemoryCounters, RedisCounters
from app.core.errors import RateLimitedError
from tests.accounts.conftest import PASSWORD, Site
from tests.problems import assert_problem

WRONG = "wrong, and long enough"
THIEF = "203.0.113.9"


async def test_pauses_after_some_failures(site: Site) -> None:
    await site.owner()
    for _ in range(6):
        assert (await site.sign_in(password=WRONG, headers=site.at(THIEF))).status_code == 400
    answer = await site.sign_in(headers=site.at(THIEF))  # even with the right one
    body = assert_problem(answer, 429, "rate_limited")
    assert body["violated-policies"] == ["sign-in"]
    assert 1 <= int(answer.headers["retry-after"]) <= 3
    # From where the owner signed in before, nothing is held up.
    assert (await site.sign_in()).status_code == 200
    await asyncio.sleep(2.1)
    assert (await site.sign_in(headers=site.at(THIEF))).status_code == 200


async def test_a_reset_opens_the_door_again(site: Site) -> None:
    await site.owner()
    for _ in range(7):
        await site.sign_in(password=WRONG)
    assert (await site.sign_in()).status_code == 429
    await site.client.post("/v1/accounts/reset", json={"email": "ana@example.org"})
    token = (await site.letters())[-1].link[1]
    new = "another sentence that is long"
    answer = await site.client.post(
        "/v1/accounts/reset/confirm", json={"token": token, "password": new}
    )
    assert answer.status_code == 204
    assert (await site.sign_in(password=new)).status_code == 200


async def _statuses(attempts: Attempts, email: str, addresses: list[str], familiar: bool) -> int:
    passed = 0
    for address in addresses:
        try:
            await attempts.begin(email, address, familiar)
            passed += 1
        except RateLimitedError:
            pass
    return passed


async def test_a_burst_gets_no_free_ride() -> None:
    attempts = Attempts(MemoryCounters())
    results = await asyncio.gather(
        *(attempts.begin("a@example.org", "203.0.113.1", False) for _ in range(100)),
        return_exceptions=True,
    )
    assert sum(result is None for result in results) == 6


async def test_guesses_from_many_addresses_hold_up_strangers_alone() -> None:
    attempts = Attempts(MemoryCounters())
    addresses = [f"203.0.113.{n}" for n in range(100)]
    assert await _statuses(attempts, "a@example.org", addresses, False) == 21
    assert await _statuses(attempts, "a@example.org", ["198.51.100.1"], True) == 1
    assert await _statuses(attempts, "b@example.org", ["198.51.100.1"], False) == 1


async def test_one_address_that_tries_many_accounts() -> None:
    attempts = Attempts(MemoryCounters())
    passed = 0
    for n in range(60):
        passed += await _statuses(attempts, f"{n}@example.org", ["203.0.113.1"], False)
    assert passed == 31


async def test_one_good_password_does_not_clear_an_address() -> None:
    attempts = Attempts(MemoryCounters())
    passed = 0
    for n in range(60):
        passed += await _statuses(attempts, f"{n}@example.org", ["203.0.113.1"], False)
        if n % 10 == 0 and passed < 25:
            await attempts.begin("thief@example.org", "203.0.113.1", False)
            await attempts.succeed("thief@example.org", "203.0.113.1")
    assert passed == 31


async def test_pauses_grow_to_an_end() -> None:
    from app.access.attempts import _series

    pair = _series("a@example.org", "203.0.113.1", False)[0]
    pauses = [pair.pause_s(tries) for tries in range(6, 60)]
    assert pauses[:5] == [2, 4, 8, 16, 32]
    assert max(pauses) == pauses[-1] == 900


async def test_while_redis_is_away_they_are_counted_here() -> None:
    counters = RedisCounters("redis://127.0.0.1:1/0")
    attempts = Attempts(counters)
    passed = await _statuses(attempts, "a@example.org", ["203.0.113.1"] * 20, False)
    await counters.close()
    assert passed == 6


async def test_the_password_is_guarded_within_a_session_too(site: Site) -> None:
    owner = await site.owner()
    body = {"password": WRONG, "new_password": "another sentence that is long"}
    statuses = [
        (await owner.ask("POST", "/v1/me/password", json=body)).status_code for _ in range(8)
    ]
    assert statuses == [403] * 6 + [429] * 2


@pytest.mark.parametrize(
    ("path", "body", "most"),
    [
        ("/v1/accounts", {"email": "x@example.org", "password": "short"}, 30),
        ("/v1/accounts/reset", {"email": "x@example.org"}, 20),
    ],
)
async def test_each_address_has_a_limit(
    site: Site, path: str, body: dict[str, str], most: int
) -> None:
    answers = [await site.client.post(path, json=body) for _ in range(most + 2)]
    assert [answer.status_code for answer in answers[-3:]] == [
        answers[0].status_code, 429, 429,
    ]  # fmt: skip
    assert_problem(answers[-1], 429, "rate_limited")
    other = await site.client.post(path, json=body, headers=site.at("198.51.100.4"))
    assert other.status_code == answers[0].status_code
    assert PASSWORD not in answers[-1].text
