"""Lookalike domains over HTTP and by the command."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app.core.db import Database
from app.events.writer import save_outlets
from app.forensics.lookalikes.schemas import MAX_DOMAINS, LookalikePage
from app.forensics.registry.demo_entries import load_demo_entries
from tests.command import run_vric
from tests.conftest import MakeKey, serving

PATH = "/v1/forensics/lookalikes"


@pytest.fixture
async def premium(
    database: Database, database_url: str, make_account_key: MakeKey
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a premium key over this test's own database."""
    key = await make_account_key("p@example.org", "premium")
    async with serving(database_url) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


async def _ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    LookalikePage.model_validate(answer.json())
    shown: dict[str, Any] = answer.json()
    return shown


async def test_the_registry_is_compared_with_and_told_apart(
    database: Database, premium: httpx.AsyncClient
) -> None:
    async with database.transaction() as connection:
        await save_outlets(connection)
    await load_demo_entries(database)
    domains = ["https://spiegel.ltd/artikel", "tass-news.live", "www.rt.com", "art.com", "??"]
    answer = await _ask(premium, domains=domains)
    spiegel, tass, known, other, none = answer["items"]
    assert [item["domain"] for item in answer["items"]] == domains and answer["returned"] == 5
    assert spiegel["lookalike"] is True and spiegel["matches"][0]["imitates"] == "spiegel.de"
    assert spiegel["listed"] == {
        "status": "lookalike", "href": "/v1/forensics/registry/domain/spiegel.ltd"
    }  # fmt: skip
    assert tass["matches"][0]["source"] == "outlet/tass" and tass["listed"] is None
    assert "added_word" in tass["matches"][0]["kinds"]
    assert known["known"] == "outlet/rt" and known["matches"] == []
    assert other["lookalike"] is False and other["fault"] is None
    assert none["fault"] == "no host name" and none["registrable"] is None
    for match in spiegel["matches"] + tass["matches"]:
        assert match["score"] == sum(part["points"] for part in match["parts"])
    assert answer["meta"]["method"] == "lookalike-domains"
    assert answer["meta"]["compared_with"] > 240


async def test_only_with_those_given(premium: httpx.AsyncClient) -> None:
    body = {"domains": ["spiegel.ltd", "lemonde.ltd"], "against": ["LeMonde.fr"]}
    spiegel, lemonde = (await _ask(premium, registry=False, **body))["items"]
    assert spiegel["matches"] == []
    assert lemonde["matches"][0]["source"] == "given"
    weak = await _ask(premium, registry=False, min_score=1, domains=["rt.rs"], against=["rt.com"])
    assert weak["items"][0]["lookalike"] is False
    # Minus forty points for two letters leave nothing.
    assert [match["score"] for match in weak["items"][0]["matches"]] in ([], [0])


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"domains": []}, "domains"),
        ({"domains": ["a.com"] * (MAX_DOMAINS + 1)}, "domains"),
        ({"domains": ["x" * 3_000]}, "domains.0"),
        ({"domains": [""]}, "domains.0"),
        ({"domains": ["a.com"], "against": ["b.com", "localhost"]}, "against.1"),
        ({"domains": ["a.com"], "min_score": 0}, "min_score"),
        ({"domains": ["a.com"], "more": 1}, "more"),
        ({"domains": [5]}, "domains.0"),
    ],
)
async def test_what_cannot_be_read_is_named(
    premium: httpx.AsyncClient, body: dict[str, Any], name: str
) -> None:
    answer = await premium.post(PATH, json=body)
    assert answer.status_code == 422 and answer.json()["errors"][0]["name"] == name


async def test_nothing_to_compare_with(premium: httpx.AsyncClient) -> None:
    answer = await premium.post(PATH, json={"domains": ["a.com"], "registry": False})
    assert answer.status_code == 422 and "against" in answer.json()["errors"][0]["reason"]


async def test_who_may(premium: httpx.AsyncClient, make_account_key: MakeKey) -> None:
    body = {"domains": ["a.com"]}
    assert (await premium.post(PATH, json=body, headers={"Authorization": ""})).status_code == 401
    free = {"Authorization": f"Bearer {await make_account_key('f@example.org', 'free')}"}
    assert (await premium.post(PATH, json=body, headers=free)).status_code == 403
    answer = await premium.post(PATH, json=body)
    assert answer.headers["x-request-cost"] == "5" and answer.headers["cache-control"] == "no-store"


def test_the_command_needs_no_database(tmp_path: Path) -> None:
    file = tmp_path / "domains.csv"
    file.write_text("n,domain\n1,lemonde.ltd\n2,wikipedia.org\n3,not a domain\n")
    done = run_vric("forensics", "lookalikes", file, "bild.pics", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [item["domain"] for item in found] == ["lemonde.ltd", "bild.pics"]
    assert found[1]["matches"][0]["imitates"] == "bild.de"
    assert found[1]["listed"]["citation"].startswith("Qurium, 2022-09-27")
    assert "not a domain: no host name" in done.stderr and "2 lookalikes" in done.stderr
    given = run_vric("forensics", "lookalikes", "acme.top", "--against", "acme.com", cwd=tmp_path)
    assert given.stdout.startswith("acme.top   65  like acme.com (tld_swap)")
    wrong = run_vric("forensics", "lookalikes", "acme.top", "--against", "localhost", cwd=tmp_path)
    assert wrong.returncode == 1 and "ends in no public suffix" in wrong.stderr
