"""What an owner does on the page: keys, usage, activity, security, own data."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from app.core.db import Database
from tests.accounts.conftest import PASSWORD, Site
from tests.conftest import PLENTY
from tests.problems import assert_problem
from tests.web.conftest import EMAIL, mailed_link, opened_page, serving_pages, sign_in_on

pytestmark = pytest.mark.xdist_group("browser")


async def test_a_browser_key_from_its_making_to_its_end(page: Page, site: Site) -> None:
    await site.owner()
    await sign_in_on(page)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_text("Make a key", exact=True).click()
    form = page.locator("#key-form")
    await form.get_by_label("Name").fill("map")
    await form.get_by_label("browser key").check()
    await form.get_by_label("Origins of the pages").fill("ftp://example.org")
    await form.get_by_label("events and reports").check()
    await form.get_by_label("Last day").fill("2100-01-01")
    await form.get_by_role("button", name="Make the key").click()
    await expect(page.locator("#key-form-message")).to_contain_text("An origin is like")
    await form.get_by_label("Origins of the pages").fill(
        "https://example.org\nhttp://localhost:3000"
    )
    await form.get_by_role("button", name="Make the key").click()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_text("Copied")).to_be_visible()
    key = await page.evaluate("navigator.clipboard.readText()")
    assert key.startswith("vric_pk_")
    at_home = {"X-API-Key": key, "Origin": "https://example.org"}
    assert (await site.client.get("/v1/events", headers=at_home)).status_code == 200
    elsewhere = {**at_home, "Origin": "https://example.com"}
    assert_problem(await site.client.get("/v1/events", headers=elsewhere), 403, "origin_refused")

    await page.get_by_role("button", name="Change: map").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("<b>atlas</b>")
    await dialog.get_by_label("Origins of the pages").fill("https://example.com")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.locator("#key-list strong")).to_have_text("<b>atlas</b>")
    assert (await site.client.get("/v1/events", headers=elsewhere)).status_code == 200

    await page.get_by_role("button", name="Replace: ").click()
    await page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    await expect(page.get_by_label("The new key")).not_to_have_value(key)
    second = await page.get_by_label("The new key").input_value()
    assert_problem(await site.client.get("/v1/events", headers=elsewhere), 401, "unauthorized")
    await page.get_by_role("button", name="Revoke: ").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    elsewhere["X-API-Key"] = second
    assert (await site.client.get("/v1/events", headers=elsewhere)).status_code == 200
    await page.get_by_role("button", name="Revoke: ").click()
    await expect(page.get_by_role("dialog")).to_contain_text("<b>atlas</b>")
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(page.locator("#key-list")).to_have_text("No keys yet.")
    assert_problem(await site.client.get("/v1/events", headers=elsewhere), 401, "unauthorized")


async def test_a_plan_allows_so_many_keys(page: Page, site: Site) -> None:
    owner = await site.owner()
    for name in ("first", "second"):
        await owner.key(name=name)
    await sign_in_on(page)
    await page.get_by_text("Make a key", exact=True).click()
    await page.locator("#key-form").get_by_label("Name").fill("third")
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.locator("#key-form-message")).to_contain_text("allows no more keys")


async def test_a_quota_that_is_used_up(
    chromium: Browser, database: Database, tmp_path: Path
) -> None:
    few = {"anonymous": PLENTY["anonymous"], "free": {"burst_per_minute": 100, "daily": 1}}
    async with (
        serving_pages(database, tmp_path, plan_overrides=few) as site,
        opened_page(chromium, str(site.client.base_url)) as page,
    ):
        owner = await site.owner()
        assert (await owner.ask("GET", "/v1/events")).status_code == 200
        await sign_in_on(page)
        await expect(page.locator(".bad").first).to_contain_text("It goes on from")
        await expect(page.locator(".quotas")).to_contain_text("Today: 1 of 1 units")


async def test_usage_and_activity(page: Page, site: Site) -> None:
    owner = await site.owner()
    key = await owner.key(name="laptop")
    for _ in range(3):
        await site.client.get("/v1/events/facets", headers={"X-API-Key": key["key"]})
    usage = (await owner.ask("GET", "/v1/usage")).json()
    await sign_in_on(page)
    bars = page.get_by_role("img", name="Units by day over the last 31 days")
    await expect(bars.locator("rect")).to_have_count(31)
    await page.get_by_text("As a table").click()
    row = page.locator("#usage-shown tbody tr")
    shown = [int(text) for text in await row.locator("td:not(:first-child)").all_inner_texts()]
    assert shown[1] >= usage["days"][-1]["units"] >= 6
    await expect(page.locator(".quotas")).to_contain_text("of 10,000,000 units")
    await expect(page.locator("#activity-list")).to_contain_text("Key made: laptop")
    for _ in range(9):
        assert (await site.sign_in()).status_code == 200
    await page.reload()
    await expect(page.locator("#activity-list li")).to_have_count(10)
    await page.get_by_role("button", name="Show older ones").click()
    await expect(page.locator("#activity-list")).to_contain_text("Sign-up asked for")


async def test_another_password_ends_all_sessions(page: Page, site: Site) -> None:
    owner = await site.owner()
    await sign_in_on(page)
    form = page.locator("#password-form")
    await form.get_by_label("Present password").fill("a wrong sentence")
    await form.get_by_label("New password").fill("otra frase larga y rara")
    await form.get_by_role("button").click()
    await expect(page.locator("#password-form-message")).to_contain_text("is wrong")
    await expect(form.get_by_label("New password")).to_have_value("otra frase larga y rara")
    await page.wait_for_timeout(2_100)  # after a failure each try must wait
    await form.get_by_label("Present password").fill(PASSWORD)
    await form.get_by_role("button").click()
    await expect(page.locator("#notice")).to_contain_text("The password is changed")
    assert (await owner.ask("GET", "/v1/me")).status_code == 401
    await sign_in_on(page, password="otra frase larga y rara")
    await page.get_by_role("button", name="Log out everywhere").click()
    await expect(page.locator("#notice")).to_have_text("All sessions are ended.")


async def test_another_address(page: Page, site: Site) -> None:
    await site.owner()
    await sign_in_on(page)
    form = page.locator("#address-form")
    await form.get_by_label("New e-mail address").fill("bea@example.org")
    await form.get_by_label("Present password").fill(PASSWORD)
    await form.get_by_role("button").click()
    await expect(page.locator("#address-form-message")).to_contain_text("on its way")
    link = await mailed_link(site, "bea@example.org")
    await page.goto("about:blank")
    await page.goto(link)
    await expect(page.locator("#notice")).to_contain_text("bea@example.org is confirmed")
    await expect(page.locator("#who")).to_have_text("bea@example.org")


async def test_own_data_and_the_end_of_the_account(page: Page, site: Site) -> None:
    await site.owner()
    await sign_in_on(page)
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Download my data").click()
    path = await (await saving.value).path()
    assert EMAIL in json.dumps(json.loads(Path(path).read_text()))
    await page.get_by_text("Delete the account").click()
    await page.locator("#delete-form").get_by_label("Present password").fill(PASSWORD)
    await page.get_by_role("button", name="Delete for good").click()
    await expect(page.locator("#notice")).to_have_text("The account is deleted.")
    assert (await site.sign_in()).status_code == 400
