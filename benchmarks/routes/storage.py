"""Storage of positions: loading, one craft-month, and activities, at one and at ten million.

    python -m benchmarks.routes.storage [--positions 1000000 10000000] [--keep]

Synthetic vessels, a fix each 4.3 minutes for 30 days: a craft-month is 10,000 positions. Everything
goes through the product's own importer, analysis and routes; databases are made anew.
"""

import argparse
import asyncio
import gc
import hashlib
import resource
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import numpy as np

from app.access.keys import HINT_LENGTH, KeyKind, digest_of, make_key
from app.access.models import Account, ApiKey
from app.core import migrations
from app.core.db import Database, create_database_if_missing
from app.core.embedded import EmbeddedServer
from app.core.settings import Settings
from app.ingest.files import LargeFile
from app.itineraries.activities.deriver import derive_activities
from app.itineraries.positions.importer import Bounds, import_positions
from app.itineraries.sources.batch import Batch
from app.itineraries.tracks.positions import Positions
from app.main import create_app

FIXES_A_CRAFT = 10_000
STEP_S = 259.2
START_S = 1_604_188_800.0  # 2020-11-01
CRAFT_A_BATCH = 100
DATA = Path(__file__).parents[1] / ".data" / "routes"
SECRET = "a secret of benchmarks, long enough to be one"  # noqa: S105
ROUNDS = 200


def batches(positions: int) -> Iterator[Batch]:
    """Vessels that sail for a day, lie still for half a day, and sail on, as a day's file has them:
    a hundred craft side by side, in order of time."""
    rng = np.random.default_rng(7)
    crafts = positions // FIXES_A_CRAFT
    for first in range(0, crafts, CRAFT_A_BATCH):
        names = [
            f"mmsi:{422_000_000 + number}"
            for number in range(first, min(first + CRAFT_A_BATCH, crafts))
        ]
        tracks = _tracks(rng, len(names))
        for start in range(0, FIXES_A_CRAFT, 500):
            yield Batch(_slice(names, tracks, start, start + 500), lines=500 * len(names))


