"""Rules of the house that a machine can check: who imports what, where SQL and commits may stand."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "app").rglob("*.py"))

_SQL = re.compile(
    r"\s*(?:(?:SELECT|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|WITH\s+\w+\s+AS|EXPLAIN"
    r"|LOCK\s+TABLE|TRUNCATE|SHOW\s+\w+$|SET\s+\w+\s+TO"
    r"|(?:CREATE|ALTER|DROP)\s+(?:TEMP|TABLE|INDEX|DATABASE|SEQUENCE|FUNCTION|EXTENSION))\b"
    r"|SET\s+\w+\s*=)"
)
SQL_MODULES = {
    "app/core/server_check.py",  # asks the server about itself
    "app/core/data_version.py",
    "app/core/db.py",
    "app/core/migrations.py",
    "app/ingest/runner.py",
}
COMMITTING_MODULES = {"app/core/db.py", "app/core/migrations.py"}
_COMMITS = {"commit", "rollback", "begin", "begin_nested", "begin_twophase"}
_COMMIT_SQL = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|START TRANSACTION)\s*;?\s*$")
_TALKERS = {"session", "connection", "engine", "transaction"}
_BUILDERS = {"select", "insert", "update", "delete", "text"}
WEB_MODULES = {
    "app/core/answers.py",
    "app/core/problems.py",
    "app/core/http.py",
    "app/core/openapi.py",
    "app/core/query_string.py",
    "app/core/routes.py",
    "app/events/links.py",
    "app/events/responses.py",
    "app/main.py",
    "app/serve.py",
}


@cache
def _tree(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def _sql_in(tree: ast.AST) -> Iterator[int]:
    """The lines where a statement is written, as text or by a builder."""
    for node in ast.walk(tree):
        written = isinstance(node, ast.Constant) and _SQL.match(str(node.value))
        built = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in _BUILDERS
        )
        if written or built:
            yield node.lineno


def _commits_in(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = ast.unparse(node.func.value).rsplit(".", 1)[-1].lstrip("_")
            # Only what talks to the database begins and ends there; other things begin as well.
            ends = node.func.attr in _COMMITS and (
                node.func.attr in ("commit", "rollback") or holder in _TALKERS
            )
            # The transactions of core.db and of a job are theirs, any other begins one of its own.
            begins = node.func.attr == "transaction" and holder not in ("database", "job")
            if ends or begins:
                yield node.lineno
        elif isinstance(node, ast.Constant) and _COMMIT_SQL.match(str(node.value)):
            yield node.lineno


def _imports_of(tree: ast.AST) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def _may_hold_sql(module: Path) -> bool:
    return (
        module.name in ("repository.py", "writer.py")
        or module.parent.name == "repository"
        or module.name == "models.py"  # server defaults and conditions of indexes
        or module.as_posix() in SQL_MODULES
    )


def _may_import_web(module: Path) -> bool:
    return (
        module.name.endswith("router.py")
        or module.name.startswith("router")
        or module.parts[1] in ("access", "web")
        or module.as_posix() in WEB_MODULES
    )


def test_the_rules_see_what_they_forbid() -> None:
    for code in ('a = f"SELECT {x} FROM y"', "'\\n WITH a AS (SELECT 1)'", "select(Account)",
                 "'SET lock_timeout = 1'", "'DELETE FROM events'"):  # fmt: skip
        assert list(_sql_in(ast.parse(code))), code
    for code in (
        "'Select a plan'",
        "'with a key as a guest'",
        "'Update the registry'",
        "selected(x)",
    ):
        assert not list(_sql_in(ast.parse(code))), code
    for code in ("session.commit()", "connection.transaction()", "'COMMIT'", "session.begin()"):
        assert list(_commits_in(ast.parse(code))), code
    assert not list(_commits_in(ast.parse("database.transaction()")))
    assert _imports_of(ast.parse("def f():\n    import stripe.api")) == {"stripe"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_keeps_to_its_place(module: Path) -> None:
    tree, name = _tree(module), module.as_posix()
    imports = _imports_of(tree)
    assert "stripe" not in imports or name == "app/billing/stripe_client.py"
    assert "slowapi" not in imports or name == "app/access/rate_limits.py"
    assert not imports & {"fastapi", "starlette"} or _may_import_web(module)
    assert not list(_sql_in(tree)) or _may_hold_sql(module)
    assert not list(_commits_in(tree)) or name in COMMITTING_MODULES


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_says_what_it_is_for(module: Path) -> None:
    tree = _tree(module)
    assert not tree.body or ast.get_docstring(tree), "open with one sentence"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_pure_parts_stay_pure(module: Path) -> None:
    if {"sources", "coding", "analysis"} & set(module.parts) or module.as_posix() == "app/plans.py":
        impure = {"asyncpg", "sqlalchemy", "sqlmodel", "fastapi", "starlette", "httpx", "pydantic"}
        assert not _imports_of(_tree(module)) & impure


def test_the_allowed_lists_have_no_dead_entries() -> None:
    named = SQL_MODULES | COMMITTING_MODULES | WEB_MODULES
    assert named <= {module.as_posix() for module in MODULES}
    assert all(list(_sql_in(_tree(Path(name)))) for name in SQL_MODULES)
    assert all(_imports_of(_tree(Path(name))) & {"fastapi", "starlette"} for name in WEB_MODULES)


def test_imports_run_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
