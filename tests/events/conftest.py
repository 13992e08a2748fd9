"""Fixtures of the tests of events."""

import uuid
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.conftest import at_database, clone, drop, serving


@pytest.fixture(scope="session")
async def demo(server_url: str, run_id: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the demo data, shared by tests that only read."""
    async with serving(at_database(server_url, f"demo_{run_id}")) as client:
        yield client


@pytest.fixture(scope="module")
async def module_url(server_url: str, run_id: str) -> AsyncIterator[str]:
    """A migrated, empty database of one module's own."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    yield await clone(server_url, f"template_{run_id}", name)
    await drop(server_url, name)
