"""`vric account` and `vric key`, as an operator types them."""

import os
import re
import subprocess
import sys

import pytest

from app.access.keys import digest_of
from app.access.plan_in_force import plan_in_force
from app.core.db import Database
from tests.conftest import TEST_SECRET


def _vric(database: Database, *arguments: str) -> str:
    environment = {
        **os.environ, "VRIC_DATABASE_URL": database.url, "VRIC_SECRET_KEY": TEST_SECRET,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout if done.returncode == 0 else f"refused: {done.stderr}"


async def test_accounts_plans_and_keys(database: Database) -> None:
    assert "plan free" in _vric(database, "account", "create", "Me@Example.org")
    assert "already" in _vric(database, "account", "create", "me@example.org")
    assert "no e-mail" in _vric(database, "account", "create", "me")
    assert "premium in force" in _vric(database, "account", "set-plan", "me@example.org", "premium")
    row = await database.fetch_row("SELECT plan, paid_plan, granted_plan FROM accounts")
    assert tuple(row or ()) == ("premium", "free", "premium")
    key = _vric(
        database, "key", "create", "me@example.org", "--name", "map",
        "--origin", "https://example.org", "--days", "3", "--scope", "export",
    ).strip()  # fmt: skip
    assert re.fullmatch(r"vric_pk_[0-9a-f]{72}", key)
    stored = await database.fetch_value("SELECT digest FROM api_keys")
    assert stored == digest_of(key, TEST_SECRET.encode())
    listed = _vric(database, "key", "list", "me@example.org")
    for part in (key[:12], "browser", "https://example.org", "scopes export", "last used never"):
        assert part in listed
    assert key not in listed
    assert "revoked" in _vric(database, "key", "revoke", key[:12])
    assert "0 keys" in _vric(database, "key", "revoke", key[:12])
    assert "free in force" in _vric(database, "account", "set-plan", "me@example.org", "free")
    shown = _vric(database, "account", "show", "me@example.org")
    assert "plan free (paid free, granted -)" in shown
    assert "no plan" in _vric(database, "account", "set-plan", "me@example.org", "anonymous")
    assert "no account" in _vric(database, "account", "show", "you@example.org")
    kinds = await database.fetch_value("SELECT array_agg(kind ORDER BY id) FROM audit_events")
    assert kinds == [
        "account_created", "plan_granted", "key_created", "key_revoked", "plan_granted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "granted", "expected"),
    [
        ("free", None, "free"),
        ("premium", None, "premium"),
        ("free", "premium", "premium"),
        ("enterprise", "premium", "enterprise"),
        ("premium", "enterprise", "enterprise"),
        ("of another release", None, "free"),
        ("premium", "of another release", "premium"),
    ],
)
def test_the_better_plan_is_in_force(paid: str, granted: str | None, expected: str) -> None:
    assert plan_in_force(paid, granted) == expected
