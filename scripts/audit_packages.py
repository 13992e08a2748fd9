"""Looks the pinned packages up among known vulnerabilities (pip-audit), and fails on a finding.

Where the vulnerability service cannot be reached, or knows none of the packages (a mirror of the
registry without it), nothing can be said; that is printed plainly and is no failure.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements-dev.lock"  # holds requirements.lock as well


def main() -> None:
    """Audit; exits with 1 when a pinned package is known to be vulnerable."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if not done.stdout.strip():
        why = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"PACKAGES NOT AUDITED: the vulnerability service cannot be reached ({why[:200]})")
        return
    text, found = verdict(json.loads(done.stdout))
    print(text)
    sys.exit(1 if found else 0)


def verdict(report: dict[str, Any]) -> tuple[str, bool]:
    """What pip-audit's report says in words, and whether it holds a finding."""
    packages = report["dependencies"]
    audited = [package for package in packages if "skip_reason" not in package]
    findings = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no version yet'}"
        for package in audited
        for fault in package["vulns"]
    ]
    if not audited:
        head = f"PACKAGES NOT AUDITED: this registry knows no vulnerabilities of any of {len(packages)}"
    else:
        head = f"{len(audited)} of {len(packages)} packages audited, {len(findings)} findings"
    return "\n".join([head, *findings]), bool(findings)


if __name__ == "__main__":
    main()
