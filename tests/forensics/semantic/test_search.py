"""Search by meaning over HTTP: what is found, by whom, and what is refused."""

from urllib.parse import quote

import pytest

from app.core.db import Database
from app.forensics.semantic.indexing import Indexer, switch_on
from app.reports.demo_edition import load_demo
from tests.forensics.corpora.conftest import Analyst, Analysts, Record
from tests.forensics.semantic.conftest import WordEmbedder

pytestmark = pytest.mark.usefixtures("pgvector")


def _post(id_: str, text: str | None) -> Record:
    return {
        "id": id_, "platform": "x", "account": "somebody", "published_at": 1_735_689_600,
        "text": text, "urls": ["https://example.org/"], "synthetic": True,
    }  # fmt: skip


POSTS = [
    _post("1", "Russian warships in the port"),
    _post("2", "the vaccine is a lie"),
    _post("3/..?x", "elections were stolen"),
    _post("4", None),
    _post("5", " \n "),
]


async def _index(database: Database, embedder: WordEmbedder, corpus: str = "c") -> int:
    """Give vectors to every corpus of a name; how many were given."""
    space = await switch_on(database, embedder)
    rows = await database.fetch("SELECT id FROM corpora WHERE name = $1", [corpus])
    indexer = Indexer(database, embedder, space)
    return sum([(await indexer.posts(row["id"]))[0] for row in rows])


async def test_spanish_finds_english_posts(
    analyst: Analyst, database: Database, embedder: WordEmbedder
) -> None:
    await analyst.upload(POSTS)
    assert await _index(database, embedder) == 3
    shown = await analyst.get("search?semantic=buques+rusos+en+el+puerto&in=posts&corpus=c&limit=2")
    assert shown["items"][0]["id"] == "1"
    first = shown["items"][0]
    assert first["kind"] == "post" and first["corpus"] == "c" and first["synthetic"] is True
    assert first["similarity"] > 0.4 > shown["items"][1]["similarity"]
    assert shown["meta"]["engine"] == "words" and shown["meta"]["calibration"] is None
    assert shown["returned"] == 2
    (hit,) = (await analyst.get("search?semantic=elecciones&in=posts&limit=1"))["items"]
    posts = await analyst.client.get(hit["links"][0]["href"])
    assert [post["id"] for post in posts.json()["items"]] == ["3/..?x"]


async def test_events_are_found_and_indexed_once(
    analyst: Analyst, database: Database, embedder: WordEmbedder
) -> None:
    await load_demo(database)
    space = await switch_on(database, embedder)
    count = await database.fetch_value("SELECT count(*) FROM events")
    indexer = Indexer(database, embedder, space)
    assert (await indexer.events())[0] == count > 50
    assert (await indexer.events())[0] == 0
    row = await database.fetch_row("SELECT id, summary FROM events ORDER BY id LIMIT 1")
    assert row is not None
    query = quote(row["summary"][:900])
    shown = await analyst.get(f"search?semantic={query}&in=events,posts&min_similarity=0.5")
    assert shown["items"][0]["id"] == str(row["id"])
    assert shown["meta"]["not_indexed"] == ["posts"]
    assert (await analyst.client.get(shown["items"][0]["links"][0]["href"])).status_code == 200
    async with database.transaction() as connection:
        await connection.execute("UPDATE events SET summary = 'Other' WHERE id = $1", row["id"])
    assert (await indexer.events())[0] == 1
    (hit,) = (await analyst.get("search?semantic=other&in=events&limit=1"))["items"]
    assert (hit["id"], hit["similarity"]) == (str(row["id"]), 1.0)


async def test_posts_of_others_stay_theirs(
    analysts: Analysts, database: Database, embedder: WordEmbedder
) -> None:
    async with analysts() as one, analysts("b@example.org") as other:
        await one.upload(POSTS)
        await other.upload([_post("b", "russian warships again")])
        assert await _index(database, embedder) == 4
        for analyst, ids in ((one, {"1", "2", "3/..?x"}), (other, {"b"})):
            shown = await analyst.get("search?semantic=russian+warships&in=posts&limit=100")
            assert {hit["id"] for hit in shown["items"]} == ids
        await other.get("search?semantic=x&corpus=unknown", 404)
    async with analysts("c@example.org", "free") as free:
        await free.get("search?semantic=russian", 403)


async def test_what_is_deleted_is_not_found(
    analyst: Analyst, database: Database, embedder: WordEmbedder
) -> None:
    await analyst.upload(POSTS)
    await _index(database, embedder)
    answer = await analyst.client.delete(
        "/v1/forensics/corpora/c/posts", params={"id": "1", "platform": "x"}
    )
    assert answer.status_code == 200, answer.text
    shown = await analyst.get("search?semantic=russian+warships&in=posts")
    assert {hit["id"] for hit in shown["items"]} == {"2", "3/..?x"}
    assert (await analyst.client.delete("/v1/forensics/corpora/c")).status_code in (200, 204)
    await analyst.get("search?semantic=russian+warships&in=posts", 503)


async def test_nothing_indexed_says_so(analyst: Analyst, embedder: WordEmbedder) -> None:
    refused = await analyst.get("search?semantic=russian", 503)
    assert "vric forensics index" in refused["detail"]


async def test_without_an_embedding_the_extra_is_named(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.forensics.semantic.embedders.find_spec", lambda name: None)
    refused = await analyst.get("search?semantic=russian", 503)
    assert "vric-monitor[semantic]" in refused["detail"] and refused["extra"] == "semantic"


@pytest.mark.parametrize(
    "query",
    [
        "", "semantic=", "semantic=%20", "semantic=a%00b", "semantic=...", "semantic=" + "a" * 1_001,
        "semantic=a&in=videos", "semantic=a&in=", "semantic=a&corpus=../x", "semantic=a&limit=101",
        "semantic=a&limit=0", "semantic=a&min_similarity=2", "semantic=a&min_similarity=nan",
        "semantic=a&semantic=b", "semantic=a&cursor=x", "semantic=a&q=b",
    ],
)  # fmt: skip
async def test_bad_queries_are_refused(
    analyst: Analyst, embedder: WordEmbedder, query: str
) -> None:
    refused = await analyst.get(f"search?{query}", 400)
    assert refused["code"] == "invalid_parameter"


async def test_odd_texts_are_searched_for(
    analyst: Analyst, database: Database, embedder: WordEmbedder
) -> None:
    await analyst.upload(POSTS)
    await _index(database, embedder)
    for text in ("1", "'; DROP TABLE posts; --", "\u202e逆 رقم", "%FF%FE", "[1,2]", "x" * 1_000):
        await analyst.get(f"search?semantic={quote(text)}&in=posts,events&in=posts")
