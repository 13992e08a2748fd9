"""Entity tags, conditional requests, and the memory of answers."""

import asyncio
import time

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.core import data_version
from app.core.answers import AnswerMemory, Answers, _Answer
from app.core.db import Database
from app.core.metrics import ANSWERS_FROM_MEMORY
from tests.conftest import serving
from tests.problems import assert_problem

EVENTS = "/v1/events?actor=IR&limit=5"
CACHED = [EVENTS, "/v1/events/facets", "/v1/meta", "/v1/sources", "/v1/reports", "/v1/changes"]


@pytest.mark.parametrize("path", CACHED)
async def test_public_answers_are_tagged(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=300"
    named = {name.strip().lower() for name in answer.headers["vary"].split(",")}
    assert named >= {"accept", "authorization", "x-api-key"}


@pytest.mark.parametrize("path", CACHED)
@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', '"a" ,W/{0}, "b"', "*"])
async def test_not_modified(client: httpx.AsyncClient, path: str, form: str) -> None:
    tag = (await client.get(path)).headers["etag"]
    answer = await client.get(path, headers={"If-None-Match": form.format(tag)})
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == tag
    assert answer.headers["cache-control"].startswith("public")
    assert "accept" in answer.headers["vary"].lower()
    assert "content-type" not in answer.headers


async def test_a_star_on_an_answer_never_made_before(client: httpx.AsyncClient) -> None:
    answer = await client.get(EVENTS, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.content) == (304, b"")
    assert (await client.get(EVENTS)).headers["etag"] == answer.headers["etag"]
    missing = await client.get("/v1/events/999999999", headers={"If-None-Match": "*"})
    assert_problem(missing, 404, "not_found")


async def test_tags_on_two_lines(client: httpx.AsyncClient) -> None:
    tag = (await client.get(EVENTS)).headers["etag"]
    headers = [("If-None-Match", '"other"'), ("If-None-Match", tag)]
    assert (await client.get(EVENTS, headers=headers)).status_code == 304


async def test_another_tag_gets_the_answer(client: httpx.AsyncClient) -> None:
    tag = (await client.get("/v1/events?actor=RU")).headers["etag"]
    for given in (tag, '"x"', tag.strip('"'), tag.upper() + "x"):
        answer = await client.get(EVENTS, headers={"If-None-Match": given})
        assert answer.status_code == 200
        assert answer.json()["returned"] == 5


async def test_tags_differ_by_query_and_format(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get("/v1/events"),
        await client.get("/v1/events?limit=5"),
        await client.get("/v1/events", headers={"Accept": "text/csv"}),
        await client.get("/v1/events?f=geojson"),
    ]
    assert len({answer.headers["etag"] for answer in answers}) == 4
    assert len({answer.headers["content-type"] for answer in answers}) == 3


@pytest.mark.parametrize("path", CACHED)
async def test_the_memory_gives_the_same_answer(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    before = ANSWERS_FROM_MEMORY._value.get()
    second = await client.get(path)
    assert ANSWERS_FROM_MEMORY._value.get() == before + 1
    assert second.content == first.content
    varying = {"x-request-id", "x-ratelimit-remaining", "ratelimit", "x-ratelimit-reset"}
    kept = [{k: v for k, v in a.headers.items() if k not in varying} for a in (first, second)]
    assert kept[0] == kept[1]


async def test_without_memory_every_answer_is_made(demo_url: str) -> None:
    async with serving(demo_url, answer_cache_bytes=0) as client:
        before = ANSWERS_FROM_MEMORY._value.get()
        bodies = {(await client.get(EVENTS)).content for _ in range(3)}
        assert len(bodies) == 1
        assert ANSWERS_FROM_MEMORY._value.get() == before


async def test_a_write_changes_the_tag_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_version, "POLL_SECONDS", 600.0)  # so that only the message can tell
    async with serving(database.url) as client:
        old = (await client.get("/v1/events")).headers["etag"]
        assert (await client.get("/v1/events")).headers["etag"] == old
        async with database.transaction() as connection:
            await data_version.bump(connection)
        deadline = time.monotonic() + 10
        while (new := (await client.get("/v1/events")).headers.get("etag", old)) == old:
            assert time.monotonic() < deadline, "the new version was never told"
            await asyncio.sleep(0.02)
        answer = await client.get("/v1/events", headers={"If-None-Match": old})
        assert (answer.status_code, answer.headers["etag"]) == (200, new)


async def test_a_change_that_was_not_told_is_found_by_asking(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_version, "POLL_SECONDS", 0.05)
    async with serving(database.url) as client:
        old = (await client.get("/v1/events")).headers["etag"]
        async with database.transaction() as connection:
            await connection.execute("UPDATE data_version SET version = version + 1")
        deadline = time.monotonic() + 10
        while (await client.get("/v1/events")).headers.get("etag", old) == old:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "path", ["/v1/events?no-such=1", "/v1/events/999999999", "/v1/reports/none", "/v1/events?q=%00"]
)
async def test_errors_are_never_tagged(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def _kept(memory: AnswerMemory, tags: list[bytes]) -> list[bytes]:
    return [tag for tag in tags if memory.find(tag) is not None]


def test_the_memory_forgets_what_was_used_least_recently() -> None:
    memory = AnswerMemory(3 * 11_024)
    for tag in (b"a", b"b", b"c"):
        memory.keep(tag, _Answer([], b"x" * 10_000))
    assert memory.find(b"a") is not None
    memory.keep(b"d", _Answer([], b"x" * 10_000))
    assert _kept(memory, [b"a", b"b", b"c", b"d"]) == [b"a", b"c", b"d"]


def test_an_answer_larger_than_the_memory_is_not_kept() -> None:
    memory = AnswerMemory(50_000)
    memory.keep(b"small", _Answer([], b"x"))
    memory.keep(b"large", _Answer([], b"x" * 50_001))
    assert _kept(memory, [b"small", b"large"]) == [b"small"]


def test_many_empty_answers_do_not_fill_the_machine() -> None:
    memory = AnswerMemory(100_000)
    tags = [str(number).encode() for number in range(10_000)]
    for tag in tags:
        memory.keep(tag, _Answer([], b""))
    assert 0 < len(_kept(memory, tags)) <= 100


async def test_a_slow_reader_of_a_stream_keeps_nobody_waiting() -> None:
    reading, read_on = asyncio.Event(), asyncio.Event()

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    async def slowly(message: Message) -> None:
        if message.get("body") == b"one":
            reading.set()
            await read_on.wait()

    async def at_once(message: Message) -> None:
        received.append(message.get("body", b""))

    received: list[bytes] = []
    answers = Answers(stream, ["/"], lambda _: 1, lambda _: "anonymous", 1_000_000)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    slow = asyncio.create_task(answers(scope, _nothing, slowly))
    await reading.wait()
    await asyncio.wait_for(answers(scope, _nothing, at_once), 30)
    assert b"".join(received) == b"onetwo"
    read_on.set()
    await slow


async def test_equal_questions_at_once_are_answered_once() -> None:
    calls = 0

    async def count(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0.05)
        await Response(b"answer")(scope, receive, send)

    async def note(message: Message) -> None:
        bodies.append(message.get("body", b""))

    bodies: list[bytes] = []
    answers = Answers(count, ["/"], lambda _: 1, lambda _: "anonymous", 1_000_000)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    await asyncio.gather(*(answers(scope, _nothing, note) for _ in range(5)))
    assert calls == 1
    assert bodies.count(b"answer") == 5


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
