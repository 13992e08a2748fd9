"""Crowds: files of many craft with few fixes each, into the database and into activities.

    python -m benchmarks.routes.storage_crowd [--craft 100000]

Everything goes through the product's own importer and analysis; databases are made anew.
"""

import argparse
import asyncio
import hashlib
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.core.db import Database
from app.core.embedded import EmbeddedServer
from app.ingest.files import LargeFile
from app.itineraries.activities.deriver import derive_activities
from app.itineraries.positions.importer import PART, Bounds, import_positions
from app.itineraries.sources.batch import Batch
from app.itineraries.tracks.positions import Positions
from benchmarks.routes.storage import DATA, START_S, made

STEP_S = 1_200.0


def crowds(craft: int) -> Iterator[tuple[str, Positions]]:
    """One fix each all over the world and at one place, and four hours in one cell."""
    rng = np.random.default_rng(5)
    number = np.arange(craft)
    yield "all over the world", _fixes(number % 80 - 40.0, number % 170 - 85.0, 1)
    yield "at one place", _fixes(np.full(craft, 13.0), np.full(craft, -64.0), 1)
    few = craft // 10
    yield (
        "a tenth of them in one cell for 4 hours",
        _fixes(13 + rng.random(few) / 2, -64 + rng.random(few) / 2, 13),
    )


def _fixes(lat: np.ndarray, lon: np.ndarray, each: int) -> Positions:
    craft = np.repeat(np.arange(len(lat), dtype=np.int32), each)
    count = len(craft)
    unsent = np.full(count, np.nan)
    time_s = START_S + np.tile(np.arange(each) * STEP_S, len(lat)) + craft % 600
    return Positions(
        [f"c{number}" for number in range(len(lat))], craft, time_s, np.repeat(lat, each),
        np.repeat(lon, each), unsent, unsent, unsent,
        np.full(count, -1, np.int8), [], np.full(count, -1, np.int32),
    )  # fmt: skip


async def run(server: EmbeddedServer, craft: int) -> None:
    """Measure each crowd."""
    for name, positions in crowds(craft):
        url = await made(server, "crowd")
        parts = (
            Batch(positions.take(slice(start, start + PART)), lines=PART)
            for start in range(0, len(positions), PART)
        )
        file = LargeFile(Path("synthetic"), hashlib.sha256(name.encode()).hexdigest(), 0)
        async with Database(url, pool_size=2) as database:
            begun = time.perf_counter()
            await import_positions(database, file, "benchmark", parts, "ais", Bounds.of(None), "1")
            loaded = time.perf_counter()
            await derive_activities(database)
            analysed = time.perf_counter()
            found = await database.fetch_value("SELECT count(*) FROM activities")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name}: {len(positions):,} fixes taken in within {loaded - begun:.1f} s, analysed"
            f" within {analysed - loaded:.1f} s; {found:,} activities; peak {peak:,.0f} MiB",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--craft", type=int, default=100_000)
    craft = parser.parse_args().craft
    server = EmbeddedServer.start(DATA)
    try:
        asyncio.run(run(server, craft))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
