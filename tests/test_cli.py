"""Commands in the words of their users: what they print, what they change, how they refuse."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app import cli
from app.core.db import Database, create_database_if_missing
from tests.command import call_vric, environment, failure_of, run_vric
from tests.conftest import TEST_SECRET, at_database, drop, serving
from tests.problems import assert_problem
from tests.reports.conftest import ITEMS, edition_text

NOWHERE = "postgresql://vric@127.0.0.1:1/nowhere"
DRY_RUN_KEYS = {
    "summary", "outlet", "published_on", "occurred_on", "language", "state_media_marked", "actors",
    "countries", "category", "categories_also", "topics", "status", "place", "lat", "lon",
    "precision",
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one line by which it refused."""
        assert self.code == 1
        assert self.out == ""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0].removeprefix("vric: ")

    @property
    def said(self) -> str:
        """What a successful command printed."""
        assert (self.code, self.err) == (0, "")
        return self.out.strip()


Vric = Callable[..., Done]


@pytest.fixture
def vric(tmp_path: Path) -> Vric:
    """Runs a command with a secret, by default without a database."""

    def run(*arguments: str | Path, **variables: str) -> Done:
        given = {"VRIC_SECRET_KEY": TEST_SECRET, **variables}
        done = call_vric(*arguments, cwd=tmp_path, **given)
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def on_database(vric: Vric, database_url: str) -> Vric:
    """Runs commands on an empty database of this test's own."""
    return lambda *arguments, **variables: vric(
        *arguments, **{"VRIC_DATABASE_URL": database_url, **variables}
    )


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """A file with an edition of six items."""
    file = tmp_path / "edition.txt"
    file.write_text(edition_text(), encoding="utf-8")
    return file


@pytest.fixture
async def empty_url(server_url: str) -> AsyncIterator[str]:
    """A database without any table."""
    name = f"empty_{id(object()):x}"
    await create_database_if_missing(server_url, name)
    yield at_database(server_url, name)
    await drop(server_url, name)


