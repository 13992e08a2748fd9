"""A newcomer's way: refused, told where to go, paid on the stand-in's page, let in."""

import threading
import time

import httpx
import uvicorn
from fastapi import Depends
from starlette.responses import Response

from app.access.policy import requires
from app.core.db import Database
from app.main import create_app
from app.plans import Feature
from tests.access.conftest import free_port
from tests.billing.conftest import billing_settings, make_payer
from tests.billing.fake_stripe import FakeStripe
from tests.conftest import make_settings
from tests.problems import assert_problem

PREMIUM = "/v1/test/premium"


async def test_refused_then_paid_then_let_in(database: Database, fake: FakeStripe) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    fake.webhook = f"{base}/v1/billing/webhook"
    app = create_app(make_settings(**billing_settings(fake, public_url=base)), database.url)

    @app.get(PREMIUM, dependencies=[Depends(requires(Feature.FORENSICS))])
    async def premium() -> Response:
        return Response("welcome")

    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        async with httpx.AsyncClient(base_url=base, timeout=30) as client:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.02)
            payer = await make_payer(database, client, fake)
            refused = await client.get(PREMIUM, headers=payer.key)
            body = assert_problem(refused, 403, "plan_required")
            assert (body["plan"], body["upgrade_url"]) == ("premium", "/plans")
            page = (await payer.post("checkout", {"lookup_key": "premium_monthly"})).json()["url"]
            paid = await client.post(page)
            assert paid.headers["location"].startswith(f"{base}/plans?checkout=cs_")
            assert (await client.get(PREMIUM, headers=payer.key)).text == "welcome"
            portal = (await payer.post("portal")).json()["url"]
            await client.post(portal, data={"act": "cancel"})
            assert (await client.get(PREMIUM, headers=payer.key)).text == "welcome"
            await client.post(portal, data={"act": "cancel_now"})
            again = await client.get(PREMIUM, headers=payer.key)
            assert_problem(again, 403, "plan_required")
    finally:
        server.should_exit = True
        thread.join(10)
    assert not fake.undelivered
