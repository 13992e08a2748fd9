"""Nothing secret in logs or addresses: a whole session, and then every line that was logged."""

import logging

import pyotp
import pytest

from app.core.db import Database
from tests.accounts.conftest import ORIGIN, PASSWORD, Site

NEW = "another sentence that is long"


async def test_a_whole_session_leaves_no_secret_in_the_logs(
    site: Site, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        owner = await site.owner()
        links = [letter.link[1] for letter in await site.letters()]
        key = (await owner.key(name="laptop"))["key"]
        headers = {"X-API-Key": key}
        for path in ("/v1/me", "/v1/events", f"/v1/nothing?key={key}"):
            await site.client.get(path, headers=headers)
        token = (await site.token(grant_type="client_credentials", client_secret=key)).json()[
            "access_token"
        ]
        begun = await owner.ask("PUT", "/v1/me/totp", json={"password": PASSWORD})
        secret = begun.json()["secret"]
        await owner.ask("PUT", "/v1/me/totp", json={"code": pyotp.TOTP(secret).now()})
        # What is refused, and what fails of ours, with the secrets in its hands.
        await site.sign_in(password="a wrong long password")
        await owner.ask("POST", "/v1/me/password", json={"password": PASSWORD, "new_password": 1})
        await site.client.post("/v1/oauth/token", content=f'{{"password": "{PASSWORD}"}}')
        refreshed = await site.token(
            grant_type="refresh_token", refresh_token=owner.tokens["refresh_token"]
        )
        async with database.transaction() as connection:
            await connection.execute("ALTER TABLE refresh_tokens RENAME TO elsewhere")
            await connection.execute("ALTER TABLE mailed_links RENAME TO elsewhere_too")
        newest = refreshed.json()["refresh_token"]
        answers = [
            await site.token(grant_type="refresh_token", refresh_token=newest),
            await site.sign_up("new@example.org", NEW),
            await site.client.post("/v1/accounts/verify", json={"token": links[0]}),
        ]
        assert [answer.status_code for answer in answers] == [500] * 3
    render = logging.Formatter().format  # with the traceback of what failed
    ours = [record for record in caplog.records if not record.name.startswith("http")]
    logged = "\n".join(render(record) for record in ours)
    assert "UndefinedTable" in logged  # the log does tell of the failures
    secrets = {
        "password": PASSWORD, "new password": NEW, "key": key, "access token": token,
        "own token": owner.tokens["access_token"], "refresh token": newest,
        "used token": owner.tokens["refresh_token"], "totp": secret, "link": links[0],
        "argon2": "$argon2",
    }  # fmt: skip
    for text in (logged, *(answer.text for answer in answers)):
        assert [name for name, value in secrets.items() if value in text] == []


async def test_links_carry_their_token_behind_the_fragment(site: Site) -> None:
    await site.sign_up()
    (letter,) = await site.letters()
    address = next(word for word in letter.text.split() if word.startswith("http"))
    before, fragment = address.split("#")
    assert before == "http://127.0.0.1:8000/account"
    assert fragment == f"verify={letter.link[1]}"
    assert ORIGIN not in letter.text  # the Host header of a request gets into no mail