def test_a_dry_run_needs_no_database(edition: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    done = run_vric(
        "ingest", "edition", edition, "--published-on", "2020-11-18", "--dry-run", "--json",
        cwd=folder, VRIC_DATABASE_URL=NOWHERE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["summary"] for event in events] == [item.summary for item in ITEMS]
    assert all(event.keys() >= DRY_RUN_KEYS for event in events)
    assert events[0]["published_on"] == "2020-11-12"
    for event in events:
        for name in ("actors", "countries", "categories_also", "topics"):
            assert isinstance(event[name], list)
        assert (event["lat"] is None) == (event["lon"] is None)
        assert {how["by"] for how in event["coding"].values()} <= {"rule", "model"}
    assert list(folder.iterdir()) == []  # nothing was written, no server started


def test_a_refusal_of_the_script_itself(tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0" + bytes(range(256)))
    done = run_vric(
        "ingest", "edition", "picture.txt", "--published-on", "2020-11-18", cwd=tmp_path
    )
    assert failure_of(done) == "vric: picture.txt: a binary file, no text"
    assert done.returncode == 1
    assert not (tmp_path / ".vric").exists()


async def test_an_edition_is_taken_in_and_corrected(
    on_database: Vric, edition: Path, database: Database
) -> None:
    take = ("ingest", "edition", edition, "--published-on", "2020-11-18", "--edition", "nov")
    assert on_database(*take).said == (
        "edition nov imported: 6 items, 1 must-reads, 6 created, 0 updated, 0 unchanged, 0 removed"
    )
    assert on_database(*take).said.startswith(
        "edition nov unchanged since the last import: 6 items"
    )
    event_id = str(
        await database.fetch_value("SELECT id FROM events WHERE summary = $1", [ITEMS[3].summary])
    )
    shown = json.loads(on_database("events", "show", event_id).said)
    assert shown["summary"] == ITEMS[3].summary
    before = {name: shown[name] for name in ("lon", "lat", "place", "precision", "actors")}
    on_database(
        "events", "edit", event_id, "--set", "lon=-68.01", "--set", "lat=10.47", "--set",
        "place=Puerto Cabello", "--set", "precision=city", "--set", "actors=CU,VE", "--by", "ann",
    )  # fmt: skip
    shown = json.loads(on_database("events", "show", event_id).said)
    assert {name: shown[name] for name in before} == {
        "lon": -68.01, "lat": 10.47, "place": "Puerto Cabello", "precision": "city",
        "actors": ["CU", "VE"],
    }  # fmt: skip
    assert {c["field"] for c in shown["corrections"]} == set(before)
    undo = [part for name in before for part in ("--undo", name)]
    on_database("events", "edit", event_id, *undo, "--by", "ann")
    shown = json.loads(on_database("events", "show", event_id).said)
    assert {name: shown[name] for name in before} == before
    assert shown["corrections"] == []


async def test_events_follow_their_outlet(
    on_database: Vric, edition: Path, database: Database
) -> None:
    take = ("ingest", "edition", edition, "--edition", "nov", "--published-on")
    on_database(*take, "2020-11-18")
    counted = "SELECT count(*) FROM events WHERE state_media_registry"
    before = await database.fetch_value(counted)
    said = on_database(
        "outlets", "edit", "abc-color", "--ownership", "state_controlled", "--state", "VE",
        "--citation", "a test", "--by", "ann",
    ).said  # fmt: skip
    assert said == "outlet abc-color: state_controlled; 1 events updated"
    assert await database.fetch_value(counted) == before + 1
    async with serving(database.url) as client:
        outlet = (await client.get("/v1/sources/abc-color")).json()
        assert (outlet["ownership"], outlet["state_media"], outlet["events"]) == (
            "state_controlled", True, 1,
        )  # fmt: skip
        found = (await client.get("/v1/events?outlet=abc-color&state_media=registry")).json()
        assert found["returned"] == 1
    assert "6 unchanged" in on_database(*take, "2020-11-19").said
    assert await database.fetch_value(counted) == before + 1  # an import does not take it back


async def test_accounts_and_keys(on_database: Vric, database: Database) -> None:
    assert on_database("account", "create", "Ann@Example.org").said.endswith("plan free")
    keys = [on_database("key", "create", "ann@example.org", "--name", n).said for n in ("a", "b")]
    refused = on_database("key", "create", "ann@example.org").refusal
    assert refused == "the plan free has no further key; revoke one first"
    async with serving(database.url, plan_overrides={}) as client:
        answers = [await client.get("/v1/meta", headers={"X-API-Key": key}) for key in keys]
        assert [answer.headers["x-ratelimit-limit"] for answer in answers] == ["60", "60"]
        assert on_database("key", "revoke", keys[0][:12]).said == f"{keys[0][:12]}… revoked"
        refused_answer = await client.get("/v1/meta", headers={"X-API-Key": keys[0]})
        assert_problem(refused_answer, 401, "unauthorized")
        assert (await client.get("/v1/meta", headers={"X-API-Key": keys[1]})).status_code == 200
    assert on_database("key", "create", "ann@example.org").said.startswith("vric_sk_")
    stored = await database.fetch("SELECT digest, hint FROM api_keys")
    assert all(
        key not in row["digest"] and len(row["hint"]) == 12 for row in stored for key in keys
    )


async def test_backup_and_restore(
    on_database: Vric, vric: Vric, edition: Path, database: Database, empty_url: str, tmp_path: Path
) -> None:
    on_database("ingest", "edition", edition, "--published-on", "2020-11-18")
    on_database("account", "create", "ann@example.org")
    file = tmp_path / "backup"
    assert on_database("db", "backup", file).said.startswith(f"{file}: ")
    assert "exists already" in on_database("db", "backup", file).refusal
    there = {"VRIC_DATABASE_URL": empty_url}
    assert "schema none" in vric("db", "check", **there).refusal
    assert vric("db", "restore", file, **there).said == f"{file}: restored"
    assert vric("db", "check", **there).said.endswith("in order")
    tables = ("events", "event_changes", "accounts", "editions", "edition_items", "outlets")
    async with Database(empty_url, pool_size=1) as restored:
        for table in tables:
            sql = f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1"
            assert await restored.fetch(sql) == await database.fetch(sql)
        assert await restored.fetch_value("SELECT count(*) FROM events") == 6
        refused = vric("db", "restore", file, **there).refusal
        assert refused == "the database is not empty; repeat with --replace to replace it"
        vric(
            "ingest", "edition", edition, "--published-on", "2020-11-18", "--edition", "x", **there
        )
        assert await restored.fetch_value("SELECT count(*) FROM events") == 12
    assert vric("db", "restore", "--replace", file, **there).said == f"{file}: restored"
    async with Database(empty_url, pool_size=1) as restored:
        assert await restored.fetch_value("SELECT count(*) FROM events") == 6
        # A wrong file changes nothing, also when it was to replace everything.
        (tmp_path / "wrong").write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        for wrong in (tmp_path / "wrong", edition):
            assert vric("db", "restore", "--replace", wrong, **there).refusal.startswith(
                "restore: "
            )
        assert await restored.fetch_value("SELECT count(*) FROM events") == 6


def test_the_schema_is_brought_up_to_date_and_checked(vric: Vric, empty_url: str) -> None:
    there = {"VRIC_DATABASE_URL": empty_url}
    wrong = "the database has another schema; run `vric db upgrade` first"
    assert vric("account", "create", "ann@example.org", **there).refusal == wrong
    assert vric("serve", "--port", "0", **there).refusal == wrong
    for _ in range(2):
        assert vric("db", "upgrade", **there).said.startswith("schema ")
    assert vric("db", "check", **there).said.endswith("in order")


async def test_tables_made_as_they_are_needed_are_no_fault(
    on_database: Vric, database: Database
) -> None:
    async with database.transaction() as connection:
        for table in ("event_vectors", "post_vectors", "positions_1999_01"):
            await connection.execute(f"CREATE TABLE {table} (id bigint)")
    assert on_database("db", "check").said.endswith("in order")
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE stray (id bigint)")
    assert "the schema differs from the models" in on_database("db", "check").refusal


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("ingest edition none.txt --published-on 2020-11-18", "none.txt: there is no such file"),
        ("ingest edition . --published-on 2020-11-18", ".: there is no such file"),
        ("ingest edition empty.txt --published-on 2020-11-18", "empty.txt: "),
        ("ingest edition edition.txt --published-on 2020-11-18 --edition A_b", "--edition 'A_b': "),
        ("account create ann", "'ann' is no e-mail address"),
        ("account create ann@example.org --plan gold", "there is no plan 'gold'"),
        ("account create ann@example.org --plan anonymous", "there is no plan 'anonymous'"),
        ("key create nobody@example.org", "there is no account of nobody@example.org"),
        ("key revoke vric_sk_0000", "0 keys begin with 'vric_sk_0000'"),
        ("events show 1", "there is no event 1"),
        ("events edit 1 --set topics=oil", "there is no event 1"),
        ("events edit 1", "nothing to do"),
        ("events edit 1 --set topics", "'topics': write field=value"),
        ("events edit 1 --set colour=red", "colour: no such field"),
        ("events edit 1 --set category=weather", "category: 'weather' is not in the vocabulary"),
        ("events edit 1 --set lat=91", "lat: "),
        ("events edit 1 --set lat=nan", "lat: "),
        ("events edit 1 --set published_on=2020-02-30", "published_on: "),
        ("events edit 1 --set topics=oil --undo topics", "topics: either set it or undo it"),
        ("outlets edit nobody --ownership private --citation x", "there is no outlet 'nobody'"),
        ("outlets edit nobody --ownership mine --citation x", "'mine': choose one of "),
        ("db restore none", "none: there is no such file"),
        ("serve --workers 2", "several workers would each count the limits for themselves"),
    ],
)
def test_refusals(on_database: Vric, edition: Path, command: str, expected: str) -> None:
    (edition.parent / "empty.txt").touch()
    assert on_database(*command.split()).refusal.startswith(expected)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"VRIC_DATABASE_URL": NOWHERE}, "the database"),
        ({"VRIC_DATABASE_URL": "no address"}, "settings: VRIC_DATABASE_URL: "),
        ({"VRIC_DATABASE_URL": "mysql://root@127.0.0.1/vric"}, "settings: VRIC_DATABASE_URL: "),
        ({"VRIC_REDIS_URL": "http://127.0.0.1"}, "settings: VRIC_REDIS_URL: "),
        ({"VRIC_SECRET_KEY": "short"}, "settings: VRIC_SECRET_KEY must have at least 32 bytes"),
        ({"VRIC_PLAN_OVERRIDES": "{"}, "settings: VRIC_PLAN_OVERRIDES: "),
        ({"VRIC_PLAN_OVERRIDES": "[]"}, "settings: VRIC_PLAN_OVERRIDES: "),
        ({"VRIC_PLAN_OVERRIDES": '{"gold": {}}'}, "VRIC_PLAN_OVERRIDES: there is no plan 'gold'"),
        (
            {"VRIC_ENVIRONMENT": "production", "VRIC_PLAN_OVERRIDES": '{"free": {"daily": 1}}'},
            "settings: VRIC_PLAN_OVERRIDES is refused in production",
        ),
        ({"VRIC_TRUSTED_PROXIES": "everyone"}, "settings: VRIC_TRUSTED_PROXIES"),
    ],
)
def test_settings_that_stop_the_service(
    vric: Vric, database_url: str, variables: dict[str, str], expected: str
) -> None:
    given = {"VRIC_DATABASE_URL": database_url, **variables}
    assert vric("serve", "--port", "0", **given).refusal.startswith(expected)


