"""Watchlists over HTTP: made, read, changed and removed by their owner alone."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.db import Database
from tests.access.conftest import set_plan
from tests.alerts.conftest import RULE, make, observe, seen
from tests.conftest import MakeKey, serving
from tests.problems import assert_problem


async def test_a_watchlist_lives_and_goes(premium: httpx.AsyncClient, database: Database) -> None:
    made = await make(premium, name="tankers", webhook_url="https://example.org/hook")
    assert made["webhook_secret"].startswith("whsec_")
    path = f"/v1/watchlists/{made['id']}"
    shown = (await premium.get(path)).json()
    assert shown == {name: value for name, value in made.items() if name != "webhook_secret"}
    changed = await premium.patch(path, json={"active": False, "name": "others"})
    assert (changed.json()["active"], changed.json()["name"]) == (False, "others")
    assert changed.json()["rules"] == shown["rules"]
    assert await observe(database, seen()) == 0  # it sleeps
    await premium.patch(path, json={"active": True})
    assert await observe(database, seen()) == 1
    assert (await premium.delete(path)).status_code == 204
    assert_problem(await premium.get(path), 404, "not_found")
    assert (await premium.get("/v1/alerts")).json()["items"] == []


async def test_lists_are_paged(premium: httpx.AsyncClient, database: Database) -> None:
    names = [f"list {number}" for number in range(5)]
    for name in names:
        await make(premium, name=name)
    found, url = [], "/v1/watchlists?limit=2"
    while url:
        page = (await premium.get(url)).json()
        found += [item["name"] for item in page["items"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert found == names[::-1]
    assert await observe(database, *(seen(str(number)) for number in range(3))) == 15
    ids, url = [], "/v1/alerts?limit=4&kind=zone_entry"
    while url:
        page = (await premium.get(url)).json()
        ids += [item["id"] for item in page["items"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 15
    one = (await premium.get(f"/v1/alerts/{ids[0]}")).json()
    assert (one["kind"], one["data"]["method_version"]) == ("zone_entry", "1")


async def test_a_repeated_request_makes_one(premium: httpx.AsyncClient) -> None:
    body = {"name": "once", "rules": [RULE], "webhook_url": "https://example.org/"}
    headers = {"Idempotency-Key": "abc"}
    first = await premium.post("/v1/watchlists", json=body, headers=headers)
    second = await premium.post("/v1/watchlists", json=body, headers=headers)
    assert second.json() == first.json()
    other = await premium.post("/v1/watchlists", json={**body, "name": "x"}, headers=headers)
    assert_problem(other, 409, "idempotency_conflict")
    assert (await premium.get("/v1/watchlists")).json()["returned"] == 1


async def test_others_see_nothing_of_it(
    premium: httpx.AsyncClient, database: Database, make_account_key: MakeKey
) -> None:
    made = await make(premium)
    await observe(database, seen())
    alert = (await premium.get("/v1/alerts")).json()["items"][0]
    key = await make_account_key("b@example.org", plan="premium")
    other = {"Authorization": f"Bearer {key}"}
    for method, path in (
        ("GET", f"/v1/watchlists/{made['id']}"),
        ("DELETE", f"/v1/watchlists/{made['id']}"),
        ("POST", f"/v1/watchlists/{made['id']}/secret"),
        ("POST", f"/v1/watchlists/{made['id']}/test"),
        ("GET", f"/v1/alerts/{alert['id']}"),
    ):
        assert_problem(await premium.request(method, path, headers=other), 404, "not_found")
    assert (await premium.get("/v1/alerts", headers=other)).json()["items"] == []


async def test_plans_decide(database: Database, make_account_key: MakeKey) -> None:
    async with serving(database.url) as client:
        assert_problem(await client.get("/v1/watchlists"), 401, "unauthorized")
        key = await make_account_key()
        client.headers["Authorization"] = f"Bearer {key}"
        body = assert_problem(await client.get("/v1/alerts"), 403, "plan_required")
        assert (body["plan"], body["upgrade_url"]) == ("premium", "/plans")
        await set_plan(database, "a@example.org", "premium")
        await make(client)
        await set_plan(database, "a@example.org", "free")
    assert await observe(database, seen()) == 0  # nobody pays for it any more


async def test_a_plan_has_so_many(database: Database, make_account_key: MakeKey) -> None:
    overrides = {"premium": {"saved_searches": 2, "burst_per_minute": 9_999}}
    async with serving(database.url, plan_overrides=overrides) as client:
        client.headers["Authorization"] = f"Bearer {await make_account_key(plan='premium')}"
        await make(client)
        await make(client)
        third = await client.post("/v1/watchlists", json={"name": "c", "rules": [RULE]})
        assert_problem(third, 409, "watchlist_limit_reached")


async def test_a_key_without_routes_watches_events_alone(
    premium: httpx.AsyncClient, make_account_key: MakeKey
) -> None:
    key = await make_account_key(scopes=["alerts"])
    headers = {"Authorization": f"Bearer {key}"}
    refused = await premium.post(
        "/v1/watchlists", json={"name": "a", "rules": [RULE]}, headers=headers
    )
    assert_problem(refused, 403, "plan_required")
    events = {"name": "a", "rules": [{"on": "event", "filter": {"actor": ["IR"]}}]}
    assert (await premium.post("/v1/watchlists", json=events, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    "wish",
    [
        {"rules": []},
        {"rules": [{"on": "zone_entry"}]},
        {"rules": [{"on": "teleport"}]},
        {"rules": [{"on": "gap", "origins": ["IR"]}]},
        {"rules": [{"on": "meeting", "min_hours": 2}]},
        {"rules": [{"on": "meeting", "min_score": 1.5}]},
        {"rules": [{"on": "event", "filter": {"bbox": "1,2"}}]},
        {"rules": [{**RULE, "surprise": 1}]},
        {"rules": [RULE] * 51},
        {"rules": [{"on": "gap", "crafts": ["a b"]}]},
        {"rules": [{"on": "gap", "crafts": ["x"] * 501}]},
        {"name": ""},
        {"name": "a\0b"},
        {"surprise": 1},
    ],
    ids=str,
)
async def test_bodies_are_checked(premium: httpx.AsyncClient, wish: dict[str, Any]) -> None:
    body = {"name": "a", "rules": [RULE], **wish}
    assert_problem(await premium.post("/v1/watchlists", json=body), 422, "invalid_body")


@pytest.mark.parametrize("path", [f"/v1/watchlists/{UUID(int=7)}", "/v1/alerts/77"])
async def test_what_is_not_there(premium: httpx.AsyncClient, path: str) -> None:
    assert_problem(await premium.get(path), 404, "not_found")
