"""Keys of an account: made once, shown once, changed, replaced, revoked."""

import asyncio
from datetime import timedelta

import pytest
from pydantic import ValidationError

from app.accounts.key_schemas import KeyWish
from app.core.clock import now
from app.core.db import Database
from tests.accounts.conftest import Site
from tests.problems import assert_problem


async def test_a_key_is_shown_once(site: Site, database: Database) -> None:
    owner = await site.owner()
    made = await owner.key(name="laptop", scopes=["export"])
    assert made["key"].startswith("vric_sk_")
    assert made["hint"] == made["key"][:12]
    listed = await owner.ask("GET", "/v1/keys")
    assert made["key"] not in listed.text
    (shown,) = listed.json()["items"]
    assert shown == {name: value for name, value in made.items() if name != "key"}
    stored = await database.fetch_row("SELECT * FROM api_keys")
    assert stored is not None
    assert made["key"] not in str(dict(stored))


async def test_the_plan_limits_keys(site: Site) -> None:
    owner = await site.owner()
    answers = await asyncio.gather(*(owner.ask("POST", "/v1/keys", json={}) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [409] * 4
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert_problem(refused, 409, "key_limit_reached")
    first = (await owner.ask("GET", "/v1/keys")).json()["items"][0]["id"]
    assert (await owner.ask("DELETE", f"/v1/keys/{first}")).status_code == 204
    await owner.key()


async def test_a_repeated_request_has_one_effect(site: Site, database: Database) -> None:
    owner, other = await site.owner(), await site.owner("eva@example.org")
    headers = {"Idempotency-Key": "a-retry"}
    answers = await asyncio.gather(
        *(owner.ask("POST", "/v1/keys", json={"name": "k"}, headers=headers) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["key"] for answer in answers}) == 1
    assert await database.fetch_value("SELECT count(*) FROM api_keys") == 1
    sealed = await database.fetch_value("SELECT sealed_body FROM idempotent_answers")
    assert "vric_sk_" not in sealed
    changed = await owner.ask("POST", "/v1/keys", json={"name": "l"}, headers=headers)
    assert_problem(changed, 409, "idempotency_conflict")
    theirs = await other.ask("POST", "/v1/keys", json={"name": "k"}, headers=headers)
    assert theirs.json()["key"] != answers[0].json()["key"]
    for wrong in ("", "x" * 256, "\t"):
        answer = await owner.ask("POST", "/v1/keys", json={}, headers={"Idempotency-Key": wrong})
        assert answer.status_code == 400


async def test_a_repeated_sign_up_mails_once(site: Site) -> None:
    for _ in range(3):
        answer = await site.sign_up(**{"Idempotency-Key": "one"})
        assert answer.status_code == 202
    assert len(await site.letters()) == 1
    other = await site.sign_up(password="another long sentence", **{"Idempotency-Key": "one"})
    assert_problem(other, 409, "idempotency_conflict")


async def test_a_refused_request_may_be_repeated_with_its_key(site: Site) -> None:
    owner = await site.owner()
    ids = [(await owner.key())["id"] for _ in range(2)]
    headers = {"Idempotency-Key": "later"}
    full = await owner.ask("POST", "/v1/keys", json={}, headers=headers)
    assert full.status_code == 409
    await owner.ask("DELETE", f"/v1/keys/{ids[0]}")
    assert (await owner.ask("POST", "/v1/keys", json={}, headers=headers)).status_code == 201


async def test_a_key_is_replaced_now_or_later(site: Site) -> None:
    owner = await site.owner()
    until = (now() + timedelta(days=9)).isoformat()
    old = await owner.key(name="server", scopes=["account"], expires_at=until)
    later = await owner.ask("POST", f"/v1/keys/{old['id']}/rotate", json={"keep_old_hours": 24})
    assert later.status_code == 201
    new = later.json()
    assert (new["name"], new["scopes"], new["expires_at"]) == (
        "server", ["account"], old["expires_at"],
    )  # fmt: skip
    for key in (old["key"], new["key"]):
        assert (await site.client.get("/v1/me", headers={"X-API-Key": key})).status_code == 200
    last = (await owner.ask("POST", f"/v1/keys/{new['id']}/rotate")).json()
    answer = await site.client.get("/v1/me", headers={"X-API-Key": new["key"]})
    assert_problem(answer, 401, "unauthorized")
    answer = await site.client.get("/v1/me", headers={"X-API-Key": last["key"]})
    assert answer.status_code == 200


async def test_changing_a_key(site: Site) -> None:
    owner = await site.owner()
    made = await owner.key(kind="browser", origins=["https://Example.org:443/"])
    assert made["key"].startswith("vric_pk_")
    assert made["origins"] == ["https://example.org"]
    change = {"name": "map", "origins": ["http://localhost:3000"], "scopes": ["export"]}
    answer = await owner.ask("PATCH", f"/v1/keys/{made['id']}", json=change)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in change} == change
    answer = await owner.ask("PATCH", f"/v1/keys/{made['id']}", json={"name": "only"})
    assert answer.json()["origins"] == ["http://localhost:3000"]
    answer = await owner.ask("PATCH", f"/v1/keys/{made['id']}", json={"origins": []})
    assert_problem(answer, 422, "invalid_body")


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "browser"},
        {"kind": "browser", "origins": ["http://example.org"]},
        {"kind": "browser", "origins": ["https://example.org/path"]},
        {"kind": "browser", "origins": ["example.org"]},
        {"kind": "browser", "origins": ["*"]},
        {"kind": "browser", "origins": ["https://example.org"], "scopes": ["account"]},
        {"kind": "secret", "origins": ["https://example.org"]},
        {"kind": "other"},
        {"scopes": ["unknown"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2099-01-01T00:00:00"},
        {"name": "x" * 101},
        {"name": "a\nb"},
        {"no_such": 1},
    ],
)
def test_wishes_that_make_no_key(wish: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        KeyWish.model_validate(wish)


async def test_keys_of_others_are_not_there(site: Site) -> None:
    owner, other = await site.owner(), await site.owner("eva@example.org")
    theirs = await other.key()
    for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/rotate")):
        answer = await owner.ask(method, f"/v1/keys/{theirs['id']}{path}", json={})
        assert_problem(answer, 404, "not_found")
    assert (await other.ask("GET", "/v1/keys")).json()["returned"] == 1
