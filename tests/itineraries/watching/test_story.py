"""From a file of AIS to a receiver of webhooks, with the commands that an operator runs."""

import subprocess
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from app.core.db import Database
from tests.alerts.conftest import LOOPBACK, Receiver, make, receiver, until  # noqa: F401
from tests.command import VRIC, environment, run_vric
from tests.conftest import TEST_SECRET, MakeKey, serving


async def test_a_file_becomes_an_alert_at_its_receiver(
    database: Database,
    make_account_key: MakeKey,
    receiver: Receiver,  # noqa: F811
    tmp_path: Path,
) -> None:
    variables = {
        "VRIC_DATABASE_URL": database.url,
        "VRIC_SECRET_KEY": TEST_SECRET,
        "VRIC_WEBHOOK_ALLOWED_NETWORKS": ",".join(LOOPBACK),
    }
    rows = [f"mmsi:775000001,2020-11-01T0{hour}:00:00Z,{lat},-64.75"
            for hour, lat in enumerate((10.6, 10.5, 10.29, 10.29))]  # fmt: skip
    (tmp_path / "fixes.csv").write_text("\n".join(["craft_id,time,lat,lon", *rows]))
    async with serving(database.url, webhook_allowed_networks=LOOPBACK) as client:
        client.headers["X-API-Key"] = await make_account_key(plan="premium")
        rule = {"on": "zone_entry", "zones": ["la-borracha"], "crafts": ["mmsi:775000001"]}
        made = await make(client, rules=[rule], webhook_url=receiver.url)
        with subprocess.Popen(
            [VRIC, "worker"], env=environment(**variables), stderr=subprocess.DEVNULL
        ) as worker:
            try:
                for _ in range(2):  # the second time it is no news
                    done = run_vric("ingest", "positions", "fixes.csv", cwd=tmp_path, **variables)
                    assert done.returncode == 0, done.stderr
                await until(lambda: receiver.requests)
                await _delivered(client)
            finally:
                worker.terminate()
    ((headers, body),) = receiver.requests
    message = Webhook(made["webhook_secret"]).verify(body, headers)
    assert message["type"] == "alert.zone_entry"
    assert message["data"]["data"]["entered_at"] == "2020-11-01T02:00:00Z"


async def _delivered(client: httpx.AsyncClient) -> None:
    for _ in range(200):
        (alert,) = (await client.get("/v1/alerts")).json()["items"]
        if alert["delivery"] == "delivered":
            return
    pytest.fail("it was not noted")
