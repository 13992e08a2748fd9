"""The same rows for the peers: flat columns in PostGIS and in SQLite, indexed for what is asked."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from benchmarks.events.database import generator_digest
from benchmarks.events.servers import PEERS, free_port

POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")
BATCH = 20_000
_TEXTS = (
    "summary", "text_language", "actors", "countries", "category", "topics", "status", "place",
    "precision", "outlet", "language", "sources",
)  # fmt: skip
_NUMBERS = ("lon", "lat", "radius_km")
_COLUMNS = ("id", "newest", "published_on", *_TEXTS, *_NUMBERS)
_POSTGIS = f"""
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE events (
    id bigint PRIMARY KEY, newest bigint NOT NULL, published_on timestamptz NOT NULL,
    {", ".join(f"{name} text" for name in _TEXTS)},
    {", ".join(f"{name} float8" for name in _NUMBERS)},
    geom geometry(Point, 4326)
        GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED
);
"""
_POSTGIS_INDEXES = """
CREATE INDEX ON events (newest DESC);
CREATE INDEX ON events (category, newest DESC);
CREATE INDEX ON events (published_on);
CREATE INDEX ON events USING gist (geom);
CREATE INDEX ON events USING gin (summary gin_trgm_ops);
"""
_SQLITE_INDEXES = """
CREATE UNIQUE INDEX events_newest ON events (newest);
CREATE INDEX events_category ON events (category, newest);
CREATE INDEX events_published ON events (published_on);
CREATE INDEX events_place ON events (lat, lon);
CREATE VIRTUAL TABLE events_fts USING fts5 (summary, content="events", content_rowid="id");
INSERT INTO events_fts (rowid, summary) SELECT id, summary FROM events;
ANALYZE;
"""


def newest_key(published_on: date, event_id: int) -> int:
    """One number that sorts as date and id do, for servers that sort by one column."""
    return published_on.toordinal() * 10**8 + event_id


def name_of(rows: int) -> str:
    """The name of a copy, another one for another generator."""
    return f"events_{rows}_{generator_digest()}"


@contextmanager
def postgis(source: str, rows: int) -> Iterator[str]:
    """The address of a PostgreSQL 15 with PostGIS that holds the events; made on first use.

    Raises:
        RuntimeError: it is not installed, or does not start.
    """
    if not (POSTGRES_BIN / "initdb").exists():
        raise RuntimeError(
            "PostgreSQL 15 with PostGIS is missing: apt-get install postgresql-15-postgis-3"
        )
    home, port, name = PEERS / "postgresql", free_port(), name_of(rows)
    if not (home / "PG_VERSION").exists():
        home.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(home, "postgres", "postgres")
        _as_postgres("initdb", f"--pgdata={home}", "--username=postgres", "--auth=trust", "--encoding=UTF8",
                     "--locale=C.UTF-8")  # fmt: skip
    # What the product sets on its own connections, so that plans are made alike.
    options = (
        f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c jit=off -c random_page_cost=1.1"
    )
    _as_postgres("pg_ctl", "start", "-w", "-D", str(home), "-l", str(home / "log"), "-o", options)
    try:
        url = f"postgresql://postgres@127.0.0.1:{port}"
        asyncio.run(_fill_postgis(source, f"{url}/postgres", name))
        yield f"{url}/{name}"
    finally:
        _as_postgres("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(home))


def sqlite(source: str, rows: int) -> Path:
    """A SQLite file that holds the events; made on first use."""
    path = PEERS / f"{name_of(rows)}.db"
    if not path.exists():
        partial = path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        asyncio.run(_fill_sqlite(source, partial))
        partial.replace(path)
    return path


def _as_postgres(program: str, *arguments: str) -> None:
    command = [str(POSTGRES_BIN / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # Output to a file: a server keeps its starter's pipe open.
    with (PEERS / "postgresql.out").open("a") as output:
        done = subprocess.run(command, stdout=output, stderr=output, check=False, cwd="/")
    if done.returncode != 0:
        raise RuntimeError((PEERS / "postgresql.out").read_text()[-600:])


async def _fill_postgis(source: str, admin_url: str, name: str) -> None:
    admin = await asyncpg.connect(admin_url)
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        started = time.perf_counter()
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}_partial"')
        await admin.execute(f'CREATE DATABASE "{name}_partial"')
        target = await asyncpg.connect(admin_url, database=f"{name}_partial")
        await target.execute(_POSTGIS)
        async for batch in _rows(source):
            instants = [
                (*row[:2], datetime(row[2].year, row[2].month, row[2].day, tzinfo=UTC), *row[3:])
                for row in batch
            ]
            await target.copy_records_to_table("events", records=instants, columns=_COLUMNS)
        await target.execute(_POSTGIS_INDEXES)
        await target.execute("VACUUM (ANALYZE)")
        await target.close()
        await admin.execute(f'ALTER DATABASE "{name}_partial" RENAME TO "{name}"')
        print(f"PostGIS filled in {time.perf_counter() - started:.0f} s")
    await admin.close()


async def _fill_sqlite(source: str, path: Path) -> None:
    started = time.perf_counter()
    with sqlite3.connect(path) as target:
        types = {
            "id": "INTEGER PRIMARY KEY",
            "newest": "INTEGER",
            **dict.fromkeys(_NUMBERS, "REAL"),
        }
        columns = ", ".join(f'"{name}" {types.get(name, "TEXT")}' for name in _COLUMNS)
        target.execute(f"CREATE TABLE events ({columns})")
        places = ", ".join("?" * len(_COLUMNS))
        async for batch in _rows(source):
            dated = [(*row[:2], row[2].isoformat(), *row[3:]) for row in batch]
            target.executemany(f"INSERT INTO events VALUES ({places})", dated)
        target.executescript(_SQLITE_INDEXES)
    print(f"SQLite filled in {time.perf_counter() - started:.0f} s")


async def _rows(source: str) -> AsyncIterator[list[tuple[Any, ...]]]:
    connection = await asyncpg.connect(source)
    last = 0
    while True:
        found = await connection.fetch(
            "SELECT id, published_on, document FROM events WHERE id > $1 ORDER BY id LIMIT $2",
            last, BATCH,
        )  # fmt: skip
        if not found:
            break
        yield [_flat(row) for row in found]
        last = found[-1]["id"]
    await connection.close()


def _flat(row: asyncpg.Record) -> tuple[Any, ...]:
    event = orjson.loads(row["document"])
    texts = []
    for name in _TEXTS:
        value = event[name]
        if name == "sources":
            value = orjson.dumps(value).decode()
        texts.append(",".join(value) if isinstance(value, list) else value)
    numbers = (event[name] for name in _NUMBERS)
    return (
        row["id"], newest_key(row["published_on"], row["id"]), row["published_on"], *texts, *numbers
    )  # fmt: skip
