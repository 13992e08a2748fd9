"""The databases under measure: made once from the generator through the product's own writer."""

import hashlib
import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from app.core import migrations
from app.core.db import Database, create_database_if_missing
from app.core.embedded import EmbeddedServer
from app.events.writer import save_outlets, write_events
from benchmarks.events.generator import generate_events

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DATA = HERE.parent / ".data"
BATCH = 10_000


@contextmanager
def bundled_server() -> Iterator[EmbeddedServer]:
    """The bundled PostgreSQL on the benchmarks' own data directory, while it is held."""
    server = EmbeddedServer.start(DATA)
    try:
        yield server
    finally:
        server.stop()


async def prepare(server: EmbeddedServer, rows: int) -> str:
    """The address of a database with `rows` events; an earlier one is used again if made alike."""
    name = f"events_{rows}"
    admin = await asyncpg.connect(server.url("postgres"))
    try:
        made_from = await admin.fetchval(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1", name
        )
        if made_from is None or not _still_true(json.loads(made_from)):
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await create_database_if_missing(server.url("postgres"), name)
            await _load(server.url(name), rows)
            await admin.execute(f"COMMENT ON DATABASE \"{name}\" IS '{json.dumps(_origins())}'")
    finally:
        await admin.close()
    await migrations.upgrade(server.url(name))
    return server.url(name)


def generator_digest() -> str:
    """Tells one generator's events from another's."""
    return _digest(HERE / "generator.py", HERE / "words.py")


def _origins() -> dict[str, str]:
    """What the rows depend on: the generator and the schema."""
    migrations_run = sorted((ROOT / "alembic/versions").glob("*.py"))
    return {
        "generator": generator_digest(),
        **{path.name: _digest(path) for path in migrations_run},
    }


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


def _still_true(made_from: dict[str, str]) -> bool:
    """Whether nothing it was made from has changed; a migration added since is simply run."""
    now = _origins()
    return all(now.get(name) == digest for name, digest in made_from.items())


async def _load(url: str, rows: int) -> None:
    await migrations.upgrade(url)
    started = time.perf_counter()
    events, loaded = generate_events(rows), 0
    async with Database(url, pool_size=1) as database:
        async with database.transaction() as connection:
            await save_outlets(connection)
        while batch := dict(itertools.islice(events, BATCH)):
            async with database.transaction() as connection:
                await write_events(connection, batch, "generator")
            loaded += len(batch)
            print(f"\r{loaded:>9,} of {rows:,} events", end="", flush=True)
    wrote = time.perf_counter() - started
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM (ANALYZE)")
    await connection.close()
    whole = time.perf_counter() - started
    print(f"\r{rows:,} events written in {wrote:.0f} s, vacuumed {whole - wrote:.0f} s")
