"""What the registry and takedowns say of whom a finding names: cited, apart, and fixed with it."""

import pytest

from app.core.db import Database
from app.forensics.registry.context import Subjects, context_of, subjects_of
from tests.forensics.corpora.conftest import Analyst, campaign
from tests.forensics.records.conftest import take_in as take_records
from tests.forensics.records.conftest import takedown
from tests.forensics.registry.conftest import account, domain
from tests.forensics.registry.conftest import take_in as take_entries

SAYS = {"standing": "third_party", "statement": "It was never said by that laboratory."}


@pytest.mark.usefixtures("worker")
async def test_a_finding_tells_what_others_say_and_is_made_again_the_same(
    database: Database, analyst: Analyst
) -> None:
    await take_entries(database, [
        account("@Planted0"), domain("example.org", state="RU"), account("@somebody-else"),
    ])  # fmt: skip
    assessed = {"credibility": "platform's own logs", "transparency": "no data published"}
    await take_records(database, "takedown", [
        takedown(1, platform="twitter", accounts=["@PLANTED1", "other"], taken_down_on="2021-02-01",
                 attributed_states=["RU", "IR"], assessment=assessed),
        takedown(2, platform="facebook", accounts=["planted1"]),
        takedown(3, hashtags=["nothing"]),
    ])  # fmt: skip
    await analyst.client.post("/v1/forensics/registry/domain/example.org/disputes", json=SAYS)
    await analyst.upload(campaign())
    shown = await analyst.finding()
    document = shown["document"]
    told = {one["subject"]: one for one in document["source_status"]}
    assert set(told) == {"twitter:planted0", "example.org"}
    assert told["twitter:planted0"] == {
        "subject": "twitter:planted0", "status": "labelled (RU)",
        "citation": "A Laboratory: Listed as a clone. <https://lab.example/1>",
        "cited_on": "2021-03-01", "disputed": False,
    }  # fmt: skip
    assert told["example.org"]["disputed"] is True
    claims = document["attribution"]
    assert [claim["actor"] for claim in claims] == ["Iran", "Russia"]
    assert claims[0] == {
        "claimant": "Chirper", "actor": "Iran", "claimed_on": "2021-02-01",
        "credibility": "platform's own logs", "bias": None, "evidence": None,
        "transparency": "no data published",
        "source": "takedown takedown-1 (Reuters, 2021-03-01); names account twitter:planted1",
    }  # fmt: skip
    # Nothing of it stands in what was measured.
    assert "RU" not in str(document["behaviour"]) and document["outcome"] == "found"
    # It is an input like the posts: later changes of the registry are no part of this version.
    await take_entries(database, [domain("example.org", status="seized")])
    answer = await analyst.client.post(f"/v1/forensics/findings/{shown['id']}/recompute")
    ended = await analyst.until_ended(answer.json())
    assert ended["recomputed"] == {"same_bytes": True, "sha256": shown["sha256"]}
    later = await analyst.finding(finding=shown["id"])
    assert [one["status"] for one in later["document"]["source_status"]] == ["seized"]


async def test_an_outlet_is_told_by_its_domain_or_its_name_among_articles(
    database: Database, outlets: None
) -> None:
    subjects = Subjects(
        accounts=frozenset({"twitter:reuters"}),
        domains=frozenset({"rt.com"}),
        outlets=frozenset({"TeleSUR", "rt.com"}),
    )
    context = await context_of(database, subjects)
    told = {one["subject"]: one["status"] for one in context["source_status"]}
    # An account that bears an outlet's name may be anybody's.
    assert told == {"RT (rt.com)": "state (RU)", "TeleSUR": "state (VE)"}
    assert all(one["citation"] and one["cited_on"] for one in context["source_status"])
    assert context["attribution"] == []


def test_subjects_are_read_from_groups_objects_and_records() -> None:
    document = b"""{"behaviour": {
        "accounts": [{"account": "X:@Some"}], "edges": [], "ties": [],
        "groups": [{"objects": ["url:https://www.Spiegel.ltd/a:b", "hashtag:#Libre", "text:a b"]}],
        "objects": [{"trace": "domain", "object": "bild.pics"}, {"trace": "url", "object": "::"}],
        "records": [{"account": "tass.com"}, {"account": "web:TASS"}, {"id_a": "1"}]}}"""
    assert subjects_of(document) == Subjects(
        accounts=frozenset({"twitter:some", "web:tass"}),
        domains=frozenset({"spiegel.ltd", "bild.pics", "tass.com"}),
        hashtags=frozenset({"libre"}),
        outlets=frozenset({"tass.com", "TASS"}),
    )
