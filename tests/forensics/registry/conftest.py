"""A premium and a free caller, and files of entries."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.core.db import Database
from app.events.writer import save_outlets
from app.forensics.registry.importer import import_entries
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome
from tests.conftest import MakeKey, serving

REGISTRY = "/v1/forensics/registry"
PLENTY = {
    plan: {"burst_per_minute": 1_000_000, "daily": 10_000_000} for plan in ("premium", "free")
}


@pytest.fixture
async def premium(
    database: Database, database_url: str, make_account_key: MakeKey
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a premium key over this test's own database."""
    key = await make_account_key("p@example.org", "premium")
    async with serving(database_url, plan_overrides=PLENTY) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


@pytest.fixture
async def as_free(make_account_key: MakeKey) -> dict[str, str]:
    """The header of a free account."""
    return {"Authorization": f"Bearer {await make_account_key('f@example.org', 'free')}"}


@pytest.fixture
async def outlets(database: Database) -> None:
    """The bundled outlets."""
    async with database.transaction() as connection:
        await save_outlets(connection)


async def take_in(
    database: Database, entries: list[dict[str, Any]] | str, collection: str = "file"
) -> Outcome:
    """Import entries given as objects or as the text of a file."""
    text = entries if isinstance(entries, str) else "\n".join(map(json.dumps, entries))
    return await import_entries(database, SourceFile.of("entries", text.encode()), collection)


def domain(address: str = "mirror-of.com", **fields: Any) -> dict[str, Any]:
    """A made-up entry of a domain."""
    return {
        "kind": "domain",
        "domain": address,
        "status": "lookalike",
        "citations": {
            "publisher": "A Laboratory", "url": "https://lab.example/1",
            "published_on": "2021-03-01", "says": "Listed as a clone.",
        },
        "synthetic": True,
        **fields,
    }  # fmt: skip


def account(handle: str = "@Somebody", **fields: Any) -> dict[str, Any]:
    """A made-up entry of an account."""
    rest = {k: v for k, v in domain().items() if k != "domain"}
    return {**rest, "kind": "account", "platform": "X", "account": handle, "status": "labelled",
            "state": "RU", **fields}  # fmt: skip


def as_csv(rows: list[dict[str, str]]) -> str:
    """Rows as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
