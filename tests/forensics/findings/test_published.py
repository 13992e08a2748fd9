"""Nothing that was published vanishes: not with its corpus, nor with its account."""

from pathlib import Path

import pytest

from app.accounts.writer import delete_account
from app.core.db import Database
from app.reports.demo_edition import load_demo
from tests.command import run_vric
from tests.forensics.corpora.conftest import Analyst, Analysts, Record, campaign

pytestmark = pytest.mark.usefixtures("worker")


async def _published(analyst: Analyst, database: Database, cwd: Path) -> Record:
    await analyst.upload(campaign())
    finding = await analyst.finding()
    _vric(database, cwd, "publish-finding", finding["id"])
    return finding


def _vric(database: Database, cwd: Path, *arguments: str) -> None:
    done = run_vric("forensics", *arguments, cwd=cwd, VRIC_DATABASE_URL=database.url)
    assert done.returncode == 0, done.stderr


async def _check_it_stands(reader: Analyst, finding: Record) -> Record:
    """A reader gets the document, its bytes and all that needs no post."""
    shown = await reader.get(f"findings/{finding['id']}")
    assert shown["document"] == finding["document"]
    own = f"/v1/forensics/findings/{finding['id']}"
    version = await reader.client.get(f"{own}/versions/1")
    assert version.headers["etag"] == f'"{finding["sha256"]}"'
    for path in ("stix", "misp", "graphml", "csv", "report", "network.svg", "timeline.svg"):
        assert (await reader.client.get(f"{own}/{path}")).status_code == 200, path
    for gone in (reader.client.get(f"{own}/evidence"), reader.client.post(f"{own}/recompute")):
        refused = await gone
        assert (refused.status_code, refused.json()["code"]) == (409, "input_changed")
    return shown


async def test_a_published_finding_outlives_its_corpus(
    analyst: Analyst, analysts: Analysts, database: Database, tmp_path: Path
) -> None:
    finding = await _published(analyst, database, tmp_path)
    private = await analyst.finding()
    assert (await analyst.client.delete("/v1/forensics/corpora/c")).status_code == 204
    async with analysts("b@example.org") as other:
        shown = await _check_it_stands(other, finding)
    assert [event["kind"] for event in shown["events"]] == ["created", "published", "input_deleted"]
    await analyst.get(f"findings/{private['id']}", 410)
    path = f"/v1/forensics/findings/{finding['id']}/retraction"
    assert (await analyst.client.post(path, json={"note": "No."})).status_code == 200


async def test_a_published_finding_outlives_its_account(
    analyst: Analyst, analysts: Analysts, database: Database, tmp_path: Path
) -> None:
    finding = await _published(analyst, database, tmp_path)
    private = await analyst.finding()
    async with database.session() as session:
        row = await database.fetch_row("SELECT id FROM accounts")
        assert row is not None
        await delete_account(session, row["id"])
    async with analysts("b@example.org") as other:
        await _check_it_stands(other, finding)
        await other.get(f"findings/{private['id']}", 404)
        assert await database.fetch_value("SELECT count(*) FROM posts") == 0
        _vric(database, tmp_path, "retract-finding", finding["id"], "--reason", "It was a choir.")
        shown = await other.get(f"findings/{finding['id']}")
        assert (shown["status"], shown["events"][-1]["by"]) == ("retracted", "operator")
        assert len((await other.get("findings"))["items"]) == 1


async def test_events_name_published_findings_to_those_entitled(
    analyst: Analyst, analysts: Analysts, database: Database, tmp_path: Path
) -> None:
    await load_demo(database)
    event = await database.fetch_value("SELECT min(id) FROM events")
    finding = await _published(analyst, database, tmp_path)
    link = {"id": "c0-0-0", "platform": "x", "kind": "event", "target": str(event)}
    path = "/v1/forensics/corpora/c/links"
    assert (await analyst.client.post(path, json=link)).status_code == 204
    posts = (await analyst.get(f"corpora/c/posts?event={event}"))["items"]
    assert [post["id"] for post in posts] == ["c0-0-0"]
    await analyst.get("corpora/c/posts?event=1&report=x", 400)
    private = await analyst.finding()
    ids = [one["id"] for one in (await analyst.get(f"findings?event={event}"))["items"]]
    assert ids == [private["id"], finding["id"]]
    assert (await analyst.get(f"findings?event={event + 1}"))["items"] == []
    href = f"/v1/forensics/findings/{finding['id']}"
    async with analysts("b@example.org") as other, analysts("c@example.org", "free") as free:

        async def linked(reader: Analyst) -> dict[str, str]:
            links = (await reader.client.get(f"/v1/events/{event}")).json()["links"]
            return {one["href"]: one["title"] for one in links if "forensics" in one["href"]}

        assert await linked(other) == {href: "Finding: coordination"}
        assert await linked(free) == {}
        links = (await analyst.get(f"findings/{finding['id']}"))["links"]
        related = [one["href"] for one in links if one["rel"] == "related"]
        assert related == [f"/v1/events/{event}"]
        answer = await analyst.client.post(f"{href}/retraction", json={"note": "It was a choir."})
        assert answer.status_code == 200
        assert await linked(other) == {href: "Finding: coordination (retracted)"}
        assert (await analyst.client.delete("/v1/forensics/corpora/c")).status_code == 204
        assert await linked(other) == {href: "Finding: coordination (retracted)"}
