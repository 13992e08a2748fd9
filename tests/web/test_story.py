"""A newcomer's way on the pages: sign up, a key, refused, subscribed, let in."""

import httpx
import pytest
from fastapi import Depends
from playwright.async_api import Page, expect
from starlette.responses import Response

from app.access.policy import requires
from app.plans import Feature
from tests.accounts.conftest import PASSWORD, Site
from tests.billing.fake_stripe import FakeStripe
from tests.problems import assert_problem
from tests.web.conftest import EMAIL, mailed_link

pytestmark = pytest.mark.xdist_group("browser")

PREMIUM = "/v1/test/premium"


async def test_from_signing_up_to_being_let_in(page: Page, site: Site, fake: FakeStripe) -> None:
    @site.app.get(PREMIUM, dependencies=[Depends(requires(Feature.FORENSICS))])
    async def premium() -> Response:
        return Response("welcome")

    await _sign_up(page, site)
    key = {"X-API-Key": await _make_key(page)}
    assert (await site.client.get("/v1/events?limit=1", headers=key)).status_code == 200
    refused = await site.client.get(PREMIUM, headers=key)
    body = assert_problem(refused, 403, "plan_required")

    await page.goto(str(httpx.URL(str(site.client.base_url)).join(body["upgrade_url"])))
    await expect(page.locator("[aria-current=true]")).to_contain_text("Free")
    await page.get_by_role("button", name="Premium: Subscribe by the month").click()
    await page.wait_for_url(f"{fake.base}/pay/**")
    await page.get_by_role("button", name="Pay premium_monthly").click()
    await expect(page.locator("#notice")).to_contain_text("Your plan is Premium")
    assert page.url.endswith("/plans")
    assert (await site.client.get(PREMIUM, headers=key)).text == "welcome"

    await expect(page.locator("[aria-current=true]")).to_contain_text("Premium")
    await expect(page.locator("#subscription-list")).to_contain_text("active")
    await _end_subscription(page, fake)
    again = await site.client.get(PREMIUM, headers=key)
    assert_problem(again, 403, "plan_required")


async def _sign_up(page: Page, site: Site) -> None:
    await page.goto("/")
    await page.get_by_role("link", name="Account").click()
    await page.get_by_role("link", name="Sign up").click()
    # Until the view has changed, the visible field is that of the view before it.
    await expect(page.get_by_role("heading", name="Sign up")).to_be_focused()
    await page.get_by_label("E-mail address").locator("visible=true").fill(EMAIL)
    await page.get_by_label("New password").locator("visible=true").fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_focused()
    await page.goto(await mailed_link(site))
    await expect(page.locator("#notice")).to_contain_text(f"{EMAIL} is confirmed")
    assert "#" not in page.url
    await page.get_by_label("Password", exact=True).locator("visible=true").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", name="Account", exact=True)).to_be_focused()


async def _make_key(page: Page) -> str:
    await page.get_by_text("Make a key", exact=True).click()
    await page.get_by_label("Name").locator("visible=true").fill("laptop")
    await page.get_by_role("button", name="Make the key").click()
    key = await page.get_by_label("The new key").input_value()
    assert key.startswith("vric_sk_")
    await page.reload()
    await expect(page.locator("#key-list")).to_contain_text("laptop")
    assert key not in await page.content()
    return key


async def _end_subscription(page: Page, fake: FakeStripe) -> None:
    await page.get_by_role("button", name="Change plan, card or end it").click()
    await page.wait_for_url(f"{fake.base}/portal/**")
    await page.get_by_role("button", name="cancel_now").click()
    await expect(page.locator("#notice")).to_contain_text("Your plan is Free")
    await expect(page.locator("#subscription-list")).to_contain_text("ended")
