"""Asking for exports: who may, what is refused, and what a repetition gets."""

import asyncio
import json
from typing import Any

import pytest

from app.core.db import Database
from app.exports.service import MAX_UNFINISHED
from benchmarks.exports.synthetic import add_events
from tests.exports.conftest import Caller, Service


async def test_an_accepted_export_says_where_to_follow_it(caller: Caller) -> None:
    answer = await caller.client.post("/v1/exports", json={"format": "csv", "actor": ["ir"]})
    view = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/exports/{view['id']}"
    assert (view["status"], view["progress"], view["rows"]) == ("queued", 0.0, 0)
    assert (view["format"], view["filter"]) == ("csv", {"actor": ["IR"]})
    assert view["links"] == [
        {"rel": "self", "href": f"/v1/exports/{view['id']}", "type": "application/json"}
    ]
    assert await caller.view(view) == view


async def test_nobody_else_sees_an_export(service: Service, caller: Caller) -> None:
    export = await caller.ask(format="csv")
    async with service.caller("enterprise") as other:
        for path in ("", "/file"):
            answer = await other.client.get(f"/v1/exports/{export['id']}{path}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert await other.delete(export) == 404
        assert (await other.client.get("/v1/exports")).json()["items"] == []
    assert (await caller.view(export))["status"] == "queued"


async def test_an_anonymous_caller_is_refused(caller: Caller) -> None:
    del caller.client.headers["Account"]
    answer = await caller.client.post("/v1/exports", json={"format": "csv"})
    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers


@pytest.mark.parametrize(
    ("body", "name", "reason"),
    [
        ({"format": "csv", "colour": "red"}, "colour", "there is no such field"),
        ({"format": "csv", "limit": 10}, "limit", "there is no such field"),
        ({"actor": ["IR"]}, "format", "Field required"),
        ({"format": "xlsx"}, "format", None),
        ({"format": "csv", "q": "oil\0"}, "q", "holds a NUL character"),
        ({"format": "csv", "q": "\ud800"}, "q", None),
    ],
)
async def test_bodies_that_are_refused(
    caller: Caller, body: dict[str, Any], name: str, reason: str | None
) -> None:
    answer = await caller.client.post(
        "/v1/exports",
        content=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert fault["name"] == name
    assert reason is None or fault["reason"] == reason


@pytest.mark.parametrize(
    "filters",
    [
        {"q": "-"},
        {"q": "x" * 501},
        {"actor": ["Iran"]},
        {"category": ["cultural"]},
        {"datetime": "2020-02-30"},
        {"datetime": "2021-01-01/2020-01-01"},
        {"bbox": "1,2,3"},
        {"bbox": "0,10,10,0"},
        {"near": "-66.9,10.5"},
        {"radius_km": 10},
        {"near": "-66.9,10.5", "radius_km": -1},
        {"id": ["0"]},
        {"outlet": ["x" * 200]},
    ],
)
async def test_what_the_list_refuses_is_refused_alike(
    caller: Caller, filters: dict[str, Any]
) -> None:
    parameters = {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in filters.items()
    }
    listed = await caller.client.get("/v1/events", params=parameters)
    refused = await caller.client.post("/v1/exports", json={**filters, "format": "csv"})
    assert (listed.status_code, refused.status_code) == (400, 422), (listed.text, refused.text)
    assert [(fault["name"], fault["reason"]) for fault in refused.json()["errors"]] == [
        (fault["name"], fault["reason"]) for fault in listed.json()["errors"]
    ]


async def test_ids_may_be_numbers(caller: Caller) -> None:
    assert (await caller.ask(format="csv", id=[1, 31]))["filter"] == {"id": ["1", "31"]}


async def test_a_repeated_request_gets_the_first_answer(database: Database, caller: Caller) -> None:
    first = await caller.ask(key="k-1", format="csv", actor=["IR"])
    async with database.transaction() as connection:
        await connection.execute("UPDATE exports SET status = 'running', rows = 7")
    assert await caller.ask(key="k-1", actor=["ir"], format="csv") == first
    assert (await caller.ask(key="k-2", format="csv", actor=["IR"]))["id"] != first["id"]
    assert (await caller.ask(format="csv", actor=["IR"]))["id"] != first["id"]


@pytest.mark.parametrize("body", [{"format": "ndjson"}, {"format": "csv", "actor": ["RU"]}])
async def test_a_key_is_for_one_request(caller: Caller, body: dict[str, Any]) -> None:
    await caller.ask(key="k", format="csv")
    problem = await caller.ask(409, key="k", **body)
    assert problem["code"] == "idempotency_conflict"


async def test_keys_of_accounts_are_apart(service: Service, caller: Caller) -> None:
    export = await caller.ask(key="k", format="csv")
    async with service.caller() as other:
        assert (await other.ask(key="k", format="ndjson"))["id"] != export["id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "ñ"])
async def test_keys_that_are_refused(caller: Caller, key: str) -> None:
    answer = await caller.client.post(
        "/v1/exports", json={"format": "csv"}, headers={"Idempotency-Key": key.encode()}
    )
    assert (answer.status_code, answer.json()["errors"][0]["name"]) == (400, "Idempotency-Key")


async def test_fifty_at_once_with_one_key_are_one_export(
    database: Database, caller: Caller
) -> None:
    views = await asyncio.gather(*(caller.ask(key="k", format="csv") for _ in range(50)))
    assert len({view["id"] for view in views}) == 1
    assert views == [views[0]] * 50
    assert await database.fetch_value("SELECT count(*) FROM exports") == 1
    assert await database.fetch_value("SELECT count(*) FROM pgqueuer") == 1


async def test_the_unfinished_are_bounded(service: Service, caller: Caller) -> None:
    answers = await asyncio.gather(
        *(
            caller.client.post("/v1/exports", json={"format": "csv"})
            for _ in range(MAX_UNFINISHED + 5)
        )
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [202] * MAX_UNFINISHED + [429] * 5
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert "retry-after" in refused.headers
    async with service.caller() as other:
        await other.ask(format="csv")
    export = (await caller.client.get("/v1/exports")).json()["items"][0]
    assert await caller.delete(export) == 204
    await caller.ask(format="csv")


async def test_the_list_goes_page_by_page(database: Database, caller: Caller) -> None:
    await add_events(database, 1)
    asked = [(await caller.ask(format="csv"))["id"] for _ in range(5)]
    path, seen = "/v1/exports?limit=2", []
    while path:
        page = (await caller.client.get(path)).json()
        assert page["returned"] == len(page["items"])
        seen += [item["id"] for item in page["items"]]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert seen == asked[::-1]
    assert (await caller.client.get("/v1/exports?cursor=abc")).status_code == 400
    assert (await caller.client.get("/v1/exports?colour=red")).status_code == 400


async def test_a_field_that_is_no_text_is_refused_too(caller: Caller) -> None:
    answer = await caller.client.post(
        "/v1/exports",
        content=b'{"format": "csv", "\\ud800": 1}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
