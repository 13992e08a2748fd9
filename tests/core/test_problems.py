"""Errors: one shape for all of them, and nothing of the inside."""

import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from app.access.keys import make_key
from app.core.db import Database
from tests.conftest import serving
from tests.core.conftest import INSIDE
from tests.problems import assert_problem


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/events?contry=VE", "contry"),
        ("/v1/events?limit=0", "limit"),
        ("/v1/events?limit=ten", "limit"),
        ("/v1/events?datetime=2020-02-30", "datetime"),
        ("/v1/events?datetime=2020-11-18T25:00:00Z", "datetime"),
        ("/v1/events?datetime=2020-12-01/2020-11-01", "datetime"),
        ("/v1/events?cursor=bm90IG91cnM", "cursor"),
        ("/v1/events?country=Venezuela", "country"),
        ("/v1/events?q=" + "x" * 5_000, "q"),
        ("/v1/events/0", "event_id"),
        ("/v1/events/first", "event_id"),
        ("/v1/changes?since=yesterday", "since"),
        ("/v1/reports/Not_A_Slug", "report_id"),
    ],
)
async def test_a_refused_parameter_is_named(
    client: httpx.AsyncClient, path: str, name: str
) -> None:
    body = assert_problem(await client.get(path), 400, "invalid_parameter")
    errors = body["errors"]
    assert isinstance(errors, list)
    assert any(error["name"].startswith(name) and error["reason"] for error in errors)


async def test_unknown_parameters_are_refused_on_every_route(client: httpx.AsyncClient) -> None:
    values = {"event_id": "1", "report_id": "demo-2020-11", "outlet_id": "reuters"}
    document = (await client.get("/openapi.json")).json()
    paths = [
        path
        for path, operations in document["paths"].items()
        if operations.get("get", {}).get("x-access") == "public"
    ]
    assert len(paths) >= 10
    for path in paths:
        answer = await client.get(path.format(**values), params={"no-such": "1"})
        body = assert_problem(answer, 400, "invalid_parameter")
        errors = body["errors"]
        assert isinstance(errors, list)
        assert [error["name"] for error in errors] == ["no-such"], path


@pytest.mark.parametrize(
    "path",
    [
        "/v1/events?q=%ff",
        "/v1/events?q=%00",
        "/v1/events?%c3%28=1",
        "/v1/reports/%00",
        "/v1/reports/%ed%a0%80",
        "/v1/events?cursor=WyJ%00",
    ],
)
async def test_an_address_that_is_no_text(client: httpx.AsyncClient, path: str) -> None:
    assert_problem(await client.get(path), 400, "invalid_parameter")


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/events/999999999", "/v1/sources/nobody"])
async def test_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert_problem(await client.get(path), 404, "not_found")


async def test_method_not_allowed_names_the_methods(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/events", json={})
    assert_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


async def test_a_query_of_ten_thousand_characters(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/events", params={"q": "x" * 10_000})
    assert_problem(answer, 414, "uri_too_long")


async def test_a_foreign_page_can_read_refusals(client: httpx.AsyncClient) -> None:
    for path in ("/v1/events?q=%ff", "/v1/events?no-such=1"):
        answer = await client.get(path, headers={"Origin": "https://example.org"})
        assert answer.status_code == 400
        assert answer.headers["access-control-allow-origin"] == "*"


async def _forty_megabytes() -> AsyncIterator[bytes]:
    for _ in range(40):
        yield b"x" * 1_000_000


async def test_a_body_of_forty_megabytes_that_says_so(faulty: httpx.AsyncClient) -> None:
    answer = await faulty.post("/v1/test/bytes", content=b"x" * 40_000_000)
    assert_problem(answer, 413, "body_too_large")


@pytest.mark.parametrize("path", ["/v1/test/bytes", "/v1/test/json"])
async def test_a_body_of_forty_megabytes_in_pieces(faulty: httpx.AsyncClient, path: str) -> None:
    answer = await faulty.post(
        path, content=_forty_megabytes(), headers={"Content-Type": "application/json"}
    )
    assert_problem(answer, 413, "body_too_large")


async def test_a_body_just_small_enough(faulty: httpx.AsyncClient) -> None:
    assert (await faulty.post("/v1/test/bytes", content=b"x" * 100_000)).text == "100000"


@pytest.mark.parametrize("length", ["-1", "ten", "\xb2", ""])
async def test_a_length_that_is_no_number(client: httpx.AsyncClient, length: str) -> None:
    answer = await client.get("/v1/events", headers=[(b"content-length", length.encode("latin-1"))])
    assert_problem(answer, 413, "body_too_large")


@pytest.mark.parametrize(
    ("body", "name"),
    [('{"number": "x"}', "number"), ('{"number": 1, "more": 2}', "more"), ("{", "1"), ("", "body")],
)
async def test_a_body_that_does_not_fit(faulty: httpx.AsyncClient, body: str, name: str) -> None:
    answer = await faulty.post(
        "/v1/test/json", content=body, headers={"Content-Type": "application/json"}
    )
    problem = assert_problem(answer, 422, "invalid_body")
    errors = problem["errors"]
    assert isinstance(errors, list)
    assert errors[0]["name"] == name


async def test_an_unforeseen_error_shows_nothing_of_the_inside(
    faulty: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await faulty.get("/v1/test/raises")
    body = assert_problem(answer, 500, "internal_error")
    assert INSIDE not in answer.text
    assert "RuntimeError" not in answer.text
    assert str(body["request_id"]) in str(body["detail"])
    assert INSIDE in caplog.text  # but the log tells
    assert str(body["request_id"]) in caplog.text


async def test_an_unforeseen_error_before_the_routes(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.transaction() as connection:
        await connection.execute("ALTER TABLE api_keys RENAME TO elsewhere")
    async with serving(database.url) as client:
        with caplog.at_level(logging.CRITICAL):
            answer = await client.get("/v1/events", headers={"X-API-Key": make_key()})
        assert_problem(answer, 500, "internal_error")


async def test_the_given_request_id_comes_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/events", headers={"X-Request-Id": "one.two-3"})
    assert answer.headers["x-request-id"] == "one.two-3"


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, "<script>"])
async def test_a_strange_request_id_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    answers = [await client.get("/v1/meta", headers={"X-Request-Id": given}) for _ in range(2)]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 2
    assert given not in ids
