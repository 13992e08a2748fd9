"""Uploads over HTTP: what is taken in, what is told of the rest, what is refused."""

import asyncio
import gzip
import hashlib
import zlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.core.db import Database
from app.core.settings import Settings
from app.forensics.corpora import importer
from app.forensics.corpora.jobs import purge
from tests.forensics.corpora.conftest import Analyst, Analysts, OwnedJob
from tests.problems import assert_problem

POST = {
    "id": "1", "platform": "x", "account": "a", "published_at": "2025-01-01T12:00:00Z",
    "text": "hello", "urls": ["https://example.org/1"],
}  # fmt: skip


def _counts(upload: dict[str, Any]) -> dict[str, int]:
    return {name: number for name, number in upload["counts"].items() if number}


def _line(**changes: Any) -> bytes:
    return orjson.dumps({**POST, **changes}) + b"\n"


async def test_a_post_is_kept_with_the_hash_of_its_line(analyst: Analyst) -> None:
    line = b'{"id": "1", "account": "a", "published_at": 1735732800, "text": "\xc2\xa1hola!"}'
    upload = await analyst.upload(line + b"\r\n")
    assert _counts(upload) == {"rows": 1, "added": 1}
    assert upload["sha256"] == hashlib.sha256(line + b"\r\n").hexdigest()
    (post,) = (await analyst.get("corpora/c/posts"))["items"]
    assert post["raw_sha256"] == hashlib.sha256(line).hexdigest()
    assert (post["at"], post["clock"]) == ("2025-01-01T12:00:00Z", "published")
    assert (await analyst.get("corpora/c"))["posts"] == 1


async def test_the_first_body_of_an_id_is_kept_and_the_others_are_told(analyst: Analyst) -> None:
    await analyst.upload(_line() + _line(id="2"))
    again = await analyst.upload(
        _line() + _line(text="other") + _line(id="3") + _line(id="3", text="b")
    )
    assert _counts(again) == {"rows": 4, "added": 1, "known": 1, "conflicts": 2}
    assert [reject["line"] for reject in again["rejects"]] == [2, 4]
    assert "another body" in again["rejects"][0]["reason"]
    posts = (await analyst.get("corpora/c/posts"))["items"]
    assert [(post["id"], post["text"]) for post in posts] == [
        ("1", "hello"),
        ("2", "hello"),
        ("3", "hello"),
    ]
    other = await analyst.upload(_line(platform="y", text="elsewhere"))
    assert _counts(other) == {"rows": 1, "added": 1}


async def test_csv_columns_are_found_by_their_usual_names_or_as_told(analyst: Analyst) -> None:
    csv = (
        'tweetid;userid;tweet_time;body;hashtags;likes\n7;u;2020-10-07 12:00;"a;\nb";[Uno, Dos];3\n'
    )
    upload = await analyst.upload(gzip.compress(csv.encode()), query="?column=text=body")
    assert _counts(upload) == {"rows": 1, "added": 1}
    assert upload["unused_columns"] == ["likes"]
    (post,) = (await analyst.get("corpora/c/posts"))["items"]
    assert (post["id"], post["text"], post["hashtags"]) == ("7", "a;\nb", ["Uno", "Dos"])
    row = csv.partition("\n")[2].rstrip("\n")
    assert post["raw_sha256"] == hashlib.sha256(row.encode()).hexdigest()


LONG_ROW = b"1,a," + b"x" * 1_000_000 + b"\n"
HOSTILE: list[tuple[bytes, str | None]] = [
    (_line(text=None), None),
    (_line(text=""), None),
    (_line(text="a" * 1_000_000), None),
    (_line(text="a" * 1_048_577), "longer than 1,048,576"),
    (_line(text="nul \0"), "NUL"),
    (_line(text={"a": 1}), "text or a whole number"),
    (b'{"id": "1", "account": "a", "text": "\\ud800"}\n', "no JSON"),
    (b'{"id": "1", "account": "a", "text": "\xff"}\n', "no JSON"),
    (b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"\n", "no JSON"),
    (_line(hashtags=["x"] * 1_000_000), "1,000 are the most"),
    (_line(hashtags=[["x"]]), "text or a whole number"),
    (_line(published_at=None), None),
    (_line(published_at="yesterday"), "in one way only"),
    (_line(published_at="03/04/2020"), "in one way only"),
    (_line(published_at=float("1e30")), "years 1 to 9999"),
    (_line(id=None), "no id"),
    (_line(account=" "), "no account"),
    (_line(id="i" * 2_000), "longer than"),
    (_line(unheard_of={"deep": [1]}), None),
    (b"[1, 2]\n", "no JSON object"),
    (b"\n", ""),
]


