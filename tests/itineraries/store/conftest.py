"""Positions in a database, and those who may ask for them."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from app.core.db import Database
from app.itineraries.positions.importer import write_part
from app.itineraries.tracks.positions import Positions
from tests.conftest import MakeKey, serving

Take = Callable[[Positions], Awaitable[int]]


@pytest.fixture
def take(database: Database) -> Take:
    """Writes fixes; returns how many were new."""

    async def write(positions: Positions) -> int:
        async with database.transaction() as connection:
            return await write_part(connection, positions.in_order(), (), "ais")

    return write


@pytest.fixture
async def premium(database_url: str, make_account_key: MakeKey) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key of a premium account."""
    key = await make_account_key(plan="premium")
    async with serving(database_url) as client:
        client.headers["X-API-Key"] = key
        yield client
