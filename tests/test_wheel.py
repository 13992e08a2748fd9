"""The wheel, installed elsewhere, brings everything: migrations, data, pages."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVE = """
import asyncio, sys
from importlib.metadata import version
import app, httpx
from app.core import migrations
from app.core.db import Database
from app.core.settings import Settings
from app.main import create_app
from app.reports.demo_edition import load_demo

async def main(url):
    await migrations.upgrade(url)
    async with Database(url, pool_size=1) as database:
        await load_demo(database)
    service = create_app(Settings(), url)
    async with service.router.lifespan_context(service):
        transport = httpx.ASGITransport(service)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            events = await client.get("/v1/events?limit=100")
            page = await client.get("/")
            ready = await client.get("/readyz")
    print(app.__file__, len(events.json()["items"]), page.status_code, ready.text)

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was installed, without its dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([*pip, *build], check=True, capture_output=True)
    wheel = next(folder.glob("*.whl"))
    site = folder / "site"
    install = ["install", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run([*pip, *install], check=True, capture_output=True)
    return site


def test_nothing_shadows_the_alembic_library(installed: Path) -> None:
    assert not (installed / "alembic").exists()
    assert (installed / "app/_migrations/alembic.ini").is_file()


def test_installed_wheel_migrates_and_serves(installed: Path, database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVE, database_url],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    where, events, page, ready = done.stdout.split()[-4:]
    assert where == str(installed / "app/__init__.py")
    assert (events, page, ready) == ("91", "200", "ready")


def test_wheel_holds_no_tests(installed: Path) -> None:
    with zipfile.ZipFile(next(installed.parent.glob("*.whl"))) as wheel:
        assert not [name for name in wheel.namelist() if name.startswith(("tests/", "benchmarks/"))]
