"""What owners do with their account: password, address, copy, deletion, log."""

from sqlalchemy import ForeignKeyConstraint

from app.core.db import Database
from app.tables import metadata
from tests.accounts.conftest import PASSWORD, Owner, Site
from tests.problems import assert_problem

NEW = "another sentence that is long"


async def test_a_new_password_ends_every_session(site: Site) -> None:
    owner = await site.owner()
    body = {"password": PASSWORD, "new_password": "password1234"}
    assert_problem(await owner.ask("POST", "/v1/me/password", json=body), 422, "invalid_body")
    body = {"password": PASSWORD, "new_password": NEW}
    assert (await owner.ask("POST", "/v1/me/password", json=body)).status_code == 204
    assert_problem(await owner.ask("GET", "/v1/me"), 401, "unauthorized")
    refreshed = await site.token(
        grant_type="refresh_token", refresh_token=owner.tokens["refresh_token"]
    )
    assert refreshed.status_code == 400
    assert (await site.sign_in()).status_code == 400
    assert (await site.sign_in(password=NEW)).status_code == 200
    assert (await site.letters())[-1].subject.endswith("Your password was changed")


async def test_another_address(site: Site) -> None:
    owner = await site.owner()
    wish = {"password": PASSWORD, "email": "ana@new.example.org"}
    assert (await owner.ask("PATCH", "/v1/me", json=wish)).status_code == 202
    assert (await owner.ask("GET", "/v1/me")).json()["email"] == "ana@example.org"
    assert (await site.verify_newest("ana@new.example.org")).status_code == 200
    assert (await owner.ask("GET", "/v1/me")).json()["email"] == "ana@new.example.org"
    assert (await site.letters("ana@example.org"))[-1].subject.endswith("account was changed")
    assert (await site.sign_in()).status_code == 400
    assert (await site.sign_in("ana@new.example.org")).status_code == 200


async def test_an_address_that_was_taken_meanwhile(site: Site) -> None:
    owner = await site.owner()
    wish = {"password": PASSWORD, "email": "late@example.org"}
    await owner.ask("PATCH", "/v1/me", json=wish)
    token = (await site.letters("late@example.org"))[-1].link[1]
    await site.owner("late@example.org")
    answer = await site.client.post("/v1/accounts/verify", json={"token": token})
    assert_problem(answer, 409, "conflict")


async def test_links_are_good_once_and_for_their_purpose(site: Site) -> None:
    await site.owner()
    used = (await site.letters())[0].link[1]
    await site.client.post("/v1/accounts/reset", json={"email": "ana@example.org"})
    reset = (await site.letters())[-1].link[1]
    for token in (used, reset, "unknown"):
        answer = await site.client.post("/v1/accounts/verify", json={"token": token})
        assert_problem(answer, 400, "invalid_link")
    weak = {"token": reset, "password": "aaaaaaaaaaaa"}
    answer = await site.client.post("/v1/accounts/reset/confirm", json=weak)
    assert_problem(answer, 422, "invalid_body")
    for status in (204, 400):
        body = {"token": reset, "password": NEW}
        answer = await site.client.post("/v1/accounts/reset/confirm", json=body)
        assert answer.status_code == status
    assert (await site.sign_in(password=NEW)).status_code == 200


async def _rows_of(database: Database, account_id: int) -> dict[str, int]:
    """How many rows of each table name an account."""
    found = {}
    for table in metadata.sorted_tables:
        for constraint in table.constraints:
            if (
                isinstance(constraint, ForeignKeyConstraint)
                and constraint.referred_table.name == "accounts"
            ):
                column = constraint.columns[0].name
                found[table.name] = await database.fetch_value(
                    f"SELECT count(*) FROM {table.name} WHERE {column} = $1", [account_id]
                )
    return found


