"""Exports through the whole service: real keys, plans, scopes, and a worker."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from app.core.db import Database
from app.core.settings import Settings
from tests.conftest import serving
from tests.exports.conftest import TAKEOVER_S
from tests.worker import working

MakeKey = Callable[..., Awaitable[str]]


async def _until_done(client: httpx.AsyncClient, where: str) -> dict[str, object]:
    for _ in range(1_000):
        view: dict[str, object] = (await client.get(where)).json()
        if view["status"] == "done":
            return view
        await asyncio.sleep(0.02)
    raise AssertionError(view)


async def test_from_the_key_to_the_file(
    database: Database,
    settings: Settings,
    export_dir: Path,
    make_account_key: MakeKey,
) -> None:
    key = await make_account_key()
    changes = {"export_dir": export_dir, "job_takeover_seconds": TAKEOVER_S}
    async with serving(database.url, **changes) as client, working(database, settings):
        assert (await client.post("/v1/exports", json={"format": "csv"})).status_code == 401
        client.headers["X-API-Key"] = key
        asked = await client.post("/v1/exports", json={"format": "csv"})
        assert asked.status_code == 202
        view = await _until_done(client, asked.headers["location"])
        answer = await client.get(f"{asked.headers['location']}/file")
        assert (answer.status_code, len(answer.content)) == (200, view["size"])
        assert answer.headers["cache-control"].startswith("private")
        assert "ratelimit" in answer.headers
        (described,) = (await client.get("/v1/exports")).json()["items"]
        assert described["id"] == view["id"]
        paths = (await client.get("/openapi.json")).json()["paths"]
        assert {"post", "get"} <= set(paths["/v1/exports"])
        assert (
            "text/csv"
            in paths["/v1/exports/{export_id}/file"]["get"]["responses"]["200"]["content"]
        )
        async with database.transaction() as connection:
            await connection.execute("UPDATE api_keys SET scopes = array['events']")
        refused = await client.post("/v1/exports", json={"format": "csv"})
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