@pytest.mark.parametrize(("line", "reason"), HOSTILE, ids=range(len(HOSTILE)))
async def test_a_bad_row_is_told_by_its_line_and_the_others_are_taken(
    analyst: Analyst, line: bytes, reason: str | None
) -> None:
    upload = await analyst.upload(_line(id="before") + line + _line(id="after"))
    posts = [post["id"] for post in (await analyst.get("corpora/c/posts"))["items"]]
    assert {"before", "after"} <= set(posts)
    if reason is None:
        assert (len(posts), upload["rejects"]) == (3, [])
    elif reason:
        ((told),) = upload["rejects"]
        assert told["line"] == 2
        assert reason in told["reason"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", "binary"),
        (b'[{"id": 1}]', "JSON list"),
        (b"a,b\n1,2\n", "no column for post_id"),
        (b"x", "no column for post_id"),
        (gzip.compress(b"x" * 100)[:-4], "damaged gzip"),
        (b"\x1f\x8bnothing of the kind", "damaged gzip"),
        (gzip.compress(gzip.compress(_line())), "binary"),
        (gzip.compress(b"id,account,text\n" + LONG_ROW * 60), "once it is unpacked"),
        (gzip.compress(b"0" * 60_000_000), "a line is longer"),
    ],
    ids=range(10),
)
async def test_what_is_no_table_is_refused_with_the_record_of_the_run(
    analyst: Analyst, body: bytes, said: str
) -> None:
    refused = await analyst.upload(body, status=422)
    assert said in refused["detail"]
    (run,) = (await analyst.get("corpora/c/uploads"))["items"]
    assert (run["id"], run["status"]) == (refused["upload"], "failed")
    assert said in run["fault"]


async def test_parquet_and_other_encodings_are_refused(analyst: Analyst) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": ["1"], "account": ["a"]}), sink)
    refused = await analyst.upload(sink.getvalue().to_pybytes(), status=422)
    assert "vric ingest posts" in refused["detail"]
    headers = {"Content-Encoding": "deflate"}
    await analyst.upload(zlib.compress(_line()), status=400, **headers)
    await analyst.upload(_line(), status=400, query="?column=nothing=x")
    await analyst.upload(_line(), corpus="-bad", status=400)


async def test_the_cap_of_bytes_holds_for_uploads_alone(analyst: Analyst) -> None:
    await analyst.upload(_line(text="a" * 1_000_000) + _line(id="2", text="b" * 1_000_000))
    await analyst.upload(b"x" * 20_000_001, status=413)
    path = "/v1/forensics/analyses"
    assert (await analyst.client.post(path, content=b"x" * 2_000_000)).status_code == 413


async def test_the_plan_caps_posts_and_corpora(analysts: Analysts) -> None:
    async with analysts("e@example.org", "enterprise") as analyst:
        refused = await analyst.upload(b"".join(_line(id=str(i)) for i in range(5)), status=409)
        assert (refused["code"], refused["counts"]["added"], refused["counts"]["over_cap"]) == (
            "plan_cap", 3, 2,
        )  # fmt: skip
        assert (await analyst.get("corpora/c"))["posts"] == 3
        assert _counts(await analyst.upload(_line(id="1")))["known"] == 1
        refused = await analyst.upload(_line(), corpus="second", status=409)
        assert refused["code"] == "plan_cap"


async def test_two_uploads_at_once_take_each_post_once(
    analyst: Analyst, database: Database
) -> None:
    one = b"".join(_line(id=str(i)) for i in range(3_000))
    other = b"".join(_line(id=str(i), text="other") for i in reversed(range(3_000)))
    first, second = await asyncio.gather(analyst.upload(one), analyst.upload(other))
    counts = [_counts(first), _counts(second)]
    assert sum(one.get("added", 0) for one in counts) == 3_000
    assert sum(one.get("conflicts", 0) for one in counts) == 3_000
    assert await database.fetch_value("SELECT count(*) FROM posts") == 3_000
    assert (await analyst.get("corpora/c"))["posts"] == 3_000


async def test_a_corpus_that_is_deleted_while_its_posts_come_in(analyst: Analyst) -> None:
    path = "/v1/forensics/corpora/c"

    async def body() -> AsyncIterator[bytes]:
        yield _line()
        assert (await analyst.client.delete(path)).status_code == 204

    refused = await analyst.client.post(f"{path}/posts", content=body())
    assert_problem(refused, 404, "not_found")


