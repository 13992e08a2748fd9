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
    (story,) = document["behaviour"]["chains"]
    assert story["chain_id"] == links[0]["chain_id"]
    assert story["first_seen"] == {
        "id": "1", "account": "blog", "at": "2025-01-01T00:00:00Z", "language": "en",
    }  # fmt: skip
    assert (story["texts"], story["accounts"], story["stage"]) == (3, 3, "integration")
    assert (document["counts"]["chains"], document["counts"]["bursts"]) == (1, 0)
    path = (await analyst.get("findings"))["items"][0]["links"][0]["href"]
    report = (await analyst.client.get(f"{path}/report")).text
    assert "Found: texts that repeat each other" in report and "nor a benign" not in report
    assert "<h2>Stories</h2>" in report


async def test_a_chain_goes_through_languages_and_bursts(analyst: Analyst) -> None:
    told = [("0", "en", 0), *((str(n), "es", 3_600 + 60 * n) for n in range(1, 9))]
    posts = [
        {
            "id": id_, "account": f"a{id_}", "published_at": 1_735_689_600 + after, "text": STORY,
            "language": language,
        }
        for id_, language, after in told
    ]  # fmt: skip
    await analyst.upload(posts)
    document = (await analyst.finding(kind="chains"))["document"]
    (story,) = document["behaviour"]["chains"]
    assert [(one["language"], one["texts"]) for one in story["languages"]] == [("en", 1), ("es", 8)]
    (burst,) = story["bursts"]
    assert (burst["start_at"], burst["posts"]) == ("2025-01-01T01:00:00Z", 8)
    assert document["counts"]["chains_across_languages"] == document["counts"]["bursts"] == 1


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
