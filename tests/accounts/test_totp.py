"""One-time codes: switched on with a code, asked for at each sign-in, each accepted once."""

import time

import pyotp
import pytest

from app.accounts import totp
from app.core.db import Database
from tests.accounts.conftest import PASSWORD, Owner, Site, make_app
from tests.conftest import TEST_SECRET, opened
from tests.problems import assert_problem


class Clock:
    """The time as the codes see it."""

    def __init__(self) -> None:
        self.at = (int(time.time()) // 30) * 30.0

    def time(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(totp, "time", made)
    return made


async def _switch_on(owner: Owner, clock: Clock) -> pyotp.TOTP:
    begun = await owner.ask("PUT", "/v1/me/totp", json={"password": PASSWORD})
    assert begun.status_code == 200, begun.text
    assert begun.json()["on"] is False
    assert begun.json()["uri"].startswith("otpauth://totp/VRIC%20Monitor:ana%40example.org?secret=")
    codes = pyotp.TOTP(begun.json()["secret"])
    done = await owner.ask("PUT", "/v1/me/totp", json={"code": codes.at(int(clock.at))})
    assert (done.status_code, done.json()) == (200, {"on": True})
    clock.at += 30
    return codes


async def test_a_code_is_needed_and_accepted_once(site: Site, clock: Clock) -> None:
    codes = await _switch_on(await site.owner(), clock)
    missing = await site.sign_in()
    body = assert_problem(missing, 400, "invalid_grant")
    assert body["otp_required"] is True
    # With the wrong password nothing tells that codes are on.
    assert "otp_required" not in (await site.sign_in(password="wrong, and long")).json()
    code = codes.at(int(clock.at))
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert_problem(await site.sign_in(otp=wrong), 400, "invalid_grant")
    assert (await site.sign_in(otp=code)).status_code == 200
    assert_problem(await site.sign_in(otp=code), 400, "invalid_grant")  # replayed
    clock.at += 30
    assert (await site.sign_in(otp=codes.at(int(clock.at)))).status_code == 200


async def test_clocks_may_differ_by_half_a_minute(site: Site, clock: Clock) -> None:
    codes = await _switch_on(await site.owner(), clock)
    clock.at += 600
    start = int(clock.at)
    for offset, status in ((-60, 400), (60, 400), (-30, 200), (0, 200), (30, 200), (0, 400)):
        answer = await site.sign_in(otp=codes.at(start + offset))
        assert answer.status_code == status, offset


async def test_the_secret_is_sealed_and_survives_a_rotation(
    site: Site, clock: Clock, database: Database
) -> None:
    owner = await site.owner()
    codes = await _switch_on(owner, clock)
    stored = await database.fetch_value("SELECT totp_secret FROM accounts")
    assert codes.secret not in stored
    rotated = make_app(
        database,
        site.mail_folder.parent,
        secret_key="another secret, also long enough for it",
        secret_key_previous=[TEST_SECRET],
    )
    async with opened(rotated) as client:
        form = {
            "grant_type": "password", "username": owner.email, "password": PASSWORD,
            "otp": codes.at(int(clock.at)),
        }  # fmt: skip
        assert (await client.post("/v1/oauth/token", data=form)).status_code == 200


async def test_switching_on_and_off(site: Site, clock: Clock) -> None:
    owner = await site.owner()
    assert_problem(
        await owner.ask("PUT", "/v1/me/totp", json={"code": "123456"}), 409, "totp_state"
    )
    for body in ({}, {"password": PASSWORD, "code": "123456"}, {"code": "12345"}):
        answer = await owner.ask("PUT", "/v1/me/totp", json=body)
        assert_problem(answer, 422, "invalid_body")
    begun = await owner.ask("PUT", "/v1/me/totp", json={"password": PASSWORD})
    code = pyotp.TOTP(begun.json()["secret"]).at(int(clock.at) - 600)
    answer = await owner.ask("PUT", "/v1/me/totp", json={"code": code})
    assert_problem(answer, 422, "invalid_body")
    assert (await site.sign_in()).status_code == 200  # not confirmed, so not in force
    codes = await _switch_on(owner, clock)
    assert (await owner.ask("GET", "/v1/me")).json()["totp"] is True
    body = {"password": PASSWORD, "otp": codes.at(int(clock.at))}
    assert_problem(await owner.ask("PUT", "/v1/me/totp", json={"password": PASSWORD}), 403,
                   "wrong_password")  # fmt: skip
    assert (await owner.ask("DELETE", "/v1/me/totp", json=body)).status_code == 204
    assert (await owner.ask("GET", "/v1/me")).json()["totp"] is False
    assert (await site.sign_in()).status_code == 200
