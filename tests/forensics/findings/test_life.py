"""From an upload to a finding over HTTP, with a real worker and a real process."""

import pytest

from tests.forensics.corpora.conftest import Analyst, campaign, organic

pytestmark = pytest.mark.usefixtures("worker")


async def test_a_planted_campaign_is_found_and_made_again(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    shown = await analyst.finding()
    document = shown["document"]
    assert document["outcome"] == "found", document["summary"]
    (group,) = document["behaviour"]["groups"]
    assert group["accounts"] == [f"x:planted{i}" for i in range(6)]
    assert group["objects_total"] == 8
    assert document["input"]["posts_used"] == document["input"]["synthetic_posts"] == 448
    assert document["attribution"] == document["source_status"] == []


async def test_organic_life_gives_an_empty_answer(analyst: Analyst) -> None:
    await analyst.upload(organic())
    document = (await analyst.finding())["document"]
    assert document["outcome"] == "nothing_found"
    assert document["behaviour"]["edges"] == []
    assert document["input"]["posts_used"] == 400
