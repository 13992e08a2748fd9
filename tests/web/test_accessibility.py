"""The pages in every state hold WCAG 2.2 AA as far as axe can tell, and fit a phone."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.accounts.conftest import PASSWORD, Site
from tests.billing.fake_stripe import FakeStripe
from tests.web.conftest import EMAIL, OpenPage, mailed_link

pytestmark = pytest.mark.xdist_group("browser")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE = {"width": 360, "height": 720}
READERS = [
    pytest.param({"locale": "en-US", "color_scheme": "light"}, id="English, light"),
    pytest.param(
        {"locale": "es-CO", "color_scheme": "dark", "viewport": PHONE}, id="Spanish, dark"
    ),
]


async def check(page: Page) -> None:
    """The page as it is now has no fault that axe knows, and nothing beside the screen."""
    found = await Axe().run(page, options=RULES)
    faults = [(fault["id"], [node["html"] for node in fault["nodes"]])
              for fault in found.response["violations"]]  # fmt: skip
    assert faults == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(overflow) == 0


@pytest.mark.parametrize("reader", READERS)
async def test_the_entrance(open_page: OpenPage, site: Site, reader: dict[str, Any]) -> None:
    async with open_page(**reader) as page:
        for view in ("sign-in", "sign-up", "forgot"):
            await page.goto("about:blank")
            await page.goto(f"/account#{view}")
            await page.locator(f"#{view}").wait_for()
            await check(page)
        await page.locator("#forgot [name=email]").fill(EMAIL)
        await page.locator("#forgot button").click()
        await page.locator("[data-view=mail]").wait_for()
        await check(page)
        await page.goto("about:blank")
        await page.goto("/account#reset=nothing")
        await page.locator("#new-password [name=password]").fill("a long sentence for all")
        await page.locator("#new-password button").click()
        await page.locator("#new-password-message.bad").wait_for()
        await check(page)
        assert (await site.sign_up()).status_code == 202
        await page.goto(await mailed_link(site))
        await page.locator("#notice.good").wait_for()
        await check(page)


@pytest.mark.parametrize("reader", READERS)
async def test_the_account(open_page: OpenPage, site: Site, reader: dict[str, Any]) -> None:
    owner = await site.owner()
    await owner.key(name="a name with manyletterswithoutanyspacebetweenthem" * 2)
    async with open_page(**reader) as page:
        await page.goto("/account")
        await page.locator("#sign-in [name=username]").fill(EMAIL)
        await page.locator("#sign-in [name=password]").fill(PASSWORD)
        await page.locator("#sign-in button").click()
        await page.locator("#activity-list li").first.wait_for()
        for summary in await page.locator("summary").all():
            await summary.click()
        await page.locator("#key-form [value=browser]").check()
        await page.locator("#totp-begin [name=password]").fill(PASSWORD)
        await page.locator("#totp-begin button").click()
        await page.locator("#totp-secret input").wait_for()
        await check(page)
        for name in ("change-key", "rotate-key", "revoke-key"):
            number = ("change-key", "rotate-key", "revoke-key").index(name)
            await page.locator("#key-list button").nth(number).click()
            await page.locator(f"#{name}[open]").wait_for()
            await check(page)
            await page.keyboard.press("Escape")


@pytest.mark.parametrize("reader", READERS)
async def test_the_plans(
    open_page: OpenPage, site: Site, fake: FakeStripe, reader: dict[str, Any]
) -> None:
    await site.owner()
    async with open_page(**reader) as page:
        await page.goto("/plans")
        await page.locator("#plans a").first.wait_for()
        await check(page)
        await page.goto("/account?next=plans#sign-in")
        await page.locator("#sign-in [name=username]").fill(EMAIL)
        await page.locator("#sign-in [name=password]").fill(PASSWORD)
        await page.locator("#sign-in button").click()
        await page.locator("#plans button").first.click()
        await page.wait_for_url(f"{fake.base}/pay/**")
        await page.get_by_role("button").click()
        await page.locator("#notice.good").wait_for()
        await page.locator("#subscription-list li").wait_for()
        await check(page)


async def test_the_landing_page(page: Page) -> None:
    await page.goto("/")
    await page.locator("#results li").first.wait_for()
    await check(page)
