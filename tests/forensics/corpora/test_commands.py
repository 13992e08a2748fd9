"""Corpora from the command line: taken in, published, read by others, and their replies decided."""

from pathlib import Path

import orjson

from app.core.db import Database
from tests.command import call_vric, failure_of
from tests.forensics.corpora.conftest import Analysts

LINES = [
    orjson.dumps({"id": str(i), "account": "a", "text": "t", "published_at": 1_735_689_600 + i})
    for i in range(3)
]


async def test_posts_are_taken_in_and_published(
    database: Database, tmp_path: Path, analysts: Analysts
) -> None:
    url = {"VRIC_DATABASE_URL": database.url}
    file = tmp_path / "posts.ndjson"
    file.write_bytes(b"\n".join([*LINES, b'{"account": "no id"}']))
    done = call_vric("ingest", "posts", file, "--corpus", "open", cwd=tmp_path, **url)
    assert (done.returncode, done.stdout) == (0, "posts.ndjson: 4 rows, 3 added, 1 rejected\n")
    assert "line 4: no id" in done.stderr
    async with analysts() as reader:
        await reader.get("corpora/open", 404)
        done = call_vric("forensics", "publish", "open", cwd=tmp_path, **url)
        assert done.stdout == "open: published, 3 posts\n"
        shown = await reader.get("corpora/open")
        assert (shown["posts"], shown["published"]) == (3, True)
        assert len((await reader.get("corpora/open/posts"))["items"]) == 3
        assert (await reader.client.delete("/v1/forensics/corpora/open")).status_code == 404
        await reader.upload(LINES[0], corpus="open", status=409)
        await reader.get("corpora/open/uploads", 404)
        done = call_vric("forensics", "delete-corpus", "open", cwd=tmp_path, **url)
        assert done.stdout == "open: deleted, with its 3 posts\n", done.stderr
        await reader.get("corpora/open", 404)
        gone = call_vric("forensics", "delete-corpus", "open", cwd=tmp_path, **url)
        assert "no corpus" in failure_of(gone)


async def test_posts_are_taken_in_for_an_account(
    database: Database, tmp_path: Path, analysts: Analysts
) -> None:
    url = {"VRIC_DATABASE_URL": database.url}
    file = tmp_path / "posts.csv"
    file.write_text("nummer,account,text\n1,a,hola\n")
    asked = ("ingest", "posts", file, "--corpus", "mine", "--account", "a@example.org")
    assert "no account" in failure_of(call_vric(*asked, cwd=tmp_path, **url))
    async with analysts() as owner, analysts("b@example.org") as other:
        assert "no column for post_id" in failure_of(call_vric(*asked, cwd=tmp_path, **url))
        done = call_vric(*asked, "--column", "id=nummer", cwd=tmp_path, **url)
        assert done.stdout == "posts.csv: 1 rows, 1 added\n", done.stderr
        assert (await owner.get("corpora/mine"))["posts"] == 1
        await other.get("corpora/mine", 404)
    assert "there is no corpus" in failure_of(
        call_vric("forensics", "publish", "mine", cwd=tmp_path, **url)
    )
    bad = call_vric("ingest", "posts", file, "--corpus", "../x", cwd=tmp_path, **url)
    assert "the name of a corpus" in failure_of(bad)


def test_the_demo_corpus_is_marked_synthetic_and_the_same_each_time(tmp_path: Path) -> None:
    first = call_vric("forensics", "demo-corpus", cwd=tmp_path).stdout
    posts = [orjson.loads(line) for line in first.splitlines()]
    assert len(posts) > 1_000
    assert all(post["synthetic"] is True for post in posts)
    assert call_vric("forensics", "demo-corpus", cwd=tmp_path).stdout == first
