"""Nothing secret in the log of a serving process, however talkative: settings, credentials, billing."""

import json
from pathlib import Path

import httpx

from tests.command import run_vric, started
from tests.conftest import free_port

PASSWORD = "correct horse battery of the log"
GUESS = "vric_sk_a-guess-that-is-no-key"
FORGED = "t=1,v1=forged0f0f0f"
SETTINGS = {
    "VRIC_SECRET_KEY": "a secret of this test, long enough to be accepted",
    "VRIC_METRICS_TOKEN": "metrics-token-of-this-test",
    "VRIC_STRIPE_API_KEY": "sk_test_ofThisTestAlone",
    "VRIC_STRIPE_WEBHOOK_SECRET": "whsec_ofThisTestAlone",
}
STORES = {
    "VRIC_SMTP_URL": "smtp://mailer:smtp-password@127.0.0.1:{port}",
    "VRIC_REDIS_URL": "redis://:redis-password@127.0.0.1:{port}/0",
}


async def test_the_log_of_a_process_holds_no_secret(database_url: str, tmp_path: Path) -> None:
    # Nobody listens there: what fails is logged with the address in its hands.
    away = free_port()
    variables = {
        "VRIC_DATABASE_URL": database_url,
        "VRIC_DATA_DIR": str(tmp_path / "data"),
        "VRIC_LOG_LEVEL": "debug",
        "VRIC_STRIPE_API_BASE": f"http://127.0.0.1:{away}",
        **SETTINGS,
        **{name: url.format(port=away) for name, url in STORES.items()},
    }
    for command in (("account", "create"), ("key", "create")):
        done = run_vric(*command, "owner@example.org", cwd=tmp_path, **variables)
        assert done.returncode == 0, done.stderr
    key = done.stdout.strip()
    with started(tmp_path, **variables) as (url, _):
        with httpx.Client(base_url=url, headers={"X-API-Key": key}, timeout=30) as owner:
            statuses = [
                owner.get("/v1/me").status_code,
                owner.get(f"/v1/events?key={key}").status_code,
                owner.post("/v1/billing/checkout", json={"lookup_key": "premium_monthly"}),
            ]
        with httpx.Client(base_url=url, timeout=30) as anyone:
            sign_up = {"email": "new@example.org", "password": PASSWORD}
            anyone.post("/v1/accounts", json=sign_up)
            anyone.get("/v1/me", headers={"X-API-Key": GUESS})
            anyone.get("/metrics", headers={"Authorization": f"Bearer {GUESS}"})
            form = {"grant_type": "password", "username": "new@example.org", "password": PASSWORD}
            anyone.post("/v1/oauth/token", data=form)
            headers = {"stripe-signature": FORGED}
            anyone.post("/v1/billing/webhook", content=json.dumps({}), headers=headers)
        token = owner_token(url, key)
    assert statuses[:2] == [200, 400], statuses
    log = (tmp_path / "log").read_text()
    assert "limits are not counted" in log  # it does tell of what failed
    secrets = [*SETTINGS.values(), "smtp-password", "redis-password", key, token, PASSWORD, GUESS]
    assert [secret for secret in [*secrets, "forged0f0f0f"] if secret in log] == []


def owner_token(url: str, key: str) -> str:
    """An access token had for a key."""
    form = {"grant_type": "client_credentials", "client_id": "any", "client_secret": key}
    answer = httpx.post(f"{url}/v1/oauth/token", data=form, timeout=30)
    return str(answer.raise_for_status().json()["access_token"])
