"""Types for TypeScript come from the OpenAPI document as it is, and calls with them are answered."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.access.conftest import need
from tests.clients.conftest import Service, shown

PROGRAM = Path(__file__).parent / "typescript"


def _run(*command: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=200, check=False
    )


def _install(folder: Path) -> None:
    """The pinned packages; where no registry is reached the test is skipped, and in CI it fails."""
    shutil.copytree(PROGRAM, folder, ignore=shutil.ignore_patterns("node_modules", "built"))
    done = _run(need("npm"), "ci", cwd=folder)
    if done.returncode != 0 and os.environ.get("CI") != "true":
        pytest.skip(f"npm ci: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((PROGRAM / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)


async def test_calls_with_generated_types(service: Service, tmp_path: Path) -> None:
    node, folder = need("node"), tmp_path / "typescript"
    _install(folder)
    example = shown("typescript", service) + "if (error || data.returned !== 3) throw error;\n"
    (folder / "example.ts").write_text(example)
    steps = [
        ("openapi-typescript", str(service.document), "--default-non-nullable=false",
         "--output", "schema.ts"),
        ("tsc",),
    ]  # fmt: skip
    for program, *arguments in steps:
        done = _run(str(folder / "node_modules/.bin" / program), *arguments, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "warn" not in (done.stdout + done.stderr).lower()
    assert _run(node, "built/example.js", cwd=folder).returncode == 0
    called = _run(node, "built/call.js", service.url, service.key, cwd=folder)
    assert called.returncode == 0, called.stderr
    printed = json.loads(called.stdout)
    assert printed == await service.expected(printed["export"])
