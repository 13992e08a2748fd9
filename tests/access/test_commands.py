"""`vric account` and `vric key`, as an operator types them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.access.keys import digest_of
from app.access.plan_in_force import plan_in_force
from app.core.db import Database
from tests.command import call_vric
from tests.conftest import TEST_SECRET

Vric = Callable[..., str]


@pytest.fixture
def vric(database: Database, tmp_path: Path) -> Vric:
    """What a command prints, or its refusal."""

    def run(*arguments: str) -> str:
        settings = {"VRIC_DATABASE_URL": database.url, "VRIC_SECRET_KEY": TEST_SECRET}
        done = call_vric(*arguments, cwd=tmp_path, **settings)
        return done.stdout if done.returncode == 0 else f"refused: {done.stderr}"

    return run


async def test_accounts_plans_and_keys(database: Database, vric: Vric) -> None:
    assert "plan free" in vric("account", "create", "Me@Example.org")
    assert "already" in vric("account", "create", "me@example.org")
    assert "no e-mail" in vric("account", "create", "me")
    assert "premium in force" in vric("account", "set-plan", "me@example.org", "premium")
    row = await database.fetch_row("SELECT plan, paid_plan, granted_plan FROM accounts")
    assert tuple(row or ()) == ("premium", "free", "premium")
    key = vric(
        "key", "create", "me@example.org", "--name", "map",
        "--origin", "https://example.org", "--days", "3", "--scope", "export",
    ).strip()  # fmt: skip
    assert re.fullmatch(r"vric_pk_[0-9a-f]{72}", key)
    stored = await database.fetch_value("SELECT digest FROM api_keys")
    assert stored == digest_of(key, TEST_SECRET.encode())
    listed = vric("key", "list", "me@example.org")
    for part in (key[:12], "browser", "https://example.org", "scopes export", "last used never"):
        assert part in listed
    assert key not in listed
    assert "revoked" in vric("key", "revoke", key[:12])
    assert "0 keys" in vric("key", "revoke", key[:12])
    assert "free in force" in vric("account", "set-plan", "me@example.org", "free")
    shown = vric("account", "show", "me@example.org")
    assert "plan free (paid free, granted -)" in shown
    assert "no plan" in vric("account", "set-plan", "me@example.org", "anonymous")
    assert "no account" in vric("account", "show", "you@example.org")
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
