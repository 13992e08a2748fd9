"""The service with its mails in a folder, owners who signed up, and what they hold."""

import asyncio
import email
import email.policy
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.core.db import Database
from app.main import create_app
from tests.conftest import make_settings, opened
from tests.worker import working

PASSWORD = "una frase larga y rara"
ORIGIN = "https://testserver"
_LINK = re.compile(r"https?://\S+/account#(\w+)=(\S+)")


@dataclass
class Letter:
    """A mail as its reader sees it."""

    to: str
    subject: str
    text: str

    @property
    def link(self) -> tuple[str, str]:
        """What the link is for, and its token."""
        found = _LINK.search(self.text)
        assert found is not None, self.text
        return found[1], found[2]


@dataclass
class Site:
    """A running service, its database, its mails."""

    app: FastAPI
    client: httpx.AsyncClient
    database: Database
    mail_folder: Path

    async def letters(self, to: str | None = None) -> list[Letter]:
        """The mails sent so far, oldest first."""
        await queue_is_empty(self.database)
        found = []
        for file in sorted(self.mail_folder.glob("*.eml")):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            text = message.get_content()
            assert isinstance(text, str)
            found.append(Letter(str(message["To"]), str(message["Subject"]), text))
        return [letter for letter in found if to is None or letter.to == to.lower()]

    def at(self, address: str) -> dict[str, str]:
        """Headers of a caller from another address."""
        return {"X-Forwarded-For": address}

    async def sign_up(
        self, to: str = "ana@example.org", password: str = PASSWORD, **headers: str
    ) -> httpx.Response:
        return await self.client.post(
            "/v1/accounts", json={"email": to, "password": password}, headers=headers
        )

    async def verify_newest(self, to: str = "ana@example.org") -> httpx.Response:
        _, token = (await self.letters(to))[-1].link
        return await self.client.post("/v1/accounts/verify", json={"token": token})

    async def token(self, headers: dict[str, str] | None = None, **form: str) -> httpx.Response:
        return await self.client.post("/v1/oauth/token", data=form, headers=headers)

    async def sign_in(
        self,
        who: str = "ana@example.org",
        password: str = PASSWORD,
        headers: dict[str, str] | None = None,
        **more: str,
    ) -> httpx.Response:
        form = {"grant_type": "password", "username": who, "password": password, **more}
        return await self.token(headers, **form)

    async def owner(self, who: str = "ana@example.org", password: str = PASSWORD) -> "Owner":
        """Somebody who signed up, verified the address and signed in."""
        assert (await self.sign_up(who, password)).status_code == 202
        assert (await self.verify_newest(who)).status_code == 200
        answer = await self.sign_in(who, password)
        assert answer.status_code == 200, answer.text
        return Owner(self, who, password, answer.json())


@dataclass
class Owner:
    """A signed-in owner of an account."""

    site: Site
    email: str
    password: str
    tokens: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return await self.site.client.request(method, path, headers=headers, **options)

    async def key(self, **wish: Any) -> dict[str, Any]:
        answer = await self.ask("POST", "/v1/keys", json=wish)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body


MakeSite = Callable[..., Any]


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncIterator[Site]:
    """The service over an empty database, and a worker that sends its mails."""
    app = make_app(database, tmp_path)
    async with opened(app) as client, working(database, app.state.settings):
        client.base_url = httpx.URL(ORIGIN)
        yield Site(app, client, database, tmp_path / "mail")


async def queue_is_empty(database: Database) -> None:
    """Wait until all that was queued so far is done or given up."""
    deadline = time.monotonic() + 30
    while await database.fetch_value("SELECT count(*) FROM pgqueuer"):
        assert time.monotonic() < deadline, "jobs still wait"
        await asyncio.sleep(0.01)


def make_app(database: Database, folder: Path, **changes: object) -> FastAPI:
    """The application as these tests set it up; callers choose their address."""
    settings = {"data_dir": folder, "trusted_proxies": "192.0.2.0/24", **changes}
    return create_app(make_settings(**settings), database.url)
