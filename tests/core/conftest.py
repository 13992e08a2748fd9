"""The service with routes that fail in every way."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from app.core.db import Database
from app.core.errors import UnavailableError
from app.main import create_app
from tests.conftest import make_settings, opened
from tests.core.job_worker import TABLE
from tests.core.jobs import Queue

INSIDE = "a secret of the inside"


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int


@pytest.fixture
async def faulty(demo_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service with routes that fail, and routes that read a body."""
    app = create_app(make_settings(max_body_bytes=100_000), demo_url)

    @app.get("/v1/test/raises")
    async def raises() -> Response:
        raise RuntimeError(INSIDE)

    @app.get("/v1/test/away")
    async def away() -> Response:
        raise UnavailableError("away for the test")

    @app.post("/v1/test/bytes")
    async def read_bytes(request: Request) -> Response:
        return Response(str(len(await request.body())))

    @app.post("/v1/test/json")
    async def read_json(body: Body) -> Body:
        return body

    async with opened(app) as client:
        yield client


@pytest.fixture
async def queue(database: Database) -> Queue:
    """An empty queue, and a table for the marks of its jobs."""
    async with database.transaction() as connection:
        await connection.execute(TABLE)
    return Queue(database)