async def test_a_corpus_that_is_deleted_before_its_upload_is_told_of(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/v1/forensics/corpora/c"

    end = importer._end

    async def end_and_delete(*arguments: Any) -> None:
        await end(*arguments)
        assert (await analyst.client.delete(path)).status_code == 204

    monkeypatch.setattr(importer, "_end", end_and_delete)
    refused = await analyst.client.post(f"{path}/posts", content=_line())
    assert_problem(refused, 404, "not_found")


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_that_breaks_off_leaves_a_record_and_nothing_else(
    analyst: Analyst, is_chunked: bool
) -> None:
    whole = b"".join(_line(id=str(i)) for i in range(2_000))
    sent = [whole[: len(whole) // 2]]
    key = analyst.client.headers["X-API-Key"].encode()
    length = (b"transfer-encoding", b"chunked") if is_chunked else (
        b"content-length", b"%d" % len(whole)
    )  # fmt: skip
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/forensics/corpora/c/posts", "query_string": b"file_name=half.ndjson",
        "headers": [(b"x-api-key", key), length], "client": ("127.0.0.1", 1), "server": ("a", 80),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        if sent:
            return {"type": "http.request", "body": sent.pop(), "more_body": True}
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        """Nobody is there any more."""

    await analyst.client._transport.app(scope, receive, send)  # type: ignore[attr-defined]
    (run,) = (await analyst.get("corpora/c/uploads"))["items"]
    assert (run["status"], run["file_name"]) == ("failed", "half.ndjson")
    assert (run["fault"], run["size_bytes"]) == (importer.BROKEN_OFF, len(whole) // 2)
    assert run["sha256"] == hashlib.sha256(whole[: len(whole) // 2]).hexdigest()
    assert not any(run["counts"].values())
    assert (await analyst.get("corpora/c"))["posts"] == 0
    assert _counts(await analyst.upload(whole))["added"] == 2_000


async def test_an_upload_whose_server_was_killed_is_told_as_failed(
    analyst: Analyst, database: Database, settings: Settings
) -> None:
    job = OwnedJob(1, {}, 1, uuid4(), database, settings)
    ages = {"3 hours": "running", "7 hours": "failed"}
    for age, status in ages.items():
        await analyst.upload(_line())
        async with database.transaction() as connection:
            await connection.execute(
                "UPDATE corpus_uploads SET status = 'running', finished_at = NULL,"
                f" started_at = now() - interval '{age}'"
            )
        await purge(job)
        runs = (await analyst.get("corpora/c/uploads"))["items"]
        assert {run["status"] for run in runs} == {status}


async def test_a_quote_that_is_not_closed_is_told_where_it_opens(analyst: Analyst) -> None:
    rows = [b"id,account,text", b"1,a,one", b'2,a,"two', b"3,a,three", b"4,a,four"]
    upload = await analyst.upload(b"\n".join(rows) + b"\n")
    assert _counts(upload) == {"rows": 2, "added": 1, "rejected": 1}
    ((told),) = upload["rejects"]
    assert told["line"] == 3
    assert "up to line 5" in told["reason"]


async def test_only_those_who_may_use_forensics_upload(analysts: Analysts) -> None:
    async with analysts("f@example.org", "free") as analyst:
        refused = await analyst.upload(_line(), status=403)
        assert refused["code"] == "plan_required"
        del analyst.client.headers["X-API-Key"]
        await analyst.upload(_line(), status=401)


async def test_posts_are_linked_to_what_there_is(analyst: Analyst, database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO outlets (id, name, aliases, ownership) VALUES ('o', 'O', '{}', 'private')"
        )
    await analyst.upload(_line())
    path = "/v1/forensics/corpora/c/links"
    link = {"id": "1", "platform": "x", "kind": "outlet", "target": "o", "note": "as it says"}
    assert (await analyst.client.post(path, json=link)).status_code == 204
    assert (await analyst.client.post(path, json={**link, "note": "again"})).status_code == 204
    (post,) = (await analyst.get("corpora/c/posts"))["items"]
    assert post["links"] == [{"kind": "outlet", "target": "o", "note": "again"}]
    for change, status in (({"id": "2"}, 404), ({"target": "p"}, 422), ({"kind": "event"}, 422),
                           ({"kind": "report"}, 422), ({"kind": "x"}, 422)):  # fmt: skip
        assert (await analyst.client.post(path, json={**link, **change})).status_code == status
    query = {name: link[name] for name in ("id", "platform", "kind", "target")}
    assert (await analyst.client.delete(path, params=query)).status_code == 204
    assert (await analyst.client.delete(path, params=query)).status_code == 404
