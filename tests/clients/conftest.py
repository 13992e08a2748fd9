"""A served copy of the demo data, and a key to it."""

import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.command import run_vric, started
from tests.conftest import TEST_SECRET, clone, drop

DOCS = Path(__file__).parents[2] / "docs" / "clients.md"


def shown(language: str, service: "Service") -> str:
    """What docs/clients.md shows in a language, for this service."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(), re.S)
    return str(block).replace("http://127.0.0.1:8000", service.url)


@dataclass(frozen=True)
class Service:
    """A serving process, its document as a file, and a key of an account."""

    url: str
    key: str
    document: Path

    async def expected(self, export: object) -> dict[str, Any]:
        """What the calls of a generated client have to print, asked for without one."""
        async with httpx.AsyncClient(base_url=self.url) as client:
            query = {"actor": "IR", "category": "economic,military", "limit": "3"}
            items = (await client.get("/v1/events", params=query)).json()["items"]
            status = await client.get(f"/v1/exports/{export}", headers={"X-API-Key": self.key})
        assert len(items) == 3
        assert status.json()["filter"] == {"actor": ["IR"]}
        ids = [item["id"] for item in items]
        return {"ids": ids, "returned": 3, "code": "not_found", "status": 404, "export": export}


@pytest.fixture
async def service(server_url: str, run_id: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The service as a user starts it."""
    async with _copy_of_the_demo(server_url, run_id) as url:
        variables = {
            "VRIC_DATABASE_URL": url,
            "VRIC_DATA_DIR": str(tmp_path / "data"),
            "VRIC_SECRET_KEY": TEST_SECRET,
        }
        for command in (("account", "create"), ("key", "create")):
            done = run_vric(*command, "client@example.org", cwd=tmp_path, **variables)
            assert done.returncode == 0, done.stderr
        with started(tmp_path, **variables) as (base, _):
            document = tmp_path / "openapi.json"
            document.write_bytes(httpx.get(f"{base}/openapi.json").content)
            yield Service(base, done.stdout.strip(), document)


@asynccontextmanager
async def _copy_of_the_demo(server_url: str, run_id: str) -> AsyncIterator[str]:
    name = f"test_{uuid.uuid4().hex[:16]}"
    yield await clone(server_url, f"demo_template_{run_id}", name)
    await drop(server_url, name)
