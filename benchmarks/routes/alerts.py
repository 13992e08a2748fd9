"""Alerts: 10,000 new positions against 200 rules: `python -m benchmarks.routes.alerts`.

Times what stands between positions that are analysed and alerts that are committed with them:
finding entries of zones, matching rules, writing alerts, queueing their posting. Before timing, the
alerts are compared with a reading of the definition fix by fix; afterwards the same positions must
give none.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import numpy as np
import shapely
from shapely.geometry import mapping

from app.access.models import Account
from app.alerts.models import Watchlist
from app.core import migrations
from app.core.db import Database, create_database_if_missing
from app.itineraries.crafts.writer import save_crafts
from app.itineraries.models import Zone
from app.itineraries.tracks.positions import UNKNOWN, Positions
from app.itineraries.watching.telling import tell_watchers
from benchmarks.events.database import bundled_server
from benchmarks.events.report import table

CRAFT, FIXES, RULES, LISTS = 500, 20, 200, 4
START_S, STEP_S = 1_700_000_000.0, 600.0
_STALE = """
SELECT id, key, to_timestamp($1) AS stale_from, to_timestamp($2) AS stale_until FROM crafts
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A database with watchlists, new positions, and how many alerts they must give."""

    database: Database
    positions: Positions
    seen: Sequence[asyncpg.Record]
    expected: int


def main() -> None:
    """Measure, check and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    name = f"alerts_{uuid4().hex[:8]}"
    with bundled_server() as server:
        asyncio.run(create_database_if_missing(server.url("postgres"), name))
        try:
            asyncio.run(_measure(server.url(name), rounds))
        finally:
            asyncio.run(_drop(server.url("postgres"), name))


async def _measure(url: str, rounds: int) -> None:
    await migrations.upgrade(url)
    async with Database(url, pool_size=1) as database:
        case = await _prepare(database)
        seconds = [await _timed(case) for _ in range(rounds)]
        async with database.transaction() as connection:
            told = await tell_watchers(connection, case.seen, case.positions, [])
        async with database.transaction() as connection:
            again = await tell_watchers(connection, case.seen, case.positions, [])
    assert (told, again) == (case.expected, 0), (told, case.expected, again)
    rows = [[f"{len(case.positions):,} positions x {RULES} rules", f"{told:,}",
             f"{statistics.median(seconds):.3f} s", f"{max(seconds):.3f} s", "0.5 s"]]  # fmt: skip
    print(table(["work", "alerts", "median", "slowest", "bar"], rows))


async def _timed(case: Case) -> float:
    """The seconds of one round, whose alerts are taken back."""
    connection = await asyncpg.connect(case.database.url)
    transaction = connection.transaction()
    await transaction.start()
    began = time.perf_counter()
    told = await tell_watchers(connection, case.seen, case.positions, [])
    took = time.perf_counter() - began
    await transaction.rollback()
    await connection.close()
    assert told == case.expected, (told, case.expected)
    return took


async def _prepare(database: Database) -> Case:
    chance = np.random.default_rng(7)
    async with database.session() as session:
        account = Account(email="watcher@example.org", plan="enterprise")
        session.add(account)
        await session.flush()
        assert account.id is not None
        areas = [_area(chance) for _ in range(RULES)]
        zones = [
            Zone(account_id=account.id, name=str(number), geometry=mapping(area))
            for number, area in enumerate(areas)
        ]
        session.add_all(zones)
        await session.flush()
        share = RULES // LISTS
        for number in range(LISTS):
            rules: list[dict[str, Any]] = [
                {"on": "zone_entry", "zones": [str(zone.id)]}
                for zone in zones[number * share : (number + 1) * share]
            ]
            session.add(
                Watchlist(
                    account_id=account.id, name=str(number), rules=rules, active=True,
                    webhook_url="https://example.org/hook", webhook_secret="",
                )
            )  # fmt: skip
    async with database.transaction() as connection:
        keys = [f"mmsi:{775_000_000 + number}" for number in range(CRAFT)]
        ids = await save_crafts(connection, keys)
        seen = await connection.fetch(_STALE, START_S, START_S + FIXES * STEP_S)
    positions = _walks(chance, [str(ids[key]) for key in keys])
    return Case(database, positions, seen, _count(positions, areas))


def _area(chance: np.random.Generator) -> shapely.Geometry:
    """A polygon of twenty corners some 40 km wide."""
    lon, lat = chance.uniform(-70, -60), chance.uniform(9, 14)
    angles = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    radii = chance.uniform(0.1, 0.3, 20)
    corners = np.column_stack([lon + radii * np.cos(angles), lat + radii * np.sin(angles)])
    return shapely.Polygon(np.round(corners, 6))


def _walks(chance: np.random.Generator, craft_ids: Sequence[str]) -> Positions:
    size = CRAFT * FIXES
    steps = chance.normal(0, 0.05, (2, CRAFT, FIXES)).cumsum(axis=2)
    unsent = np.full(size, np.nan)
    return Positions(
        craft_ids,
        np.repeat(np.arange(CRAFT, dtype=np.int32), FIXES),
        np.tile(START_S + np.arange(FIXES) * STEP_S, CRAFT),
        (chance.uniform(9, 14, (CRAFT, 1)) + steps[0]).ravel(),
        (chance.uniform(-70, -60, (CRAFT, 1)) + steps[1]).ravel(),
        unsent, unsent, unsent,
        np.full(size, UNKNOWN, np.int8), [], np.full(size, UNKNOWN, np.int32),
    )  # fmt: skip


def _count(positions: Positions, areas: Sequence[shapely.Geometry]) -> int:
    """Entries, fix by fix: inside, not inside before, and out for more than an hour."""
    found = 0
    for area in areas:
        for _, rows in positions.by_craft():
            last: float | None = None
            before = False
            for row in range(rows.start, rows.stop):
                inside = area.contains(shapely.Point(positions.lon[row], positions.lat[row]))
                at = positions.time_s[row]
                if inside and not before and (last is None or at - last > 3_600):
                    found += 1
                last, before = (at if inside else last), inside
    return found


async def _drop(server_url: str, name: str) -> None:
    connection = await asyncpg.connect(server_url)
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


if __name__ == "__main__":
    main()