async def _fill(database: Database, account_id: int) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO usage_days VALUES ($1, current_date, 3, 4)", account_id
        )
        await connection.execute(
            "INSERT INTO corpora (account_id, name, created_at, updated_at)"
            " VALUES ($1, 'spring', now(), now())",
            account_id,
        )
        await connection.execute(
            "INSERT INTO stripe_events (id, type, account_id, outcome, handled_at)"
            " VALUES ('evt_1', 'invoice.paid', $1, 'done', now())",
            account_id,
        )


async def test_a_copy_of_everything_then_real_deletion(site: Site, database: Database) -> None:
    owner: Owner = await site.owner()
    other = await site.owner("eva@example.org")
    key = await owner.ask("POST", "/v1/keys", json={"name": "k"}, headers={"Idempotency-Key": "1"})
    account_id = await database.fetch_value("SELECT id FROM accounts WHERE email LIKE 'ana%'")
    await _fill(database, account_id)
    answer = await owner.ask("GET", "/v1/me/data")
    assert answer.headers["content-disposition"].startswith("attachment")
    data = answer.json()
    rows = await _rows_of(database, account_id)
    assert data.keys() == {"accounts", *rows}
    assert data["accounts"][0]["email"] == "ana@example.org"
    assert data["usage_days"] == [
        {"account_id": account_id, "day": data["usage_days"][0]["day"], "requests": 3, "units": 4}
    ]
    for table in ("api_keys", "audit_events", "stripe_events", "mailed_links", "refresh_tokens"):
        assert data[table], table
    for secret in ("digest", "$argon2", key.json()["key"], "eva@example.org"):
        assert secret not in answer.text

    assert_problem(
        await owner.ask("DELETE", "/v1/me", json={"password": NEW}), 403, "wrong_password"
    )
    gone = await owner.ask("DELETE", "/v1/me", json={"password": PASSWORD})
    assert gone.status_code == 204
    assert set((await _rows_of(database, account_id)).values()) == {0}
    # What is too much to go at once is nobody's, and goes by a job.
    taken = "SELECT count(*) FROM corpora WHERE account_id IS NULL AND deleted_at IS NOT NULL"
    assert await database.fetch_value(taken) == 1
    assert await database.fetch_value("SELECT count(*) FROM accounts") == 1
    for headers in (owner.headers, {"X-API-Key": key.json()["key"]}):
        answer = await site.client.get("/v1/me", headers=headers)
        assert_problem(answer, 401, "unauthorized")
    assert (await site.sign_in()).status_code == 400
    assert (await other.ask("GET", "/v1/me")).status_code == 200
    told = (await site.letters("ana@example.org"))[-1]
    assert told.subject == "VRIC Monitor: Your account was deleted"
    assert (await site.owner()).tokens  # the address is free again


async def test_the_log_of_an_account(site: Site) -> None:
    owner = await site.owner()
    await site.sign_in(password="wrong, and long", headers=site.at("203.0.113.9"))
    key = await owner.key(name="laptop")
    await owner.ask("DELETE", f"/v1/keys/{key['id']}")
    log = (await owner.ask("GET", "/v1/me/audit")).json()
    assert [entry["kind"] for entry in log["items"]] == [
        "key_revoked", "key_created", "sign_in_failed", "signed_in", "verified", "signed_up",
    ]  # fmt: skip
    assert log["items"][2]["address"] == "203.0.113.9"
    assert log["items"][1]["detail"]["name"] == "laptop"
    pages, path = [], "/v1/me/audit?limit=4"
    while path:
        page = (await owner.ask("GET", path)).json()
        pages.append([entry["kind"] for entry in page["items"]])
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert [len(page) for page in pages] == [4, 2]
    for wrong in ("?limit=0", "?cursor=x", "?no-such=1"):
        answer = await owner.ask("GET", f"/v1/me/audit{wrong}")
        assert_problem(answer, 400, "invalid_parameter")


async def test_answers_about_an_account_are_kept_by_nobody(site: Site) -> None:
    owner = await site.owner()
    for path in ("/v1/me", "/v1/keys", "/v1/usage", "/v1/me/audit", "/v1/me/data"):
        answer = await owner.ask("GET", path)
        assert answer.headers["cache-control"] == "no-store", path
