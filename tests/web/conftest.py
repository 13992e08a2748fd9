"""The service on a real port beside a stand-in for Stripe, and readers in Debian's Chromium."""

import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from app.core.db import Database
from tests.accounts.conftest import PASSWORD, Site, make_app
from tests.billing.conftest import billing_settings
from tests.billing.fake_stripe import FakeStripe
from tests.conftest import free_port
from tests.worker import working

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
EMAIL = "ana@example.org"
OpenPage = Callable[..., AbstractAsyncContextManager[Page]]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser, one for all tests."""
    path = shutil.which("chromium")
    if path is None and os.environ.get("CI"):
        pytest.fail("chromium is missing; .ci/run installs Debian's")
    if path is None:
        pytest.skip("chromium is not installed")
    expect.set_options(timeout=15_000)  # a machine may have other work
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """Stripe with the price list."""
    stripe = FakeStripe()
    stripe.add_prices()
    with stripe.serving():
        yield stripe


@asynccontextmanager
async def serving_pages(database: Database, folder: Path, **changes: object) -> AsyncIterator[Site]:
    """The service on a port of loopback, and a worker that sends its mails."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    app = make_app(database, folder, public_url=base, **changes)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        async with (
            httpx.AsyncClient(base_url=base, timeout=30) as client,
            working(database, app.state.settings),
        ):
            yield Site(app, client, database, folder / "mail")
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
async def site(database: Database, tmp_path: Path, fake: FakeStripe) -> AsyncIterator[Site]:
    """The service with billing on, and Stripe told where to deliver."""
    async with serving_pages(database, tmp_path, **billing_settings(fake)) as opened:
        fake.webhook = f"{opened.client.base_url}/v1/billing/webhook"
        yield opened


@pytest.fixture
async def open_page(chromium: Browser, site: Site) -> OpenPage:
    """Opens a tab of a new reader at the service; what the pages do wrong fails the test."""
    return lambda **options: opened_page(chromium, str(site.client.base_url), **options)


@pytest.fixture
async def page(open_page: OpenPage) -> AsyncIterator[Page]:
    """A tab of a reader who prefers English."""
    async with open_page() as opened:
        yield opened


@asynccontextmanager
async def opened_page(browser: Browser, base: str, **options: Any) -> AsyncIterator[Page]:
    """A tab of a new reader; scripts that fail and policies that are broken fail the test."""
    settings = {"locale": "en-US", "viewport": {"width": 1200, "height": 800}, **options}
    context = await browser.new_context(base_url=base, **settings)
    context.set_default_timeout(15_000)
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        where = urlsplit(str(message.location.get("url", "")))
        is_ours = f"{where.scheme}://{where.netloc}" == base.rstrip("/")
        # The browser writes down every refusal of the API itself; the page tells its reader of it.
        is_refusal = message.text.startswith("Failed to load resource") and (
            where.path.startswith("/v1/") or not is_ours
        )
        if message.type in ("error", "warning") and not is_refusal:
            faults.append(f"{message.text} ({message.location})")

    context.on("console", note)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield await context.new_page()
    await context.close()
    assert faults == []


async def sign_in_on(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    """Sign in on the page."""
    await page.goto("/account")
    await page.get_by_label("E-mail address").first.fill(email)
    await page.locator("#sign-in [name=password]").fill(password)
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("heading", name="Account", exact=True).wait_for()


async def mailed_link(site: Site, to: str = EMAIL) -> str:
    """The address in the newest mail."""
    purpose, token = (await site.letters(to))[-1].link
    return f"/account#{purpose}={token}"
