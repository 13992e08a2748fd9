"""From nothing to a key: sign up, verify, sign in, make a key, use it."""

from tests.accounts.conftest import Site


async def test_from_sign_up_to_a_key(site: Site) -> None:
    answer = await site.sign_up()
    assert (answer.status_code, answer.headers["cache-control"]) == (202, "no-store")
    assert (await site.sign_in()).json()["error"] == "invalid_grant"
    assert (await site.verify_newest()).json() == {"email": "ana@example.org"}
    tokens = (await site.sign_in()).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    made = await site.client.post("/v1/keys", json={"name": "laptop"}, headers=headers)
    assert made.status_code == 201, made.text
    me = await site.client.get("/v1/me", headers={"X-API-Key": made.json()["key"]})
    assert me.status_code == 200, me.text
    assert me.json()["email"] == "ana@example.org"
    assert me.json()["plan"] == "free"