@pytest.mark.parametrize("url", [NOWHERE, "postgresql://nobody:secret-word@127.0.0.1:1/x"])
@pytest.mark.parametrize("command", ["db check", "db upgrade", "account create a@example.org"])
def test_a_database_that_is_away(vric: Vric, url: str, command: str) -> None:
    refusal = vric(*command.split(), VRIC_DATABASE_URL=url).refusal
    assert "database" in refusal
    assert "secret-word" not in refusal


def test_a_wrong_option_is_explained(vric: Vric) -> None:
    for command in ("serve --port ninety", "ingest edition x --published-on 2020-13-01", "nothing"):
        done = vric(*command.split())
        assert done.code == 2
        assert "Traceback" not in done.err
        assert "Error" in done.err


@pytest.mark.parametrize("group", cli.GROUPS)
def test_help_names_every_command_with_a_line(vric: Vric, group: str) -> None:
    """Each place in the table leads to a function with a docstring and options that can be read."""
    _, places = cli.GROUPS[group]
    lines = vric(group, "--help", COLUMNS="200").said.splitlines()
    for name in places:
        assert any(re.match(rf"\W+{name}\s+\w", line) for line in lines), name
        assert f"vric {group} {name} " in vric(group, name, "--help").said


HEAVY = {"fastapi", "sqlalchemy", "stripe", "numpy", "scipy", "pyarrow", "shapely", "alembic"}


