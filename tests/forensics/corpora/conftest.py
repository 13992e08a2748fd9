"""Premium callers of the whole service, and a worker that does their analyses."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from app.core.db import Database
from app.core.jobs.kinds import Job
from app.core.settings import Settings
from app.main import create_app
from tests.conftest import make_settings
from tests.worker import working

TAKEOVER_S = 2.0
Record = dict[str, Any]
MakeKey = Callable[..., Awaitable[str]]
PLENTY = {
    plan: {"burst_per_minute": 1_000_000, "daily": 10_000_000, **more}
    for plan, more in (
        ("free", {}),
        ("premium", {"posts_per_corpus": 100_000, "corpora": 5}),
        ("enterprise", {"posts_per_corpus": 3, "corpora": 1}),
    )
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which a dead worker is soon noticed."""
    return make_settings(
        upload_dir=tmp_path / "uploads",
        job_takeover_seconds=TAKEOVER_S,
        plan_overrides=PLENTY,
        max_upload_bytes=20_000_000,
        max_unpacked_bytes=50_000_000,
    )


@dataclass
class Analyst:
    """One account's client."""

    client: httpx.AsyncClient

    async def upload(
        self, posts: Sequence[Record] | bytes, corpus: str = "c", status: int = 200, query: str = "",
        **headers: str,
    ) -> Record:  # fmt: skip
        """Upload posts; the answer's body."""
        body = (
            posts if isinstance(posts, bytes) else b"".join(orjson.dumps(p) + b"\n" for p in posts)
        )
        answer = await self.client.post(
            f"/v1/forensics/corpora/{corpus}/posts{query}", content=body, headers=headers
        )
        assert answer.status_code == status, answer.text
        shown: Record = answer.json()
        return shown

    async def get(self, path: str, status: int = 200) -> Record:
        """The body of an answer below /v1/forensics."""
        answer = await self.client.get(f"/v1/forensics/{path}")
        assert answer.status_code == status, answer.text
        shown: Record = answer.json()
        return shown

    async def ask(self, status: int = 202, **body: Any) -> Record:
        """Ask for an analysis."""
        answer = await self.client.post("/v1/forensics/analyses", json={"corpus": "c", **body})
        assert answer.status_code == status, answer.text
        shown: Record = answer.json()
        return shown

    async def until_ended(self, analysis: Record, seconds: float = 60) -> Record:
        """The analysis once nothing more will happen to it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            shown = await self.get(f"analyses/{analysis['id']}")
            if shown["status"] not in ("queued", "running"):
                return shown
            await asyncio.sleep(0.05)
        pytest.fail(f"still {shown}")

    async def finding(self, **body: Any) -> Record:
        """The finding of an analysis."""
        ended = await self.until_ended(await self.ask(**body))
        assert ended["status"] == "done", ended
        return await self.get(f"findings/{ended['finding']}")


Analysts = Callable[..., Any]


@pytest.fixture
async def analysts(
    database: Database, settings: Settings, make_account_key: MakeKey
) -> AsyncIterator[Analysts]:
    """Opens a client of an account of its own."""
    app = create_app(settings, database.url)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    @asynccontextmanager
    async def open_(email: str = "a@example.org", plan: str = "premium") -> AsyncIterator[Analyst]:
        headers = {"X-API-Key": await make_account_key(email, plan)}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver", headers=headers, timeout=60
        ) as client:
            yield Analyst(client)

    async with app.router.lifespan_context(app):
        yield open_


@pytest.fixture
async def analyst(analysts: Analysts) -> AsyncIterator[Analyst]:
    """A client of a premium account."""
    async with analysts() as one:
        yield one


@pytest.fixture
async def worker(database: Database, settings: Settings) -> AsyncIterator[None]:
    """A worker in this process."""
    async with working(database, settings):
        yield


class OwnedJob(Job):
    """A job that no other worker will take."""

    def transaction(self) -> AbstractAsyncContextManager[asyncpg.Connection]:
        return self.database.transaction()


def campaign(accounts: int = 6, rounds: int = 8, start: int = 0) -> list[Record]:
    """Accounts that put the same links out within seconds, among others who do not."""
    posts: list[Record] = []
    for number in range(rounds):
        at = 1_735_689_600 + start + number * 7_200
        posts += [
            _post(f"c{start}-{number}-{i}", f"planted{i}", at + i, f"https://example.org/{number}")
            for i in range(accounts)
        ]
    return posts + organic(start)


def organic(start: int = 0, count: int = 400) -> list[Record]:
    """Accounts that share links now and then, each for itself."""
    chance = random.Random(start)
    return [
        _post(f"o{start}-{i}", f"person{chance.randrange(80)}",
              1_735_689_600 + chance.randrange(400_000),
              f"https://example.net/{chance.randrange(97)}")
        for i in range(count)
    ]  # fmt: skip


def _post(id_: str, account: str, at: int, url: str) -> Record:
    return {
        "id": id_, "platform": "x", "account": account, "published_at": at,
        "text": f"synthetic post {id_} about nothing at all", "urls": [url], "synthetic": True,
    }  # fmt: skip
