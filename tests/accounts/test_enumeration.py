"""Nobody learns who has an account: not by text, not by status, not by the work that is done."""

import asyncio

import pytest

from app.accounts import passwords
from app.core.db import Database
from tests.accounts.conftest import PASSWORD, Owner, Site

UNKNOWN = "nobody@example.org"
COST = "$argon2id$v=19$m=19456,t=2,p=1$"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every piece of argon2 work, in order; clocks would tell less surely."""
    done: list[str] = []
    in_turn = passwords.Passwords._in_turn

    async def note(self: passwords.Passwords, work: object, *given: str) -> object:
        name = getattr(work, "__name__", "?")
        # Comparing costs what the numbers of the stored hash say.
        done.append(f"{name} {given[0][: len(COST)]}" if name == "_matches" else name)
        return await in_turn(self, work, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(passwords.Passwords, "_in_turn", note)
    return done


def test_the_stand_in_costs_what_a_real_hash_costs() -> None:
    assert passwords._OF_NOBODY.startswith(COST)
    assert not passwords.Passwords.is_outdated(passwords._OF_NOBODY)


async def _same(site: Site, one: object, other: object) -> None:
    assert getattr(one, "status_code") == getattr(other, "status_code")  # noqa: B009
    drop = {"x-request-id", "date", "content-length"}
    first, second = (
        {k: v for k, v in answer.headers.items() if k not in drop and "ratelimit" not in k}  # type: ignore[attr-defined]
        for answer in (one, other)
    )
    assert first == second


async def test_sign_up_answers_the_same(site: Site, hashed: list[str]) -> None:
    await site.owner()
    hashed.clear()
    known, unknown = await site.sign_up(), await site.sign_up(UNKNOWN)
    await _same(site, known, unknown)
    assert known.json() == unknown.json()
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]
    told = (await site.letters("ana@example.org"))[-1]
    assert told.subject == "VRIC Monitor: You have an account already"
    assert told.link[0] == "reset"


async def test_a_second_sign_up_changes_nothing(site: Site) -> None:
    await site.owner()
    await site.sign_up(password="another long sentence")
    assert (await site.sign_in()).status_code == 200
    assert (await site.sign_in(password="another long sentence")).status_code == 400


async def test_who_signs_up_with_the_address_of_another_gains_nothing(site: Site) -> None:
    """The password is that of the sign-up whose mail was opened."""
    await site.sign_up(password="the thief's long password")
    await site.sign_up(password=PASSWORD)
    assert (await site.verify_newest()).status_code == 200
    assert (await site.sign_in(password="the thief's long password")).status_code == 400
    assert (await site.sign_in()).status_code == 200
    first = (await site.letters())[0].link[1]
    answer = await site.client.post("/v1/accounts/verify", json={"token": first})
    assert answer.json()["code"] == "invalid_link"


async def test_sign_in_answers_the_same(site: Site, hashed: list[str]) -> None:
    await site.owner()
    await site.sign_up("unverified@example.org")
    hashed.clear()
    wrong = await site.sign_in(password="a wrong long password")
    unknown = await site.sign_in(UNKNOWN, "a wrong long password")
    unverified = await site.sign_in("unverified@example.org")
    endless = await site.sign_in(password="x" * 4000)
    odd = await site.sign_in("a\0b@example.org", "a wrong\0long password", otp="１２３４５６")
    for other in (unknown, unverified, endless, odd):
        await _same(site, wrong, other)
        drop = {"request_id"}
        assert {k: v for k, v in wrong.json().items() if k not in drop} == {
            k: v for k, v in other.json().items() if k not in drop
        }
    assert hashed == [f"_matches {COST}"] * 5


async def test_reset_answers_the_same(site: Site, hashed: list[str]) -> None:
    await site.owner()
    hashed.clear()
    known, unknown = [
        await site.client.post("/v1/accounts/reset", json={"email": who})
        for who in ("ana@example.org", UNKNOWN)
    ]
    await _same(site, known, unknown)
    assert known.json() == unknown.json()
    assert hashed == []
    assert (await site.letters("ana@example.org"))[-1].link[0] == "reset"
    assert await site.letters(UNKNOWN) == []


async def test_failures_are_paused_for_unknown_addresses_too(site: Site) -> None:
    await site.owner()
    for who in ("ana@example.org", UNKNOWN):
        statuses = [(await site.sign_in(who, "wrong, and long")).status_code for _ in range(7)]
        assert statuses == [400] * 6 + [429], who


async def test_a_new_address_that_is_taken_shows_only_in_its_mail(site: Site) -> None:
    ana: Owner = await site.owner()
    await site.owner("eva@example.org")
    wishes = [
        await ana.ask("PATCH", "/v1/me", json={"password": PASSWORD, "email": email})
        for email in ("eva@example.org", "free@example.org")
    ]
    assert [answer.status_code for answer in wishes] == [202, 202]
    assert wishes[0].json() == wishes[1].json()
    assert (await site.letters("eva@example.org"))[-1].subject.endswith("account already")
    assert (await site.letters("free@example.org"))[-1].link[0] == "verify"


async def test_fifty_at_once_make_one_account(site: Site, database: Database) -> None:
    answers = await asyncio.gather(
        *(site.sign_up(**site.at(f"198.51.100.{n}")) for n in range(1, 51))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert await database.fetch_value("SELECT count(*) FROM accounts") == 1
    assert len(await site.letters()) == 5  # an hour's mails to one address
    assert (await site.verify_newest()).status_code == 200
    assert (await site.sign_in()).status_code == 200


async def test_one_address_in_two_spellings_is_one_account(site: Site, database: Database) -> None:
    await site.owner("Ana@Example.org")
    assert await database.fetch_value("SELECT email FROM accounts") == "ana@example.org"
    assert (await site.sign_in(" ANA@example.ORG ")).status_code == 200
