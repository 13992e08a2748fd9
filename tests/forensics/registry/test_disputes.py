"""Disputes: who may file one, who sees what it says, what becomes of it and of the entry."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.db import Database
from app.core.errors import CommandError
from app.events.writer import save_outlets
from app.forensics.registry.decisions import decide_dispute
from app.forensics.registry.service import MAX_OPEN_DISPUTES
from tests.conftest import MakeKey
from tests.forensics.registry.conftest import REGISTRY, domain, take_in

ENTRY = f"{REGISTRY}/domain/example.org"
DISPUTES = f"{ENTRY}/disputes"
SAYS: dict[str, Any] = {
    "standing": "holder",
    "statement": "The domain has been ours since May.",
    "evidence_url": "https://example.org/contract",
}
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
async def entry(database: Database) -> None:
    await take_in(database, [domain("example.org", imitates="example.net")])


async def _decide(
    database: Database, filed: dict[str, Any], outcome: str, *put: str | None
) -> tuple[str, str]:
    status, state = put or (None, None)
    return await decide_dispute(
        database, UUID(filed["id"]), outcome, "The register shows it.", status, state, "editor",
        TODAY,
    )  # fmt: skip


async def test_a_dispute_that_is_upheld_changes_the_entry_and_nothing_vanishes(
    database: Database, premium: httpx.AsyncClient, as_free: dict[str, str]
) -> None:
    answer = await premium.post(DISPUTES, json=SAYS, headers=as_free)
    assert answer.status_code == 201 and answer.headers["location"] == DISPUTES
    filed = answer.json()
    assert filed["outcome"] == "open" and filed["own"] is True
    # To others it is there, without its words.
    entry = (await premium.get(ENTRY)).json()
    assert entry["open_disputes"] == 1 and entry["disputes"][0]["statement"] is None
    assert entry["disputes"][0]["standing"] == "holder" and entry["disputes"][0]["own"] is False
    assert (await premium.get(REGISTRY)).json()["items"][0]["open_disputes"] == 1
    [own] = (await premium.get(DISPUTES, headers=as_free)).json()["items"]
    assert own["statement"] == SAYS["statement"]

    decided = await _decide(database, filed, "upheld", "private", None)
    assert decided == ("domain", "example.org")
    entry = (await premium.get(ENTRY)).json()
    assert (entry["status"], entry["open_disputes"]) == ("private", 0)
    assert entry["imitates"] is None
    assert entry["citations"][0]["says"] == "The register shows it."
    assert entry["citations"][1]["publisher"] == "A Laboratory"
    [told] = entry["disputes"]
    assert told["outcome"] == "upheld" and told["statement"] == SAYS["statement"]
    [former] = entry["history"]
    assert former["status"] == "lookalike" and former["by"] == "editor" and former["until"]
    # An import does not undo what was decided, nor is it decided twice.
    outcome = await take_in(database, [domain("example.org", status="seized")])
    assert outcome.counts["kept_as_decided"] == 1
    assert (await premium.get(ENTRY)).json()["status"] == "private"
    # Nor does its removal and return.
    await take_in(database, [domain("other.com")])
    outcome = await take_in(database, [domain("example.org"), domain("other.com")])
    assert (outcome.counts["added"], outcome.counts["kept_as_decided"]) == (1, 1)
    entry = (await premium.get(ENTRY)).json()
    assert (entry["status"], entry["withdrawn_at"]) == ("private", None)
    with pytest.raises(CommandError, match="no such dispute is open"):
        await _decide(database, filed, "rejected")


async def test_an_outlet_is_disputed_too(
    database: Database, premium: httpx.AsyncClient, outlets: None
) -> None:
    path = f"{REGISTRY}/outlet/el-nacional-ve"
    filed = (await premium.post(f"{path}/disputes", json=SAYS)).json()
    with pytest.raises(CommandError, match="an outlet is one of"):
        await _decide(database, filed, "upheld", "seized", "VE")
    await _decide(database, filed, "partly_upheld", "state_controlled", "VE")
    entry = (await premium.get(path)).json()
    assert (entry["status"], entry["state"]) == ("state_controlled", "VE")
    assert entry["citations"][0]["says"] == "The register shows it."
    assert [former["status"] for former in entry["history"]] == ["private"]
    # The next update of the bundled registry keeps it.
    async with database.transaction() as connection:
        await save_outlets(connection)
    assert (await premium.get(path)).json()["status"] == "state_controlled"


async def test_updates_of_the_bundled_registry_keep_what_was_said(
    database: Database, premium: httpx.AsyncClient, outlets: None
) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE outlets SET ownership = 'unknown' WHERE id = 'rt'")
        await save_outlets(connection)
    entry = (await premium.get(f"{REGISTRY}/outlet/rt")).json()
    assert entry["status"] == "state"
    assert [(f["status"], f["by"]) for f in entry["history"]] == [
        ("unknown", "update of the registry")
    ]


async def test_a_rejected_one_changes_nothing(
    database: Database, premium: httpx.AsyncClient
) -> None:
    filed = (await premium.post(DISPUTES, json=SAYS)).json()
    with pytest.raises(CommandError, match="changes no entry"):
        await _decide(database, filed, "rejected", "private", None)
    await _decide(database, filed, "rejected")
    entry = (await premium.get(ENTRY)).json()
    assert entry["status"] == "lookalike" and entry["history"] == []
    assert entry["disputes"][0]["decision"] == "The register shows it."
    assert (await premium.post(DISPUTES, json=SAYS)).status_code == 201  # another may follow


async def test_one_takes_back_ones_own(premium: httpx.AsyncClient, as_free: dict[str, str]) -> None:
    filed = (await premium.post(DISPUTES, json=SAYS)).json()
    own = f"{DISPUTES}/{filed['id']}"
    assert (await premium.delete(own, headers=as_free)).status_code == 404
    assert (await premium.delete(own.replace("example.org", "example.com"))).status_code == 404
    assert (await premium.delete(own)).status_code == 204
    again = await premium.delete(own)
    assert again.status_code == 409 and "withdrawn" in again.json()["detail"]
    [listed] = (await premium.get(DISPUTES)).json()["items"]
    assert listed["outcome"] == "withdrawn"


async def test_limits(database: Database, premium: httpx.AsyncClient) -> None:
    names = [f"name{n}.com" for n in range(MAX_OPEN_DISPUTES + 1)]
    await take_in(database, [domain(name) for name in names], "many")
    answers = await asyncio.gather(
        *(premium.post(f"{REGISTRY}/domain/{name}/disputes", json=SAYS) for name in names)
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] * MAX_OPEN_DISPUTES + [429]
    assert next(a for a in answers if a.status_code == 429).headers["retry-after"]


async def test_one_at_a_time_against_an_entry(premium: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(premium.post(DISPUTES, json=SAYS) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_repeated_request_has_one_effect(premium: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "once"}
    first = await premium.post(DISPUTES, json=SAYS, headers=key)
    second = await premium.post(DISPUTES, json=SAYS, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = await premium.post(DISPUTES, json={**SAYS, "standing": "third_party"}, headers=key)
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"standing": "owner"}, "standing"), ({"statement": "short"}, "statement"),
        ({"statement": " " * 100}, "statement"), ({"statement": "x" * 4_001}, "statement"),
        ({"statement": "with a NUL \0 in it"}, "statement"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url"), ({"more": 1}, "more"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_named(
    premium: httpx.AsyncClient, changes: dict[str, Any], name: str
) -> None:
    answer = await premium.post(DISPUTES, json={**SAYS, **changes})
    assert answer.status_code == 422 and answer.json()["errors"][0]["name"] == name


async def test_who_may_and_what_is_not_there(
    database: Database, premium: httpx.AsyncClient
) -> None:
    assert (
        await premium.post(DISPUTES, json=SAYS, headers={"Authorization": ""})
    ).status_code == 401
    for name in ("domain/none.example", "outlet/none", "account/x:none"):
        path = f"{REGISTRY}/{name}/disputes"
        assert (await premium.post(path, json=SAYS)).status_code == 404
        assert (await premium.get(path)).status_code == 404
    await take_in(database, [domain("other.com")])  # withdraws the entry
    assert (await premium.post(DISPUTES, json=SAYS)).status_code == 404


async def test_a_dispute_outlives_its_account(
    database: Database, premium: httpx.AsyncClient, make_account_key: MakeKey
) -> None:
    key = await make_account_key("gone@example.org", "free")
    header = {"Authorization": f"Bearer {key}"}
    await premium.post(DISPUTES, json=SAYS, headers=header)
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM accounts WHERE email = 'gone@example.org'")
    [left] = (await premium.get(DISPUTES)).json()["items"]
    assert left["outcome"] == "open" and left["own"] is False
