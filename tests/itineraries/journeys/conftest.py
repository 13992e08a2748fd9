"""The demo data with accounts of each plan, and files of legs."""

import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.access.keys import HINT_LENGTH, KeyKind, digest_of, make_key
from app.access.models import Account, ApiKey
from app.core.db import Database
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome
from app.itineraries.journeys.importer import import_legs
from tests.conftest import TEST_SECRET, at_database, clone, drop, serving

SECRETS = [TEST_SECRET.encode()]
ROUTES = "/v1/routes/itineraries"
Get = Callable[..., Awaitable[Any]]


def leg(**fields: Any) -> dict[str, Any]:
    """A reported leg with what every one needs, changed by the fields given; `origin` is `from`."""
    whole = {
        "journey": "a-journey",
        "mover": {"kind": "aircraft", "name": "EP-XYZ"},
        "to": {"name": "Caracas", "country": "VE", "lat": 10.6, "lon": -66.99},
        "arrived": "2020-10-26",
        "sources": [{"outlet": "Reuters", "published_on": "2020-10-27"}],
        **fields,
    }
    return {("from" if name == "origin" else name): value for name, value in whole.items()}


def source(outlet: str, published_on: str = "2020-10-27", **fields: Any) -> dict[str, Any]:
    """A source of a leg."""
    return {"outlet": outlet, "published_on": published_on, **fields}


async def take_in(
    database: Database, legs: list[dict[str, Any]], collection: str = "test", **options: Any
) -> Outcome:
    """Import legs as a file of theirs."""
    file = SourceFile.of("legs.json", json.dumps(legs).encode())
    return await import_legs(database, file, collection, SECRETS, **options)


async def make_account_key(
    database: Database, plan: str, scopes: list[str] | None = None
) -> dict[str, str]:
    """The headers of a key of a new account."""
    key = make_key(KeyKind.SECRET)
    async with database.session() as session:
        account = Account(email=f"{uuid.uuid4().hex}@example.org", plan=plan)
        session.add(account)
        await session.flush()
        assert account.id is not None
        session.add(
            ApiKey(
                account_id=account.id, name="", hint=key[:HINT_LENGTH], kind="secret",
                digest=digest_of(key, SECRETS[0]), scopes=scopes,
            )
        )  # fmt: skip
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="session")
async def own_demo_url(server_url: str, run_id: str) -> AsyncIterator[str]:
    """A copy of the demo data, in which accounts may be made."""
    name = f"journeys_{uuid.uuid4().hex[:12]}"
    await clone(server_url, f"demo_template_{run_id}", name)
    yield at_database(server_url, name)
    await drop(server_url, name)


@pytest.fixture(scope="session")
async def demo(own_demo_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A premium caller over the demo data."""
    async with Database(own_demo_url, pool_size=1) as database:
        headers = await make_account_key(database, "enterprise")
    async with serving(own_demo_url) as client:
        client.headers.update(headers)
        yield client


@pytest.fixture
async def caller(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A premium caller over a test's own database."""
    headers = await make_account_key(database, "premium")
    async with serving(database.url) as client:
        client.headers.update(headers)
        yield client


async def fetch(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    """The JSON of a successful answer."""
    answer = await client.get(path, params=params or None)
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()


def write(folder: Path, name: str, text: str) -> SourceFile:
    """A file with a text, read back."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return SourceFile.read(path, 10_000_000)
