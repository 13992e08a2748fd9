"""A typed Python client comes from the OpenAPI document as it is, and its calls are answered."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.clients.conftest import Service, shown

CALL = Path(__file__).parent / "python" / "call.py"
CONFIG = Path(__file__).parents[2] / "docs/openapi-python-client.yml"
BIN = Path(sys.executable).parent


def _run(*command: str | Path, cwd: Path) -> str:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={**os.environ, "PATH": path, "PYTHONPATH": str(cwd)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_a_generated_client_is_complete_and_typed(service: Service, tmp_path: Path) -> None:
    # Fails on an operation that cannot be generated, as on every other warning.
    generated = ("generate", "--path", service.document, "--config", CONFIG, "--meta", "none")
    _run(
        BIN / "openapi-python-client", *generated, "--output-path", "vric_client",
        "--fail-on-warning", cwd=tmp_path,
    )  # fmt: skip
    document = json.loads(service.document.read_text())
    names = {
        re.sub(r"(?<!^)(?=[A-Z])", "_", operation["operationId"]).lower()
        for operations in document["paths"].values()
        for operation in operations.values()
    }
    modules = {path.stem: path.read_text() for path in tmp_path.glob("vric_client/api/*/*.py")}
    assert modules.keys() - {"__init__"} == names
    untyped = {name for name in names if "-> Response[Any]:" in modules[name]}
    assert untyped == set()
    _run(BIN / "mypy", "--strict", "--follow-imports=silent", "--config-file=", CALL, cwd=tmp_path)
    example = shown("python", service) + "    assert page.returned == 3\n"
    _run(sys.executable, "-c", example, cwd=tmp_path)
    printed = json.loads(_run(sys.executable, CALL, service.url, service.key, cwd=tmp_path))
    assert printed == await service.expected(printed["export"])