def _tracks(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    hours = np.arange(FIXES_A_CRAFT) * STEP_S / 3600
    under_way = (hours % 36 < 24)[:, None]
    course = np.cumsum(rng.normal(0, 0.02, (FIXES_A_CRAFT, count)), axis=0)
    course += rng.uniform(0, 2 * np.pi, count)
    step_deg = np.where(under_way, 10 * STEP_S / 3600 / 60, 0)
    noise = rng.normal(0, 2e-5, (2, FIXES_A_CRAFT, count))
    lat = np.cumsum(step_deg * np.cos(course), axis=0) * 0.2 + rng.uniform(-40, 40, count)
    lon = np.cumsum(step_deg * np.sin(course), axis=0) * 0.2 + rng.uniform(-170, 170, count)
    return (
        np.clip(lat + noise[0], -89, 89),
        (lon + noise[1] + 180) % 360 - 180,
        np.broadcast_to(np.where(under_way, 10.0, 0.1), lat.shape),
    )


def _slice(
    names: list[str], tracks: tuple[np.ndarray, np.ndarray, np.ndarray], start: int, end: int
) -> Positions:
    lat, lon, speed = (column[start:end].ravel() for column in tracks)
    count = len(lat)
    unsent = np.full(count, np.nan)
    craft = np.tile(np.arange(len(names), dtype=np.int32), end - start)
    time_s = (
        np.repeat(np.arange(start, end, dtype=np.float64), len(names)) * STEP_S + START_S + craft
    )
    return Positions(
        names, craft, time_s, lat, lon, speed, unsent, unsent,
        np.full(count, -1, np.int8), [], np.full(count, -1, np.int32),
    )  # fmt: skip


async def load(database: Database, positions: int) -> dict[str, float]:
    """Take positions in and derive activities; rates a second and peak memory in MiB."""
    # No file is read: the batches are made as they are taken.
    file = LargeFile(Path("synthetic"), hashlib.sha256(b"%d" % positions).hexdigest(), 0)
    begun = time.perf_counter()
    outcome = await import_positions(
        database, file, "benchmark", batches(positions), "ais", Bounds.of(None), "1"
    )
    loaded = time.perf_counter()
    assert outcome.counts["added"] == positions
    changed = await derive_activities(database)
    derived = time.perf_counter()
    return {
        "positions/s into the database": positions / (loaded - begun),
        "positions/s analysed": positions / (derived - loaded),
        "activities": changed,
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


async def measure(url: str, positions: int) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile in ms of whole requests through the application."""
    key = await _key(url)
    crafts = positions // FIXES_A_CRAFT
    rng = np.random.default_rng(11)
    settings = Settings(
        secret_key=SECRET,
        plan_overrides={"premium": {"burst_per_minute": 10**6, "daily": 10**7}},
    )
    app = create_app(settings, url)
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://b") as client,
    ):
        client.headers["X-API-Key"] = key

        def ask(path: Callable[[int], str]) -> Callable[[], Awaitable[httpx.Response]]:
            return lambda: client.get(f"/v1/routes{path(int(rng.integers(1, crafts + 1)))}")

        month = "datetime=2020-11-01/2020-11-30"
        queries = {
            "craft-month, json": ask(lambda n: f"/crafts/{n}/track?{month}"),
            "craft-month, simplified to 100 m": ask(
                lambda n: f"/crafts/{n}/track?{month}&simplify_m=100"
            ),
            "craft-day, json": ask(lambda n: f"/crafts/{n}/track?datetime=2020-11-{n % 28 + 1:02}"),
            "activities of a craft": ask(lambda n: f"/activities?craft={n}"),
            "activities of a kind, newest": ask(lambda n: "/activities?type=stop"),
            "activities in a zone": ask(lambda n: "/activities?zone=la-borracha"),
            # So wide that a million positions fill the page as well.
            "activities in a box and week": ask(
                lambda n: (
                    f"/activities?bbox={n % 300 - 170},-20,{n % 300 - 140},20"
                    "&datetime=2020-11-08/2020-11-15"
                )
            ),
        }
        return {name: await _timed(query) for name, query in queries.items()}


async def _timed(query: Callable[[], Awaitable[httpx.Response]]) -> tuple[float, float]:
    times = []
    for number in range(ROUNDS + 20):
        begun = time.perf_counter()
        answer = await query()
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.text[:200]
        if number == 19:
            times.clear()
    return float(np.median(times)), float(np.percentile(times, 95))


async def _key(url: str) -> str:
    key = make_key(KeyKind.SECRET)
    async with Database(url, pool_size=1) as database, database.session() as session:
        account = Account(email=f"{time.time_ns()}@example.org", plan="premium")
        session.add(account)
        await session.flush()
        assert account.id is not None
        session.add(
            ApiKey(
                account_id=account.id, name="", hint=key[:HINT_LENGTH],
                digest=digest_of(key, SECRET.encode()), kind="secret",
            )
        )  # fmt: skip
    return key


async def made(server: EmbeddedServer, name: str) -> str:
    """The address of a new database of this name."""
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
    finally:
        await connection.close()
    await create_database_if_missing(server.url("postgres"), name)
    await migrations.upgrade(server.url(name))
    return server.url(name)


async def run(server: EmbeddedServer, sizes: list[int], keep: bool) -> None:
    """Measure each size and print the tables."""
    answers = {}
    for positions in sizes:
        if keep:
            url = server.url(f"positions_{positions}")
            answers[positions] = await _shown(url, positions)
            continue
        url = await made(server, f"positions_{positions}")
        async with Database(url, pool_size=2) as database:
            for name, value in (await load(database, positions)).items():
                print(f"{positions:>12,}  {name}: {value:,.0f}", flush=True)
        answers[positions] = await _shown(url, positions)
    small, large = answers[min(sizes)], answers[max(sizes)]
    for name in small:
        print(f"growth of the median, {name}: {large[name][0] / small[name][0]:.2f}")


async def _shown(url: str, positions: int) -> dict[str, tuple[float, float]]:
    found = await measure(url, positions)
    for name, (median, late) in found.items():
        print(f"{positions:>12,}  {name}: {median:.1f} ms, p95 {late:.1f} ms", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--keep", action="store_true", help="measure what an earlier run loaded")
    parsed = parser.parse_args()
    sizes = parsed.positions
    # As the product's server has it.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    server = EmbeddedServer.start(DATA)
    try:
        asyncio.run(run(server, sizes, parsed.keep))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
