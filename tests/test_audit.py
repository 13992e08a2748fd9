"""What the audit of packages makes of pip-audit's reports."""

import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "audit_packages.py"
verdict = runpy.run_path(str(SCRIPT))["verdict"]
CLEAN: dict[str, Any] = {"name": "clean", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found on PyPI"}
FAULTY = {
    "name": "faulty", "version": "2.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"], "aliases": [], "description": ""}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("packages", "found", "told"),
    [
        ([CLEAN, CLEAN], False, "2 of 2 packages audited, 0 findings"),
        ([CLEAN, UNKNOWN], False, "1 of 2 packages audited"),
        ([UNKNOWN], False, "NOT AUDITED"),
        ([UNKNOWN, FAULTY], True, "faulty 2.0: PYSEC-2026-1, mended in 2.1"),
    ],
)
def test_a_finding_fails_and_a_silent_registry_is_said(
    packages: list[dict[str, Any]], found: bool, told: str
) -> None:
    text, fails = verdict({"dependencies": packages, "fixes": []})
    assert (fails, told in text) == (found, True), text
