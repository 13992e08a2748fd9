"""Files of takedowns and claims: what is taken in, refused, replaced, withdrawn."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.db import Database
from app.core.errors import CommandError
from app.forensics.records.demo_records import load_demo_records_once, remove_demo_records
from app.forensics.records.importer import import_records
from app.ingest.files import SourceFile
from tests.forensics.records.conftest import claim, take_in, takedown

TAKEDOWNS, CLAIMS = "/v1/forensics/takedowns", "/v1/forensics/claims"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": ""}, "title"),
        ({"platform": None}, "platform"),
        ({"account_count": -1}, "account_count"),
        ({"account_count": 10**30}, "account_count"),
        ({"attributed_states": ["XX"]}, "attributed_states.0: a state is"),
        ({"attributed_by": None}, "attributed_states need attributed_by"),
        ({"sources": []}, "sources"),
        ({"sources": {"outlet": "x", "url": "javascript:alert(1)"}}, "begins with http"),
        ({"hashtags": ["two words"]}, "hashtags.0"),
        ({"hashtags": ["x"] * 501}, "hashtags"),
        ({"colour": "red"}, "colour: Extra inputs"),
        ({"taken_down_on": "yesterday"}, "taken_down_on"),
        ({"title": "a\u0000b"}, "NUL character"),
        ({"title": "a\u0007b"}, "control characters"),
    ],
)
async def test_a_bad_record_is_refused_by_its_line(
    database: Database, changes: dict[str, Any], reason: str
) -> None:
    outcome = await take_in(database, "takedown", [takedown(1), takedown(2, **changes)])
    assert outcome.counts["takedowns"] == outcome.counts["rejected"] == 1
    [reject] = outcome.rejects
    assert reject.line == 2 and reason in reject.reason


async def test_a_verdict_and_an_attribution_are_somebodys(database: Database) -> None:
    outcome = await take_in(
        database, "claim", [claim(1), claim(2, verdict="false"), claim(3, attributed_states="RU")]
    )
    assert [reject.reason for reject in outcome.rejects] == [
        "claim: verdict needs verdict_by: who says so",
        "claim: attributed_states need attributed_by: who says so",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "[]", "null", "{}", "[" * 100_000, '{"a":' * 100_000, "title\n", "a,b\n1,2\n",
        "title,title.x,sources.outlet\nA,B,C\n", '{"id": 1e999999}', "1" * 100_000,
        "title\n" + '"' * 50_000, '{"@type": "ClaimReview"}',
    ],
)  # fmt: skip
async def test_files_that_hold_nothing(database: Database, text: str) -> None:
    for kind in ("takedown", "claim"):
        with pytest.raises(CommandError, match="nothing was changed"):
            await take_in(database, kind, text)  # type: ignore[arg-type]
    assert await database.fetch_value("SELECT count(*) FROM ingest_runs") == 0


async def test_a_json_list_and_a_csv_say_the_same(
    database: Database, premium: httpx.AsyncClient
) -> None:
    text = (
        "title;platform;account_count;attributed_states;attributed_by.name;taken_down_on;"
        "sources.outlet;sources.published_on;hashtags\r\n"
        'One;Twitter;1594;"RU;IR";Twitter;2020-10-08;Reuters;2020-10-09;"#A;b"\r\n'
    )
    assert (await take_in(database, "takedown", text, "csv")).counts["takedowns"] == 1
    [by_csv] = (await premium.get(TAKEDOWNS)).json()["items"]
    assert by_csv["attributed_states"] == ["RU", "IR"] and by_csv["hashtags"] == ["a", "b"]
    assert by_csv["attribution"] == "Twitter attributes this to Russia and Iran."
    fields = {name: by_csv[name] for name in (
        "title", "platform", "account_count", "attributed_states", "attributed_by",
        "taken_down_on", "sources", "hashtags")}  # fmt: skip
    # The same content under another collection is the same record, and not taken twice.
    outcome = await take_in(database, "takedown", json.dumps([fields]), "list")
    assert outcome.rejects[0].reason.endswith("belongs to collection csv")


async def test_a_changed_file_replaces_and_the_history_keeps(
    database: Database, premium: httpx.AsyncClient
) -> None:
    first = [takedown(1), takedown(2)]
    await take_in(database, "takedown", first)
    assert (await take_in(database, "takedown", first)).unchanged
    outcome = await take_in(database, "takedown", [takedown(1, account_count=99), takedown(3)])
    assert outcome.counts == {
        "takedowns": 2, "added": 1, "updated": 1, "withdrawn": 1, "unchanged": 0, "rejected": 0
    }  # fmt: skip
    changed = (await premium.get(f"{TAKEDOWNS}/takedown-1")).json()
    assert changed["account_count"] == 99 and changed["revision"] == 2
    assert [step["change"] for step in changed["history"]] == ["created", "updated"]
    gone = await premium.get(f"{TAKEDOWNS}/takedown-2")
    assert gone.status_code == 410 and gone.json()["code"] == "gone"
    assert (await premium.get(f"{TAKEDOWNS}/takedown-9")).status_code == 404
    await take_in(database, "takedown", first)
    back = (await premium.get(f"{TAKEDOWNS}/takedown-2")).json()
    assert [s["change"] for s in back["history"]] == ["created", "withdrawn", "restored"]


async def test_one_id_twice_in_a_file(database: Database) -> None:
    outcome = await take_in(database, "claim", [claim(1), claim(1, claim="Something else.")])
    assert outcome.counts["claims"] == 1
    assert outcome.rejects[0].reason == "id claim-1 was on line 1 already"


async def test_the_demo_tells_what_the_edition_tells(client: httpx.AsyncClient, database: Database,
                                                     premium: httpx.AsyncClient) -> None:  # fmt: skip
    await load_demo_records_once(database)
    [takedown] = (await premium.get(f"{TAKEDOWNS}?state=CU&platform=twitter")).json()["items"]
    assert takedown["account_count"] == 1594 and takedown["network_count"] == 5
    assert sorted(takedown["attributed_states"]) == ["CU", "IR", "RU", "SA", "TH"]
    assert takedown["attributed_by"]["name"] == "Twitter" and takedown["synthetic"] is False
    assert takedown["sources"][0]["published_on"] == "2020-10-09"
    claims = (await premium.get(CLAIMS)).json()["items"]
    assert {c["kind"] for c in claims} == {"claim", "law", "official_statement", "propaganda"}
    assert sum(c["verdict"] == "unproven" for c in claims) == 2
    assert await remove_demo_records(database) == 6
    assert (await premium.get(TAKEDOWNS)).json()["items"] == []
    await load_demo_records_once(database)  # whoever removed it does not want it back
    assert await remove_demo_records(database) == 0


async def test_the_demo_is_linked_to_its_events(demo_database: Database) -> None:
    linked = await demo_database.fetch(
        "SELECT l.target_id, e.summary FROM event_links l JOIN events e ON e.id = l.event_id"
        " WHERE l.feature = 'forensics' ORDER BY 1, e.id"
    )
    targets = [target for target, _ in linked]
    assert targets == [
        "claims/nicaragua-false-news-laws-2020", "claims/refinery-blast-2020-10",
        "claims/venezuela-c802a-videos-2020-10", "claims/venezuela-c802a-videos-2020-10",
        "claims/virus-on-frozen-food-2020-11", "takedowns/twitter-2020-10-five-networks",
    ]  # fmt: skip
    assert "1,594" in linked[-1]["summary"]


async def test_a_file_that_is_no_text(database: Database, tmp_path: Path) -> None:
    file = SourceFile.of("x", b"\x00\x01\x02")
    with pytest.raises(CommandError, match="binary"):
        await import_records(database, "claim", file, "x")
