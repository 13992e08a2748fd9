"""Narratives over HTTP, out of a finding that a worker made."""

from typing import Any

import pytest

from tests.forensics.corpora.conftest import Analyst, Analysts, Record

pytestmark = pytest.mark.usefixtures("worker")
START = 1_735_689_600
LAB = (
    "The synthetic laboratory at the border was closed yesterday after its director said that no"
    " sample had ever left the building in the last ten years."
)
SHIP = (
    "Two grey ships of an unnamed navy were seen near the lighthouse, and the harbour master of the"
    " invented town refused to answer any question about their cargo."
)


def _post(id_: str, account: str, minutes: int, text: str) -> Record:
    return {
        "id": id_, "platform": "x", "account": account, "published_at": START + 60 * minutes,
        "text": text, "language": "en", "synthetic": True,
    }  # fmt: skip


POSTS = [
    *(_post(f"lab{i}", f"a{i % 6}", i, f"{LAB} {i}") for i in range(8)),
    _post("ship0", "b0", 300, SHIP),
    _post("ship1", "paper", 420, f"READ: {SHIP}"),
    _post("cat", "c", 10, "My cat sleeps all day long and never wakes up for anything."),
]


async def _made(analyst: Analyst, **more: Any) -> Record:
    await analyst.upload(POSTS)
    return await analyst.finding(kind="chains", mainstream=["x:paper"], **more)


async def test_narratives_of_a_finding(analyst: Analyst) -> None:
    finding = await _made(analyst)
    shown = await analyst.get(f"narratives?finding={finding['id']}")
    lab, ship = shown["items"]
    assert (lab["texts"], lab["accounts"], lab["stage"]) == (8, 6, "layering")
    assert lab["first_seen"] == {
        "id": "x:lab0", "account": "x:a0", "at": "2025-01-01T00:00:00Z", "language": "en",
    }  # fmt: skip
    assert lab["languages"] == [{"language": "en", "texts": 8, "first_at": "2025-01-01T00:00:00Z"}]
    assert lab["kinds"] == {"origin": 1, "copypasta": 7}
    (burst,) = lab["bursts"]
    assert (burst["posts"], burst["start_at"]) == (8, "2025-01-01T00:00:00Z")
    assert burst["p"] <= 0.001
    assert (ship["stage"], ship["bursts"]) == ("integration", [])
    assert shown["meta"] == {
        "finding": finding["id"], "version": 1, "status": "valid", "narratives": 2,
        "complete": True, "engine": "none",
    }  # fmt: skip


async def test_pages_filters_and_order(analyst: Analyst) -> None:
    await _made(analyst)
    first = await analyst.get("narratives?corpus=c&limit=1&sortby=-first_at")
    assert first["items"][0]["first_seen"]["id"] == "x:ship0"
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    second = (await analyst.client.get(following)).json()
    assert second["items"][0]["first_seen"]["id"] == "x:lab0"
    assert [link["rel"] for link in second["links"]] == ["self"]
    refused = await analyst.client.get(following.replace("sortby=-first_at", "sortby=first_at"))
    assert refused.status_code == 400
    assert len((await analyst.get("narratives?corpus=c&min_texts=3"))["items"]) == 1
    assert (await analyst.get("narratives?corpus=c&language=fr"))["items"] == []


async def test_an_earlier_text_changes_no_id(analyst: Analyst) -> None:
    finding = await _made(analyst)
    before = (await analyst.get(f"narratives?finding={finding['id']}"))["items"][0]
    await analyst.upload([_post("lab-early", "first", -60, LAB)])
    await analyst.finding(kind="chains", mainstream=["x:paper"], finding=finding["id"])
    shown = await analyst.get(f"narratives?finding={finding['id']}")
    after = shown["items"][0]
    assert (shown["meta"]["version"], after["texts"]) == (2, 9)
    assert after["first_seen"]["id"] == "x:lab-early"
    assert after["id"] == before["id"]


async def test_only_findings_of_chains_that_one_may_see(
    analyst: Analyst, analysts: Analysts
) -> None:
    finding = await _made(analyst)
    async with analysts("b@example.org") as other:
        await other.get(f"narratives?finding={finding['id']}", 404)
        await other.get("narratives?corpus=c", 404)
    async with analysts("c@example.org", "free") as free:
        await free.get("narratives?corpus=c", 403)
    pairs = await analyst.finding(kind="near_duplicates")
    await analyst.get(f"narratives?finding={pairs['id']}", 400)


@pytest.mark.parametrize(
    "query",
    [
        "", "finding=1", "corpus=c&finding=3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21", "corpus=..",
        "corpus=c&language=english", "corpus=c&min_texts=1", "corpus=c&sortby=size",
        "corpus=c&cursor=AAAA", "corpus=c&limit=0", "corpus=c&limit=1001", "corpus=c&x=1",
    ],
)  # fmt: skip
async def test_bad_queries_are_refused(analyst: Analyst, query: str) -> None:
    assert (await analyst.get(f"narratives?{query}", 400))["code"] == "invalid_parameter"
