"""Signing in on the page: with a code, after a reset, by keyboard, in several tabs."""

import pyotp
import pytest
from playwright.async_api import Page, expect

from app.accounts.totp import STEP_S
from tests.accounts.conftest import PASSWORD, Owner, Site
from tests.web.conftest import EMAIL, OpenPage, mailed_link, sign_in_on

pytestmark = pytest.mark.xdist_group("browser")

OTHER = "otra frase larga y rara"


async def test_a_reset_link_sets_another_password(page: Page, site: Site) -> None:
    await site.owner()
    await page.goto("/account#forgot")
    await page.locator("#forgot [name=email]").fill(EMAIL)
    await page.get_by_role("button", name="Mail me a link").click()
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    link = await mailed_link(site)
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Choose a new password")).to_be_focused()
    assert "#" not in page.url
    field = page.locator("#new-password [name=password]")
    await field.fill("password1234")
    await page.get_by_role("button", name="Save the password").click()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#new-password-message")).to_contain_text("none of the commonest")
    await field.fill(OTHER)
    await page.get_by_role("button", name="Save the password").click()
    await expect(page.locator("#notice")).to_contain_text("The new password is saved")
    await sign_in_on(page, password=OTHER)

    await page.goto("about:blank")
    await page.goto(link)
    await page.locator("#new-password [name=password]").fill(OTHER)
    await page.get_by_role("button", name="Save the password").click()
    await expect(page.locator("#new-password-message")).to_contain_text("The link was used")


async def test_codes_are_switched_on_and_asked_for(page: Page, site: Site) -> None:
    await site.owner()
    await sign_in_on(page)
    await page.locator("#totp-begin [name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Switch codes on").click()
    secret = await page.get_by_label("Secret for the authenticator").input_value()
    uri = await page.get_by_role("link", name="Open in an authenticator").get_attribute("href")
    assert uri is not None
    assert uri.startswith(f"otpauth://totp/VRIC%20Monitor:ana%40example.org?secret={secret}")
    await page.locator("#totp-confirm [name=code]").fill("000000")
    await page.get_by_role("button", name="Confirm the code").click()
    await expect(page.locator("#totp-confirm-message")).to_contain_text("not the present code")
    totp = pyotp.TOTP(secret)
    now = (await site.database.fetch_value("SELECT extract(epoch FROM now())::bigint")) // STEP_S
    await page.locator("#totp-confirm [name=code]").fill(totp.at(now * STEP_S))
    await page.get_by_role("button", name="Confirm the code").click()
    await expect(page.locator("#totp-state")).to_contain_text("On:")

    await page.get_by_role("button", name="Log out", exact=True).click()
    await page.locator("#sign-in [name=username]").fill(EMAIL)
    await page.locator("#sign-in [name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    code = page.locator("#sign-in [name=otp]")
    await expect(code).to_be_focused()
    await code.fill(totp.at((now + 1) * STEP_S))
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", name="Account", exact=True)).to_be_focused()
    await expect(page.locator("#password-form [name=otp]")).to_be_visible()


async def test_a_wrong_password_and_an_unknown_address_look_alike(page: Page, site: Site) -> None:
    await site.owner()
    said = []
    for email in (EMAIL, "nobody@example.org"):
        await page.goto("about:blank")
        await page.goto("/account")
        await page.locator("#sign-in [name=username]").fill(email)
        await page.locator("#sign-in [name=password]").fill("a wrong sentence")
        await page.get_by_role("button", name="Log in").click()
        message = page.locator("#sign-in-message")
        await expect(message).not_to_be_empty()
        said.append(await message.inner_text())
    assert said[0] == said[1]


async def test_the_sign_up_form_by_keyboard(page: Page, site: Site) -> None:
    await page.goto("/account")
    await page.locator("#sign-in").wait_for()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    for _ in range(4):
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Sign up")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Sign up")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.locator("#sign-up [name=email]")).to_be_focused()
    await page.keyboard.type(EMAIL)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Sign up")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_focused()
    assert [letter.to for letter in await site.letters()] == [EMAIL]


async def test_tabs_share_a_session_and_no_script_can_read_it(page: Page, site: Site) -> None:
    await site.owner()
    await sign_in_on(page)
    (cookie,) = await page.context.cookies(f"{site.client.base_url}/v1/oauth/token")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/v1/oauth")
    kept = await page.evaluate(
        "[document.cookie, JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})]"
    )
    assert kept == ["", '{"vric-signed-in":"yes"}', "{}"]
    tabs = [await page.context.new_page() for _ in range(3)]
    for tab in tabs:  # all at once: a refresh token is used once
        await tab.goto("/account", wait_until="commit")
    for tab in tabs:
        await expect(tab.locator("#who")).to_have_text(EMAIL)
    await tabs[0].get_by_role("button", name="Log out", exact=True).click()
    for tab in (page, *tabs):
        await expect(tab.get_by_role("heading", name="Log in")).to_be_visible()
    assert await page.context.cookies(f"{site.client.base_url}/v1/oauth/token") == []


async def test_a_session_that_ended_elsewhere_leads_to_the_log_in(page: Page, site: Site) -> None:
    owner: Owner = await site.owner()
    await sign_in_on(page)
    assert (await owner.ask("POST", "/v1/me/logout-everywhere")).status_code == 204
    await page.get_by_role("button", name="Download my data").click()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    await expect(page.locator("#notice")).to_have_text("You are logged out.")


async def test_the_reader_chooses_the_language(open_page: OpenPage, site: Site) -> None:
    async with open_page(locale="es-CO") as page:
        await page.goto("/account#sign-up")
        await expect(page.get_by_role("heading", name="Registrarse")).to_be_visible()
        assert await page.locator("html").get_attribute("lang") == "es"
        assert await page.title() == "Cuenta · VRIC Monitor API"
        await page.locator("#sign-up [name=email]").fill(EMAIL)
        await page.locator("#sign-up [name=password]").fill(PASSWORD)
        await page.get_by_role("button", name="Registrarse").click()
        await expect(page.get_by_role("heading", name="Mire su correo")).to_be_visible()
        assert "Confirme su dirección" in (await site.letters())[-1].subject
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
        await page.goto("/plans")
        await expect(page.get_by_role("heading", name="Plans")).to_be_visible()
        assert await page.locator("html").get_attribute("lang") == "en"
    async with open_page(locale="de-DE") as page:
        await page.goto("/plans")
        await expect(page.get_by_role("heading", name="Plans")).to_be_visible()
