"""A real PostgreSQL for every test: the bundled one, or the one at VRIC_TEST_DATABASE_URL.

One server is shared by all workers of a run. Databases are clones of templates: `template` has the
schema, `demo_template` has the demo edition as well; `demo` is a clone of it that is only read.
"""

import asyncio
import os
import shutil
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from fasteners import InterProcessLock
from sqlmodel import select

from app.access.keys import HINT_LENGTH, KeyKind, digest_of, make_key
from app.access.models import Account, ApiKey
from app.core import migrations
from app.core.db import Database, create_database_if_missing
from app.core.embedded import EmbeddedServer
from app.core.settings import Settings
from app.demo import load_once
from app.main import create_app

TEST_SECRET = "a secret of the tests, long enough to be accepted"
PLENTY = {
    plan: {"burst_per_minute": 1_000_000, "daily": 10_000_000} for plan in ("anonymous", "free")
}


def at_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def folder_for_servers() -> Path:
    """Memory, where there is room: a database is made in 0.02 s there, on some disks in 0.5 s."""
    memory = Path("/dev/shm")  # noqa: S108 - only tests keep anything there
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 4 * 2**30
    return memory if has_room else Path(gettempdir())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a database, so that it alone is run again on another server."""
    for item in items:
        if isinstance(item, pytest.Function) and "server_url" in item.fixturenames:
            item.add_marker("database")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def server_url(shared_folder: Path) -> Iterator[str]:
    """The address of a database through which others may be made."""
    given = os.environ.get("VRIC_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = folder_for_servers() / f"vric-{shared_folder.parent.name}-{shared_folder.name}"
    # Where the package keeps its lock, to its very exit; in the server's folder it would outlive it.
    (shared_folder / "runtime").mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(shared_folder / "runtime")
    with InterProcessLock(shared_folder / "server.lock"):
        server = EmbeddedServer.start(folder)
        asyncio.run(_waive_durability(server.url("postgres")))
    yield server.url("postgres")
    with InterProcessLock(shared_folder / "server.lock"):
        server.stop()
        if not (folder / "postgres" / "postmaster.pid").exists():
            shutil.rmtree(folder, ignore_errors=True)


async def _waive_durability(url: str) -> None:
    """Tests kill servers but pull no plugs: nothing needs to wait for the disk."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("ALTER SYSTEM SET fsync = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder for a bundled server of a test's own.

    Outside pytest's: run as root, that server belongs to another user, to whom every new run of
    pytest closes the folders of all.
    """
    folder = Path(mkdtemp(prefix="vric-", dir=folder_for_servers()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def clone(server_url: str, template: str, name: str) -> str:
    """A new database like `template`; returns its address."""
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY wal_log')
    finally:
        await connection.close()
    return at_database(server_url, name)


async def drop(server_url: str, name: str) -> None:
    """Remove a database, whoever is still connected."""
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()


async def _make_templates(server_url: str, run: str) -> None:
    await create_database_if_missing(server_url, f"template_{run}")
    url = at_database(server_url, f"template_{run}")
    if await migrations.current_revision(url) == migrations.head_revision():
        return
    await migrations.upgrade(url)
    demo_url = await clone(server_url, f"template_{run}", f"demo_template_{run}")
    async with Database(demo_url, pool_size=1) as database:
        await load_once(database, [TEST_SECRET.encode()])
    # One is copied from and nobody is ever connected to it; the other one is read.
    await clone(server_url, f"demo_template_{run}", f"demo_{run}")


@pytest.fixture(scope="session")
def run_id(server_url: str, shared_folder: Path) -> str:
    """The names of this run's templates end in this."""
    with InterProcessLock(shared_folder / "templates.lock"):
        name = shared_folder / "run"
        if not name.exists():
            name.write_text(uuid.uuid4().hex[:12])
        run = name.read_text()
        asyncio.run(_make_templates(server_url, run))
    return run


@pytest.fixture
async def database_url(server_url: str, run_id: str) -> AsyncIterator[str]:
    """A migrated, empty database of this test's own."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    yield await clone(server_url, f"template_{run_id}", name)
    await drop(server_url, name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, empty database of this test's own."""
    async with Database(database_url, pool_size=4) as opened:
        yield opened


@pytest.fixture
async def demo_database(demo_url: str) -> AsyncIterator[Database]:
    """The demo data, for reading."""
    async with Database(demo_url, pool_size=4) as opened:
        yield opened


@pytest.fixture
def demo_url(server_url: str, run_id: str) -> str:
    """The address of the demo data, for reading."""
    return at_database(server_url, f"demo_{run_id}")


MakeKey = Callable[..., Awaitable[str]]


def make_settings(**changes: object) -> Settings:
    """Settings of a test: limits out of the way, nothing from the environment's files."""
    values: dict[str, object] = {
        "secret_key": TEST_SECRET, "plan_overrides": PLENTY, "index_by_meaning": False, **changes
    }  # fmt: skip
    return Settings(**values)


@asynccontextmanager
async def serving(url: str, **changes: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application over the database at `url`; errors of the app are not raised."""
    async with opened(create_app(make_settings(**changes), url)) as client:
        yield client


@asynccontextmanager
async def opened(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that has started."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("192.0.2.7", 1234))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
    ):
        yield client


@pytest.fixture
async def client(demo_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the demo data."""
    async with serving(demo_url) as opened:
        yield opened


@pytest.fixture
def make_account_key(database: Database) -> MakeKey:
    """Makes a key of an account; the account too when there is none of that address."""

    async def make(
        email: str = "a@example.org", plan: str = "free", kind: str = "secret", **columns: object
    ) -> str:
        key = make_key(KeyKind(kind))
        async with database.session() as session:
            account = (await session.exec(select(Account).where(Account.email == email))).first()
            if account is None:
                account = Account(email=email, plan=plan)
                session.add(account)
                await session.flush()
            assert account.id is not None
            session.add(
                ApiKey(
                    account_id=account.id,
                    name="",
                    hint=key[:HINT_LENGTH],
                    digest=digest_of(key, TEST_SECRET.encode()),
                    kind=kind,
                    **columns,
                )
            )
        return key

    return make
