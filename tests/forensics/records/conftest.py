"""A premium caller, and files of records."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.core.db import Database
from app.forensics.records.importer import import_records
from app.forensics.records.records import Kind
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome
from tests.conftest import MakeKey, serving


@pytest.fixture
async def premium(
    database: Database, database_url: str, make_account_key: MakeKey
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a premium key over this test's own database."""
    key = await make_account_key("p@example.org", "premium")
    plenty = {"premium": {"burst_per_minute": 1_000_000, "daily": 10_000_000}}
    async with serving(database_url, plan_overrides=plenty) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


async def take_in(
    database: Database, kind: Kind, records: list[dict[str, Any]] | str, collection: str = "file"
) -> Outcome:
    """Import records given as objects or as the text of a file."""
    text = records if isinstance(records, str) else "\n".join(map(json.dumps, records))
    return await import_records(database, kind, SourceFile.of("records", text.encode()), collection)


def takedown(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A made-up takedown."""
    return {
        "id": f"takedown-{number}",
        "title": f"Takedown {number}",
        "platform": "chirper",
        "attributed_states": ["RU"],
        "attributed_by": {"name": "Chirper", "kind": "platform"},
        "account_count": number,
        "sources": {"outlet": "Reuters", "published_on": "2021-03-01"},
        "synthetic": True,
        **fields,
    }


def claim(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A made-up claim."""
    return {
        "id": f"claim-{number}",
        "title": f"Claim {number}",
        "claim": f"The moon is {number} times larger than it is.",
        "sources": {"outlet": "Reuters", "published_on": "2021-03-01"},
        "synthetic": True,
        **fields,
    }
