"""What the pages say of accounts is so."""

import re
from pathlib import Path

import httpx
import pytest

from app.core.settings import Settings

ROOT = Path(__file__).parents[2]
_CALL = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/v1/[^\s`?]+)")


@pytest.mark.parametrize("page", ["README.md", "docs/accounts.md"])
async def test_routes_that_are_named_exist(client: httpx.AsyncClient, page: str) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    known = {
        (method.upper(), re.sub(r"\{\w+\}", "{id}", path))
        for path, operations in paths.items()
        for method in operations
    }
    named = {
        (method, re.sub(r"\{\w+\}", "{id}", path))
        for method, path in _CALL.findall((ROOT / page).read_text("utf-8"))
    }
    assert named
    assert named <= known


def test_every_setting_is_listed() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    missing = [name for name in Settings.model_fields if f"`VRIC_{name.upper()}`" not in readme]
    assert missing == []
