"""Refresh tokens: each used once, stolen ones end the session, cookies only for our own pages."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from app.accounts.models import RefreshToken
from app.core.db import Database
from tests.accounts.conftest import ORIGIN, Owner, Site
from tests.problems import assert_problem

SAME_ORIGIN = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


async def _refresh(site: Site, token: str) -> httpx.Response:
    return await site.token(grant_type="refresh_token", refresh_token=token)


async def _make_uses_older(database: Database) -> None:
    async with database.session() as session:
        for row in (await session.exec(select(RefreshToken))).all():
            if row.used_at is not None:
                row.used_at -= timedelta(minutes=1)
                session.add(row)


async def test_a_refresh_token_is_exchanged(site: Site) -> None:
    owner = await site.owner()
    token = owner.tokens["refresh_token"]
    for _ in range(3):
        answer = await _refresh(site, token)
        assert answer.status_code == 200
        assert answer.json()["refresh_token"] != token
        token = answer.json()["refresh_token"]
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await site.client.get("/v1/me", headers=headers)).status_code == 200


async def test_a_used_one_that_comes_back_ends_the_session(site: Site, database: Database) -> None:
    owner = await site.owner()
    other = (await site.sign_in()).json()["refresh_token"]
    stolen = owner.tokens["refresh_token"]
    newest = (await _refresh(site, stolen)).json()["refresh_token"]
    await _make_uses_older(database)
    body = assert_problem(await _refresh(site, stolen), 400, "invalid_grant")
    assert body["error"] == "invalid_grant"
    assert_problem(await _refresh(site, newest), 400, "invalid_grant")
    assert (await _refresh(site, other)).status_code == 200  # of another sign-in
    kinds = [e["kind"] for e in (await owner.ask("GET", "/v1/me/audit")).json()["items"]]
    assert "refresh_token_reused" in kinds


async def test_of_two_tabs_exactly_one_wins(site: Site) -> None:
    owner = await site.owner()
    answers = await asyncio.gather(
        *(_refresh(site, owner.tokens["refresh_token"]) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    winner = next(answer for answer in answers if answer.status_code == 200)
    # The others were refused, not punished: the session of both tabs goes on.
    assert (await _refresh(site, winner.json()["refresh_token"])).status_code == 200


async def test_a_refresh_token_is_no_access_token(site: Site) -> None:
    owner = await site.owner()
    headers = {"Authorization": f"Bearer {owner.tokens['refresh_token']}"}
    assert_problem(await site.client.get("/v1/me", headers=headers), 401, "unauthorized")
    assert_problem(await _refresh(site, owner.tokens["access_token"]), 400, "invalid_grant")


async def test_log_out(site: Site) -> None:
    owner = await site.owner()
    token = owner.tokens["refresh_token"]
    for given in (token, token, "unknown"):
        answer = await site.client.post("/v1/oauth/revoke", data={"token": given})
        assert answer.status_code == 200
    assert_problem(await _refresh(site, token), 400, "invalid_grant")


async def test_log_out_everywhere(site: Site) -> None:
    owner = await site.owner()
    other = Owner(site, owner.email, owner.password, (await site.sign_in()).json())
    key = (await owner.key())["key"]
    assert (await owner.ask("POST", "/v1/me/logout-everywhere")).status_code == 204
    for one in (owner, other):
        assert_problem(await one.ask("GET", "/v1/me"), 401, "unauthorized")
        assert_problem(await _refresh(site, one.tokens["refresh_token"]), 400, "invalid_grant")
    assert (await site.client.get("/v1/me", headers={"X-API-Key": key})).status_code == 200
    assert (await site.sign_in()).status_code == 200


async def test_the_cookie_is_for_our_own_pages(site: Site) -> None:
    await site.owner()
    answer = await site.sign_in(cookie="true", headers=SAME_ORIGIN)
    assert "refresh_token" not in answer.json()
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/v1/oauth"):
        assert part in cookie
    for headers in (
        {},
        {"Origin": "https://evil.test"},
        {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ):
        refused = await site.token(headers, grant_type="refresh_token")
        assert_problem(refused, 400, "invalid_request")
    for headers in (SAME_ORIGIN, {"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}):
        fresh = await site.token(headers, grant_type="refresh_token")
        assert fresh.status_code == 200
        assert "refresh_token" not in fresh.json()
        assert fresh.headers["set-cookie"].startswith("vric_refresh=vric_rt_")
    out = await site.client.post(
        "/v1/oauth/revoke", headers={**SAME_ORIGIN}, data={"token_type_hint": "refresh_token"}
    )
    assert out.status_code == 200
    assert 'vric_refresh=""' in out.headers["set-cookie"]
    assert (await site.token(SAME_ORIGIN, grant_type="refresh_token")).status_code == 400


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password", "username": "a@example.org"}, "invalid_request"),
        ({"grant_type": "password", "password": "x"}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "invalid_request"),
        ({"grant_type": ["password", "password"]}, "invalid_request"),
    ],
)
async def test_errors_are_those_of_the_standard(
    site: Site, form: dict[str, str], error: str
) -> None:
    answer = await site.client.post("/v1/oauth/token", data=form)
    body = assert_problem(answer, 400, error)
    assert body["error"] == error
    assert body["error_description"]


async def test_a_wrong_client(site: Site) -> None:
    answer = await site.token(grant_type="client_credentials", client_secret="vric_sk_wrong")
    assert_problem(answer, 401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_a_key_by_http_basic(site: Site) -> None:
    key = (await (await site.owner()).key())["key"]
    form = {"grant_type": "client_credentials"}
    good = await site.client.post("/v1/oauth/token", data=form, auth=("anything", key))
    assert good.status_code == 200
    headers = {"Authorization": f"Bearer {good.json()['access_token']}"}
    assert (await site.client.get("/v1/me", headers=headers)).status_code == 200
    for auth in (("anything", "wrong"),):
        answer = await site.client.post("/v1/oauth/token", data=form, auth=auth)
        assert_problem(answer, 401, "invalid_client")
    for value in ("Basic ###", "Basic bm9jb2xvbg=="):
        answer = await site.client.post(
            "/v1/oauth/token", data=form, headers={"Authorization": value}
        )
        assert_problem(answer, 401, "invalid_client")


async def test_an_access_token_beside_the_form_is_not_read(site: Site) -> None:
    owner = await site.owner()
    form = {"grant_type": "refresh_token", "refresh_token": owner.tokens["refresh_token"]}
    answer = await site.client.post(
        "/v1/oauth/token", data=form, headers={"Authorization": "Bearer expired.long.ago"}
    )
    assert answer.status_code == 200
    out = await owner.ask(
        "POST", "/v1/oauth/revoke", data={"token": answer.json()["refresh_token"]}
    )
    assert out.status_code == 200


async def test_only_forms_and_nothing_in_the_address(site: Site) -> None:
    answer = await site.client.post("/v1/oauth/token", json={"grant_type": "password"})
    assert_problem(answer, 400, "invalid_request")
    answer = await site.client.post("/v1/oauth/token?password=x", data={"grant_type": "password"})
    assert_problem(answer, 400, "invalid_parameter")