@pytest.mark.parametrize(
    ("command", "loaded"),
    [
        ("--help", set()),
        ("nothing", set()),
        ("routes analyse --help", set()),
        ("forensics coordination --help", set()),
        ("forensics verify --help", set()),
        ("forensics language posts.csv", {"numpy", "scipy", "pyarrow"}),
        ("forensics coordination posts.csv", {"numpy", "scipy", "pyarrow"}),
        ("routes analyse fixes.csv", {"numpy", "scipy", "pyarrow", "shapely"}),
        ("db --help", set()),
        ("ingest --help", set()),
        ("routes --help", set()),
        ("forensics demo-corpus", {"numpy", "pyarrow"}),
        ("key list --help", set()),
        ("billing --help", set()),
        ("demo load --help", set()),
    ],
)
def test_a_command_loads_only_what_it_needs(tmp_path: Path, command: str, loaded: set[str]) -> None:
    (tmp_path / "posts.csv").write_text("id,account,time,text\n1,a,2024-01-01T00:00:00Z,hola\n")
    (tmp_path / "fixes.csv").write_text("craft_id,time,lat,lon\n1,2024-01-01T00:00:00Z,1,1\n")
    script = (
        "import sys; from app.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(*{HEAVY!r} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command.split()],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert set(done.stderr.splitlines()[-1].split()) <= loaded
