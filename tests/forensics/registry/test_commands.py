"""`vric ingest accounts`, `vric forensics disputes` and `decide-dispute` as an operator runs them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.command import call_vric
from tests.conftest import TEST_SECRET
from tests.forensics.registry.conftest import REGISTRY, as_csv

ROW = {
    "kind": "domain", "domain": "example.org", "status": "lookalike",
    "citations.publisher": "A Laboratory", "citations.published_on": "2021-03-01",
    "citations.says": "Listed as a clone.",
}  # fmt: skip
SAYS = {"standing": "third_party", "statement": "The laboratory took it back in June."}
Vric = Callable[..., "tuple[int, str, str]"]


@pytest.fixture
def vric(tmp_path: Path, database_url: str) -> Vric:
    """Runs a command on this test's database."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        settings = {"VRIC_SECRET_KEY": TEST_SECRET, "VRIC_DATABASE_URL": database_url}
        done = call_vric(*arguments, cwd=tmp_path, **settings)
        return done.returncode, done.stdout, done.stderr

    return run


async def test_from_a_file_to_a_decision(
    premium: httpx.AsyncClient, vric: Vric, tmp_path: Path
) -> None:
    file = tmp_path / "Lab list.csv"
    file.write_text(as_csv([ROW, {**ROW, "domain": "example.com", "status": "guilty"}]))
    code, out, err = await asyncio.to_thread(vric, "ingest", "accounts", file)
    assert code == 0 and out.startswith("accounts lab-list imported: 1 entries, 1 added")
    assert err.startswith("line 3: status: choose one of state,")
    filed = (await premium.post(f"{REGISTRY}/domain/example.org/disputes", json=SAYS)).json()
    code, out, _ = await asyncio.to_thread(vric, "forensics", "disputes")
    assert code == 0 and out.startswith(f"{filed['id']}  domain example.org  by third_party")
    assert "took it back in June" in out
    decide = ["forensics", "decide-dispute", filed["id"], "--outcome", "upheld"]
    for wrong, told in (
        (["--decision", "x"], "--decision: 3 to 1,000 characters"),
        (["--decision", "It did.", "--state", "RU"], "--state: an ISO 3166-1"),
        (["--decision", "It did.", "--status", "guilty"], "domains are one of state,"),
    ):
        code, out, err = await asyncio.to_thread(vric, *decide, *wrong)
        assert (code, out) == (1, "") and told in err and len(err.splitlines()) == 1
    code, out, _ = await asyncio.to_thread(
        vric, *decide, "--decision", "It did.", "--status", "independent"
    )
    assert (code, out.strip()) == (0, "domain example.org: dispute upheld, now independent")
    code, out, _ = await asyncio.to_thread(vric, "forensics", "disputes")
    assert (code, out) == (0, "")
    entry = (await premium.get(f"{REGISTRY}/domain/example.org")).json()
    assert entry["status"] == "independent" and entry["disputes"][0]["decision"] == "It did."
