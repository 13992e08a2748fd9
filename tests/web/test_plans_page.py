"""The plans on their page: shown as they are, bought or not, and where nothing can be bought."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from app.core.db import Database
from app.plans import FREE, PLANS, PREMIUM
from tests.accounts.conftest import PASSWORD, Site
from tests.billing.fake_stripe import FakeStripe
from tests.web.conftest import EMAIL, opened_page, serving_pages, sign_in_on

pytestmark = pytest.mark.xdist_group("browser")


async def test_everybody_sees_the_plans(page: Page) -> None:
    await page.goto("/plans")
    cards = page.locator("#plans > li")
    await expect(cards).to_have_count(len(PLANS))
    await expect(cards.nth(2)).to_contain_text(f"{PREMIUM.daily:,} units a day")
    await expect(cards.nth(1)).to_contain_text(f"API keys: {FREE.api_keys}")
    await expect(cards.nth(3)).to_contain_text("exports of any length")
    await expect(page.get_by_role("button", name="Subscribe")).to_have_count(0)


async def test_the_way_through_the_log_in_leads_back(page: Page, site: Site) -> None:
    await site.owner()
    await page.goto("/plans")
    await page.get_by_role("link", name="Log in to subscribe").first.click()
    await page.locator("#sign-in [name=username]").fill(EMAIL)
    await page.locator("#sign-in [name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/plans")
    await expect(
        page.get_by_role("button", name="Enterprise: Subscribe by the year")
    ).to_be_visible()


async def test_turning_back_buys_nothing(page: Page, site: Site, fake: FakeStripe) -> None:
    await site.owner()
    await sign_in_on(page)
    await page.goto("/plans")
    await page.get_by_role("button", name="Premium: Subscribe by the year").click()
    await page.wait_for_url(f"{fake.base}/pay/**")
    await page.get_by_role("link", name="Back").click()
    await expect(page.locator("#notice")).to_contain_text("Nothing was bought")
    await expect(page.locator("[aria-current=true]")).to_contain_text("Free")
    assert "?" not in page.url


async def test_a_page_of_someone_else_changes_nothing(page: Page, site: Site) -> None:
    await site.owner()
    await sign_in_on(page)
    await page.goto("/plans?checkout=cs_test_of_another")
    await expect(page.locator("#notice")).to_contain_text("no longer there")
    await page.goto("/plans?checkout=%3Cb%3E")
    await expect(page.locator("#notice.bad")).to_be_visible()
    await expect(page.locator("[aria-current=true]")).to_contain_text("Free")


async def test_a_payment_that_is_not_confirmed_yet(
    page: Page, site: Site, fake: FakeStripe
) -> None:
    await site.owner()
    await sign_in_on(page)
    await page.goto("/plans")
    await page.get_by_role("button", name="Premium: Subscribe by the month").click()
    await page.wait_for_url(f"{fake.base}/pay/**")
    session = page.url.rpartition("/")[2]
    await page.goto(f"/plans?checkout={session}")
    await expect(page.locator("#notice")).to_contain_text("not confirmed yet")
    fake.pay(session)
    await page.get_by_role("button", name="Look again").click()
    await expect(page.locator("#notice")).to_contain_text("Your plan is Premium")
    await expect(page.get_by_role("button", name="Look again")).to_be_hidden()


@pytest.mark.parametrize("status", ["past_due", "unpaid"])
async def test_a_card_that_fails(page: Page, site: Site, fake: FakeStripe, status: str) -> None:
    await site.owner()
    await sign_in_on(page)
    await page.goto("/plans")
    await page.get_by_role("button", name="Premium: Subscribe by the month").click()
    await page.wait_for_url(f"{fake.base}/pay/**")
    await page.get_by_role("button", name="Pay premium_monthly").click()
    await expect(page.locator("#notice")).to_contain_text("Your plan is Premium")
    (subscription,) = fake.kinds["subscriptions"].values()
    await fake.deliver(site.client, fake.change(subscription, status=status))
    await page.goto("/plans")
    told = {"past_due": "payment overdue · please update the card", "unpaid": "unpaid"}
    await expect(page.locator("#subscription-list")).to_contain_text(told[status])
    # A second subscription would be paid twice.
    await expect(page.get_by_role("button", name="Subscribe")).to_have_count(0)


async def test_who_leaves_ends_the_subscription_too(
    page: Page, site: Site, fake: FakeStripe
) -> None:
    await site.owner()
    await sign_in_on(page)
    await page.goto("/plans")
    await page.get_by_role("button", name="Premium: Subscribe by the month").click()
    await page.wait_for_url(f"{fake.base}/pay/**")
    await page.get_by_role("button", name="Pay premium_monthly").click()
    await expect(page.locator("#notice")).to_contain_text("Your plan is Premium")
    await page.goto("/account")
    await expect(page.get_by_role("button", name="Invoices and payment")).to_be_visible()
    await expect(page.locator("#activity-list")).to_contain_text("Plan changed: Premium")
    await page.get_by_text("Delete the account").click()
    form = page.locator("#delete-form")
    await form.get_by_label("Present password").fill(PASSWORD)
    await form.get_by_role("button").click()
    await expect(page.locator("#delete-form-message")).to_contain_text("A subscription is running")
    await form.get_by_label("End a running subscription now").check()
    await form.get_by_role("button").click()
    await expect(page.locator("#notice")).to_have_text("The account is deleted.")
    assert {held["status"] for held in fake.kinds["subscriptions"].values()} == {"canceled"}


async def test_billing_that_is_off(chromium: Browser, database: Database, tmp_path: Path) -> None:
    async with (
        serving_pages(database, tmp_path) as site,
        opened_page(chromium, str(site.client.base_url)) as page,
    ):
        await site.owner()
        await sign_in_on(page)
        await expect(page.get_by_role("button", name="Invoices and payment")).to_be_hidden()
        await page.goto("/plans")
        await expect(page.locator("#no-payments")).to_contain_text("takes no payments at present")
        await expect(page.locator("[aria-current=true]")).to_contain_text("Free")
        await expect(page.get_by_role("button", name="Subscribe")).to_have_count(0)


async def test_stripe_that_is_away(page: Page, site: Site, fake: FakeStripe) -> None:
    await site.owner()
    await sign_in_on(page)
    await page.goto("/plans")
    fake.down = True
    await page.get_by_role("button", name="Premium: Subscribe by the month").click()
    await expect(page.locator("#notice")).to_contain_text("payment provider cannot be reached")
