"""Access tokens: what is believed, and what is not."""

import base64
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from jose import jwt
from sqlmodel import select

from app.access import tokens
from app.access.models import Account, ApiKey
from app.access.tokens import InvalidTokenError, issue_access_token, key_id, read_access_token
from app.core.clock import now
from app.core.db import Database
from tests.access.conftest import revoke_all_keys
from tests.conftest import TEST_SECRET, MakeKey, serving
from tests.problems import assert_problem

SECRET, OTHER = TEST_SECRET.encode(), b"another secret, also long enough for it"


def _claims(**changes: Any) -> dict[str, Any]:
    claims = {
        "iss": "vric", "aud": "vric-api", "sub": "7", "iat": time.time(), "jti": "x",
        "exp": time.time() + 60, "use": "access",
    }  # fmt: skip
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def _signed(claims: dict[str, Any], key: str | None = None, **headers: str) -> str:
    used = tokens._key(SECRET) if key is None else key
    return jwt.encode(claims, used, "HS256", headers={"kid": key_id(SECRET), **headers})


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_token_is_read_back() -> None:
    read = read_access_token(issue_access_token(7, SECRET, 9), [SECRET])
    assert (read.account_id, read.key_id) == (7, 9)
    assert abs(read.issued_at - time.time()) < 5
    assert read_access_token(_signed(_claims()), [SECRET]).account_id == 7


WRONG = {
    "another key": _signed(_claims(), tokens._key(OTHER)),
    "the secret itself": _signed(_claims(), TEST_SECRET),
    "expired": _signed(_claims(exp=time.time() - 1)),
    "another audience": _signed(_claims(aud="elsewhere")),
    "another issuer": _signed(_claims(iss="elsewhere")),
    "a refresh token": _signed(_claims(use="refresh")),
    "no use": _signed(_claims(use=None)),
    "an unknown kid": _signed(_claims(), kid="0" * 16),
    "a subject that is no number": _signed(_claims(sub="me")),
    **{f"no {name}": _signed(_claims(**{name: None})) for name in ("exp", "aud", "iat", "iss", "sub", "jti")},
    "none": f"{_part({'alg': 'none', 'kid': key_id(SECRET)})}.{_part(_claims())}.",
    "None": f"{_part({'alg': 'None', 'kid': key_id(SECRET)})}.{_part(_claims())}.",
    "RS256": f"{_part({'alg': 'RS256', 'kid': key_id(SECRET)})}.{_part(_claims())}.c2ln",
    "HS512": jwt.encode(
        _claims(), tokens._key(SECRET), "HS512", headers={"kid": key_id(SECRET)}
    ),
    "no kid": jwt.encode(_claims(), tokens._key(SECRET), "HS256"),
    "a list": f"{_part([1])}.{_part([1])}.c2ln",
    "dots": "..",
    "noise": "a.b.c",
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_believed(name: str) -> None:
    with pytest.raises(InvalidTokenError):
        read_access_token(WRONG[name], [SECRET])


def test_a_changed_token_is_not_believed() -> None:
    head, _, signature = issue_access_token(7, SECRET).split(".")
    with pytest.raises(InvalidTokenError):
        read_access_token(f"{head}.{_part(_claims(sub='8'))}.{signature}", [SECRET])


async def _account(database: Database, **columns: Any) -> int:
    async with database.session() as session:
        account = Account(email="a@example.org", **columns)
        session.add(account)
        await session.flush()
        assert account.id is not None
        return account.id


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_the_plan_is_never_read_from_the_token(database: Database) -> None:
    account_id = await _account(database)
    token = _signed(_claims(sub=str(account_id), plan="enterprise", scopes=["forensics"]))
    async with serving(database.url, plan_overrides={}) as client:
        answer = await client.get("/v1/me", headers=_bearer(token))
        assert answer.json()["plan"] == "free"
        assert answer.headers["x-ratelimit-limit"] == "60"


async def test_a_wrong_token_is_no_anonymous_caller(database: Database) -> None:
    async with serving(database.url) as client:
        for token in (WRONG["none"], WRONG["expired"], issue_access_token(404, SECRET)):
            answer = await client.get("/v1/events", headers=_bearer(token))
            assert_problem(answer, 401, "unauthorized")


async def test_tokens_from_before_a_log_out_are_refused(database: Database) -> None:
    account_id = await _account(database)
    old = issue_access_token(account_id, SECRET)
    async with database.session() as session:
        account = (await session.exec(select(Account))).one()
        account.sessions_from = now()
        session.add(account)
    async with serving(database.url) as client:
        assert_problem(await client.get("/v1/me", headers=_bearer(old)), 401, "unauthorized")
        new = issue_access_token(account_id, SECRET)
        assert (await client.get("/v1/me", headers=_bearer(new))).status_code == 200


async def test_a_token_for_a_key_is_worth_what_the_key_is(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key(scopes=["export"])
    async with serving(database.url) as client:
        answer = await client.post(
            "/v1/oauth/token", data={"grant_type": "client_credentials", "client_secret": key}
        )
        token = answer.json()["access_token"]
        assert "refresh_token" not in answer.json()
        assert_problem(
            await client.get("/v1/me", headers=_bearer(token)), 403, "insufficient_scope"
        )
        await revoke_all_keys(database)
        assert_problem(await client.get("/v1/events", headers=_bearer(token)), 401, "unauthorized")


async def test_the_secret_is_rotated_and_nobody_notices(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key()
    account_id = (await database.fetch_value("SELECT account_id FROM api_keys")) or 0
    token = issue_access_token(account_id, SECRET)
    rotated = {"secret_key": OTHER.decode(), "secret_key_previous": [TEST_SECRET]}
    async with serving(database.url, **rotated) as client:
        for headers in (_bearer(token), {"X-API-Key": key}):
            assert (await client.get("/v1/me", headers=headers)).status_code == 200
    # The key was used, so it is stored under the new secret by now, and the old one can go.
    async with serving(database.url, secret_key=OTHER.decode()) as client:
        assert (await client.get("/v1/me", headers={"X-API-Key": key})).status_code == 200
        assert_problem(await client.get("/v1/me", headers=_bearer(token)), 401, "unauthorized")


async def test_an_expired_key_is_refused(database: Database, make_account_key: MakeKey) -> None:
    key = await make_account_key(expires_at=now() + timedelta(hours=1))
    async with serving(database.url) as client:
        assert (await client.get("/v1/me", headers={"X-API-Key": key})).status_code == 200
        async with database.session() as session:
            row = (await session.exec(select(ApiKey))).one()
            row.expires_at = now()
            session.add(row)
        answer = await client.get("/v1/me", headers={"X-API-Key": key})
        assert_problem(answer, 401, "unauthorized")


async def test_an_anonymous_request_asks_the_database_nothing(
    database: Database, make_account_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await make_account_key()
    asked: list[str] = []
    fetch_row = Database.fetch_row

    async def note(self: Database, sql: str, arguments: Any = (), **options: Any) -> Any:
        asked.append(sql)
        return await fetch_row(self, sql, arguments, **options)

    async with serving(database.url) as client:
        await client.get("/v1/meta", headers={"X-API-Key": key})
        await client.get("/v1/meta")
        monkeypatch.setattr(Database, "fetch_row", note)
        await client.get("/v1/meta")
        assert [sql for sql in asked if "accounts" in sql] == []
        await client.get("/v1/meta", headers={"X-API-Key": key})
        assert len([sql for sql in asked if "accounts" in sql]) == 1
