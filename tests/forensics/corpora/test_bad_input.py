"""Bad rows over HTTP and from the command line: told by line, and every row is counted once."""

import gzip
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.core.db import Database
from tests.command import run_vric
from tests.forensics.corpora.conftest import Analyst, Record

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
STYLES: list[Any] = [
    1_735_732_800, 1_735_732_800_000, 1_735_732_800_000_000, "1735732800", "2025-01-01T12:00:00Z",
    "2025-01-01T08:00:00-04:00", "2025-01-01 12:00:00", "2025-01-01T12:00", format_datetime(NOON),
    "Wed Jan 01 12:00:00 +0000 2025", "1 January 2025 12:00", "20250101T120000Z",
]  # fmt: skip
REFUSED = ["yesterday", "03/04/2020 10:00", "2025-13-01", "0x10", 1e300, [], {"$date": 1}, True,
           "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", -62_135_596_800]  # fmt: skip
LAUGHS = b'{"id": "l", "account": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
NESTED = b'{"id": "n", "account": "a", "x": ' + b'{"y":' * 900 + b"1" + b"}" * 900 + b"}\n"


def _line(id_: str, **changes: Any) -> bytes:
    return orjson.dumps({"id": id_, "account": "a", "text": "t", **changes}) + b"\n"


WIDE = b",".join(b'"c%d":1' % n for n in range(5_000))
HOSTILE = [
    *(_line(f"time-{n}", published_at=style) for n, style in enumerate(STYLES)),
    *(_line(f"refused-{n}", published_at=style) for n, style in enumerate(REFUSED)),
    _line("no-time"),
    b'{"id": "no-text", "account": "a"}\n',
    _line("long", text="a" * 1_000_000),
    _line("too-long", text="a" * 1_200_000),
    _line("tags", hashtags=[f"t{n}" for n in range(1_000_000)]),
    _line("tag-text", hashtags=" ".join(f"#t{n}" for n in range(100_000))),
    LAUGHS,
    NESTED,
    _line("twice"),
    _line("twice", text="another body"),
    b'{"id": "wide", "account": "a", ' + WIDE + b"}\n",
    b'{"id": "broken", "account": "a"\n',
    b'{"id": "latin", "account": "a", "text": "\xe9"}\n',
    b"null\n",
    _line("last"),
]
KEPT = {f"time-{n}" for n in range(len(STYLES))} | {
    "no-time", "no-text", "long", "twice", "wide", "last",
}  # fmt: skip


def _check(upload: Record, posts: list[Record]) -> None:
    counts = upload["counts"]
    assert counts["rows"] == len(HOSTILE)
    assert sum(n for name, n in counts.items() if name != "rows") == len(HOSTILE)
    assert counts["conflicts"] == 1
    there = {post["id"]: post for post in posts}
    assert there.keys() - {"n"} == KEPT
    for n in range(len(STYLES)):
        assert there[f"time-{n}"]["at"] == "2025-01-01T12:00:00Z", STYLES[n]
    assert (there["no-time"]["at"], there["no-time"]["clock"]) == (None, "none")
    assert there["twice"]["text"] == "t"
    assert len(upload["rejects"]) == counts["rejected"] + 1
    assert all(one["reason"] and len(one["reason"]) < 300 for one in upload["rejects"])


async def test_over_http(analyst: Analyst) -> None:
    upload = await analyst.upload(b"".join(HOSTILE))
    _check(upload, (await analyst.get("corpora/c/posts?limit=100"))["items"])


async def test_from_the_command_line(analyst: Analyst, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "posts.ndjson"
    file.write_bytes(b"".join(HOSTILE))
    arguments = ("ingest", "posts", file, "--corpus", "c", "--account", "a@example.org")
    done = run_vric(*arguments, cwd=tmp_path, VRIC_DATABASE_URL=database.url)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    (upload,) = (await analyst.get("corpora/c/uploads"))["items"]
    _check(upload, (await analyst.get("corpora/c/posts?limit=100"))["items"])
    again = run_vric(*arguments, cwd=tmp_path, VRIC_DATABASE_URL=database.url)
    assert "added" not in again.stdout and "known" in again.stdout


async def test_little_that_unpacks_to_much(analyst: Analyst) -> None:
    bomb = gzip.compress(_line("first") + b"\n" * 40_000_000)
    assert len(bomb) < 100_000
    refused = await analyst.upload(bomb, status=422)
    assert "once it is unpacked" in refused["detail"]


async def test_rows_that_are_no_posts_are_not_all_read(analyst: Analyst) -> None:
    bomb = gzip.compress(_line("first") + b"{}\n" * 1_000_000)
    refused = await analyst.upload(bomb, status=422)
    assert "rows are no posts" in refused["detail"]
    assert refused["counts"]["added"] == 1
    assert 100_000 < refused["counts"]["rejected"] < 200_000


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("method", ["null_model", "coortweet"])
async def test_a_corpus_of_odd_posts_gets_an_answer(analyst: Analyst, method: str) -> None:
    await analyst.upload(b"".join(HOSTILE))
    document = (await analyst.finding(method=method))["document"]
    assert document["outcome"] == "nothing_found"
    assert document["input"]["left_out"]["no_time"] >= 3
    for kind in ("near_duplicates", "chains"):
        assert (await analyst.finding(kind=kind))["document"]["counts"]["texts"] == len(STYLES)


@pytest.mark.usefixtures("worker")
async def test_a_crowd_at_one_instant_gets_an_answer(analyst: Analyst) -> None:
    crowd = [
        {"id": f"{n}", "account": f"a{n}", "published_at": 1_735_732_800,
         "urls": [f"https://e.org/{page}" for page in range(4)]}
        for n in range(3_000)
    ]  # fmt: skip
    await analyst.upload(crowd)
    document = (await analyst.finding(window_s=60))["document"]
    assert document["input"]["posts_used"] == 3_000
    assert document["outcome"] in ("nothing_found", "found")
