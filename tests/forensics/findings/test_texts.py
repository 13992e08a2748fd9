"""Near-duplicates and chains of a corpus as findings."""

import pytest

from tests.forensics.corpora.conftest import Analyst

pytestmark = pytest.mark.usefixtures("worker")
STORY = (
    "The synthetic laboratory at the border was closed yesterday after its director said that no"
    " sample had ever left the building in the last ten years."
)
POSTS = [
    {"id": "1", "account": "blog", "published_at": 1_735_689_600, "text": STORY, "language": "en"},
    {"id": "2", "account": "copy", "published_at": 1_735_693_200, "text": f"LOOK: {STORY}"},
    {"id": "3", "account": "paper", "published_at": 1_735_696_800, "text": STORY.upper()},
    {"id": "4", "account": "cat", "published_at": 1_735_700_400, "text": "My cat sleeps all day."},
    {"id": "5", "account": "mute", "published_at": 1_735_700_400},
]


async def test_near_duplicates_are_listed_as_pairs(analyst: Analyst) -> None:
    await analyst.upload(POSTS)
    document = (await analyst.finding(kind="near_duplicates"))["document"]
    records = document["behaviour"]["records"]
    assert [(one["id_a"], one["id_b"]) for one in records] == [("1", "2"), ("1", "3"), ("2", "3")]
    assert {one["class"] for one in records} == {"copypasta"}
    assert document["counts"] == {"texts": 4, "pairs": 3, "pairs_shown": 3}
    assert document["outcome"] == "found"


async def test_chains_tell_who_repeats_whom(analyst: Analyst) -> None:
    await analyst.upload(POSTS)
    document = (await analyst.finding(kind="chains", mainstream=["paper"]))["document"]
    links = document["behaviour"]["records"]
    assert [(one["id"], one["kind"], one["stage"]) for one in links] == [
        ("1", "origin", "placement"),
        ("2", "copypasta", "layering"),
        ("3", "copypasta", "integration"),
    ]
    assert links[2]["lag_s"] in (3_600, 7_200)
    assert document["method"]["parameters"]["mainstream"] == ["paper"]


async def test_what_an_analysis_does_not_know_is_refused(analyst: Analyst) -> None:
    await analyst.upload(POSTS)
    refused = await analyst.ask(422, kind="chains", window_s=60)
    assert "window_s" in refused["detail"]
    await analyst.ask(422, kind="nothing")
    await analyst.ask(422, nothing=1)


async def test_an_engine_that_is_not_installed_is_named(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    await analyst.upload(POSTS)
    refused = await analyst.ask(503, kind="chains", engine="apertium")
    assert (refused["engine"], "apt-get install" in refused["detail"]) == ("apertium", True)
