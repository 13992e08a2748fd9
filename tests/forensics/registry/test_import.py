"""Files of accounts and domains: what is taken in, refused, replaced, withdrawn, and kept."""

from typing import Any

import httpx
import pytest

from app.core.db import Database
from app.core.errors import CommandError
from app.forensics.registry.demo_entries import load_demo_entries_once, remove_demo_entries
from tests.forensics.registry.conftest import REGISTRY, account, as_csv, domain, take_in


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "guilty"}, "status: choose one of state"),
        ({"domain": "localhost"}, "domain: ends in no public suffix"),
        ({"domain": None}, "a domain has a domain"),
        ({"kind": "outlet"}, "kind"),
        ({"platform": "x"}, "neither platform nor account"),
        ({"citations": []}, "citations"),
        ({"citations": {"publisher": "A", "says": "b"}}, "citations.0.published_on"),
        ({"citations": {"publisher": "A", "says": "b", "published_on": "soon"}}, "published_on"),
        ({"imitates": "co.uk"}, "imitates: is a public suffix"),
        ({"state": "XX"}, "state"),
        ({"colour": "red"}, "colour: Extra inputs"),
        ({"name": "a\u0000b"}, "NUL character"),
        ({"name": "a\u0007b"}, "control characters"),
    ],
)
async def test_a_bad_entry_is_refused_by_its_line(
    database: Database, changes: dict[str, Any], reason: str
) -> None:
    outcome = await take_in(database, [domain("a.example.org"), domain("b.example.com", **changes)])
    assert outcome.counts["entries"] == outcome.counts["rejected"] == 1
    [reject] = outcome.rejects
    assert reject.line == 2 and reason in reject.reason


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "kind\n", "a,b\n1,2\n", "[" * 100_000])
async def test_files_that_hold_nothing(database: Database, text: str) -> None:
    with pytest.raises(CommandError, match="nothing was changed"):
        await take_in(database, text)
    assert await database.fetch_value("SELECT count(*) FROM ingest_runs") == 0


async def test_csv_is_read_and_names_are_brought_to_one_form(
    database: Database, premium: httpx.AsyncClient
) -> None:
    rows = [
        {"kind": "account", "platform": "X", "account": " @Some_Body ", "domain": "",
         "status": "state", "state": "ru", "citations.publisher": "A Platform",
         "citations.published_on": "2020-08-06", "citations.says": "Labelled."},
        {"kind": "domain", "platform": "", "account": "", "domain": "https://www.Münchner.ltd/x",
         "status": "lookalike", "state": "", "citations.publisher": "A Lab",
         "citations.published_on": "2022-09-27", "citations.says": "Listed."},
    ]  # fmt: skip
    assert (await take_in(database, as_csv(rows))).counts["added"] == 2
    first, second = (await premium.get(f"{REGISTRY}?sortby=-name")).json()["items"]
    assert (first["id"], second["id"]) == ("xn--mnchner-n2a.ltd", "twitter:some_body")
    assert first["domain"] == "xn--mnchner-n2a.ltd" and first["handle"] is None
    assert second["handle"] == "some_body" and second["state"] == "RU"
    assert second["citations"][0]["published_on"] == "2020-08-06"
    one = await premium.get(f"{REGISTRY}/account/twitter:some_body")
    assert one.status_code == 200 and one.json()["name"] == "some_body"


async def test_one_account_has_one_entry(database: Database) -> None:
    outcome = await take_in(database, [account("@Some"), account("some", platform="twitter")])
    assert outcome.rejects[0].reason == "twitter:some was on line 1 already"
    outcome = await take_in(database, [account("SOME")], "other")
    assert outcome.rejects[0].reason == "twitter:some belongs to collection file"


async def test_a_changed_file_replaces_and_what_was_said_stays(
    database: Database, premium: httpx.AsyncClient
) -> None:
    first = [domain("a.example.org"), domain("b.example.com")]
    await take_in(database, first)
    assert (await take_in(database, first)).unchanged
    outcome = await take_in(database, [domain("a.example.org", status="seized", state="IR")])
    assert outcome.counts == {
        "entries": 1, "added": 0, "updated": 1, "withdrawn": 1, "kept_as_decided": 0,
        "unchanged": 0, "rejected": 0,
    }  # fmt: skip
    changed = (await premium.get(f"{REGISTRY}/domain/example.org")).json()
    assert (changed["status"], changed["state"]) == ("seized", "IR")
    [former] = changed["history"]
    assert former["status"] == "lookalike" and former["by"] == "accounts file"
    assert former["citations"][0]["says"] == "Listed as a clone."
    gone = (await premium.get(f"{REGISTRY}/domain/example.com")).json()
    assert gone["withdrawn_at"] is not None and gone["history"][0]["status"] == "lookalike"
    assert [i["id"] for i in (await premium.get(REGISTRY)).json()["items"]] == ["example.org"]
    await take_in(database, first)
    back = (await premium.get(f"{REGISTRY}/domain/example.com")).json()
    assert back["withdrawn_at"] is None


async def test_the_bundled_entries(database: Database, premium: httpx.AsyncClient) -> None:
    await load_demo_entries_once(database)
    found = (await premium.get(f"{REGISTRY}?kind=domain&status=lookalike&limit=500")).json()
    assert {"spiegel.ltd", "bild.pics", "obozrevatel.ltd"} <= {i["id"] for i in found["items"]}
    seized = (await premium.get(f"{REGISTRY}?status=seized&state=IR")).json()["items"]
    assert len(seized) == 8 and all(i["citations"][0]["published_on"] for i in seized)
    assert (await premium.get(f"{REGISTRY}/domain/avisindependent.eu")).status_code == 200
    count = await remove_demo_entries(database)
    assert count == 80
    assert (await premium.get(REGISTRY)).json()["items"] == []
    await load_demo_entries_once(database)  # whoever removed it does not want it back
    assert await remove_demo_entries(database) == 0
