"""The ceiling: the same rows from a bare Starlette and asyncpg handler, with nothing around it.

It reads the same stored documents through a pool with the settings of the product's readers, as text,
which is what asyncpg gives by itself, or as the bytes that they are, as the product does.
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.core.db import READER_SETTINGS, read_json_as_bytes
from benchmarks.events.workload import Place, Workload, workloads

POOL_SIZE = 8
Handler = Callable[[Request], Awaitable[Response]]


def create_ceiling(url: str, served: list[Workload], as_bytes: bool) -> Starlette:
    """One route for each request that has a statement."""
    pools: list[asyncpg.Pool] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(
            url, min_size=POOL_SIZE, max_size=POOL_SIZE, server_settings=READER_SETTINGS,
            reset=_no_reset, init=read_json_as_bytes if as_bytes else None,
        ) as pool:  # fmt: skip
            pools.append(pool)
            yield

    def handler(sql: str, values: tuple[object, ...]) -> Handler:
        async def answer(_: Request) -> Response:
            rows = await pools[0].fetch(sql, *values)
            documents = [row[0] for row in rows]
            items = b",".join(documents) if as_bytes else ",".join(documents).encode()
            return Response(b'{"items":[' + items + b"]}", media_type="application/json")

        return answer

    routes = [Route(f"/{w.name}", handler(w.sql, w.values)) for w in served if w.sql]
    return Starlette(routes=routes, lifespan=lifespan)


async def _no_reset(_: asyncpg.Connection) -> None:
    return None


def main(documents: str, url: str, port: str, day: str, event_id: str) -> None:
    """Serve under the settings with which `vric serve` starts uvicorn."""
    served = workloads(Place("", date.fromisoformat(day), int(event_id)))
    uvicorn.run(
        create_ceiling(url, served, as_bytes=documents == "bytes"),
        port=int(port),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
