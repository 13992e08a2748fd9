"""What is deployed by compose.yaml and systemd: settings that exist, commands that do, one of each kind."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from app.cli import app as vric
from app.core.settings import Settings
from tests.conftest import TEST_SECRET

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
KNOWN = {f"VRIC_{name.upper()}" for name in Settings.model_fields}
_VARIABLE = re.compile(r"\$\{(\w+)(:-|:\?)?([^}]*)\}")
OURS = ("schema", "api", "worker")


@pytest.fixture
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    return document


def _filled(text: str, given: dict[str, str]) -> str:
    """A value as compose fills it in."""
    return _VARIABLE.sub(lambda found: given.get(found[1]) or found[3], text)


def _parse(words: list[str]) -> None:
    """Read a command line as `vric` would; it exits on what it does not know."""
    command = typer.main.get_command(vric)
    with command.make_context("vric", [*words], resilient_parsing=False) as context:
        name, chosen, rest = command.resolve_command(context, words)  # type: ignore[attr-defined]
        while hasattr(chosen, "resolve_command"):
            with chosen.make_context(name, [*rest], parent=context) as inner:
                name, chosen, rest = chosen.resolve_command(inner, rest)
        chosen.make_context(name, [*rest], parent=context)


def test_compose_has_a_service_of_each_kind(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services.keys() == {"database", "redis", *OURS}
    for name in OURS:
        program, *words = services[name]["command"]
        assert program == "vric"
        _parse(words)
    assert "--no-worker" in services["api"]["command"]
    assert services["worker"]["command"][1] == "worker"
    for name, service in services.items():
        assert service.get("depends_on", {}).keys() <= services.keys() - {name}
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in compose["volumes"]


def test_server_and_worker_share_settings_and_files(compose: dict[str, Any]) -> None:
    server, worker = (compose["services"][name] for name in ("api", "worker"))
    assert server["environment"] == worker["environment"]
    assert server["volumes"] == worker["volumes"]
    assert set(server["environment"]) <= KNOWN


def test_the_settings_of_compose_start_the_service(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = compose["services"]["api"]["environment"]
    required = {found[0] for value in environment.values() for found in _VARIABLE.findall(value)
                if found[1] == ":?"}  # fmt: skip
    assert required == {"POSTGRES_PASSWORD", "VRIC_SECRET_KEY"}
    given = {"POSTGRES_PASSWORD": "p", "VRIC_SECRET_KEY": TEST_SECRET}
    for name, value in environment.items():
        monkeypatch.setenv(name, _filled(value, given))
    settings = Settings()
    assert settings.smtp_url is None and settings.stripe_api_key is None
    assert settings.mail_from == Settings.model_fields["mail_from"].default


def test_the_example_explains_every_variable(compose: dict[str, Any]) -> None:
    example = (ROOT / "deploy" / "env.example").read_text("utf-8")
    named = set(re.findall(r"^#?(\w+)=", example, re.MULTILINE))
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text("utf-8")))
    assert used <= named
    assert named <= KNOWN | {"POSTGRES_PASSWORD"}
    # No secret of anybody's stands in it.
    for name in ("VRIC_SECRET_KEY", "POSTGRES_PASSWORD"):
        assert re.search(rf"^{name}=$", example, re.MULTILINE)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_exists(unit: Path) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text("utf-8"))
    service = parser["Service"]
    for name in ("ExecStartPre", "ExecStart"):
        if name in service:
            program, *words = service[name].split()
            assert program == "/opt/vric/bin/vric"
            _parse(words)
    assert set(re.findall(r"(VRIC_\w+)=", service["Environment"])) <= KNOWN


def test_units_are_for_a_server_without_a_worker_and_a_worker() -> None:
    texts = {unit.name: unit.read_text("utf-8") for unit in UNITS}
    assert texts.keys() == {"vric.service", "vric-worker.service"}
    assert "--no-worker" in texts["vric.service"]
    assert " worker " in texts["vric-worker.service"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("vric"))
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/vric/bin/vric", program)
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / unit.name for unit in UNITS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
