"""Corpora are private, and what is deleted is gone from every table."""

import asyncio
from uuid import uuid4

import asyncpg
import orjson
import pytest

from app.accounts.writer import delete_account
from app.core.db import Database
from app.core.settings import Settings
from app.forensics.corpora import writer
from app.forensics.corpora.jobs import FORGET, forget, purge
from app.forensics.corpora.service import delete_corpora_of
from tests.forensics.corpora.conftest import Analyst, Analysts, OwnedJob, campaign

SECRET = "marzipan-4711"


async def _tables_with(database: Database, needle: str) -> set[str]:
    """The tables in which any row, as text, holds a string."""
    connection = await asyncpg.connect(database.url)
    try:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        found = set()
        for (table,) in tables:
            sql = f'SELECT count(*) FROM "{table}" t WHERE position($1 IN t::text) > 0'
            sql += " OR position($2 IN t::text) > 0"  # bytea shows as hexadecimal digits
            if await connection.fetchval(sql, needle, needle.encode().hex()):
                found.add(table)
        return found
    finally:
        await connection.close()


@pytest.mark.usefixtures("worker")
async def test_another_account_sees_nothing(analysts: Analysts) -> None:
    async with analysts() as owner, analysts("b@example.org") as other:
        await owner.upload(campaign())
        finding = await owner.finding()
        analysis = (await owner.get("analyses"))["items"][0]["id"]
        assert (await other.get("corpora"))["items"] == []
        for path in ("corpora/c", "corpora/c/posts", "corpora/c/uploads",
                     f"analyses/{analysis}", f"analyses/{analysis}/stream",
                     f"findings/{finding['id']}", f"findings/{finding['id']}/versions/1",
                     f"findings/{finding['id']}/recompute"):  # fmt: skip
            await other.get(path, 404)
        for path in ("corpora/c", "corpora/c/posts?account=a", f"analyses/{analysis}"):
            assert (await other.client.delete(f"/v1/forensics/{path}")).status_code == 404
        for name in ("recompute", "corrections", "retraction"):
            path = f"/v1/forensics/findings/{finding['id']}/{name}"
            answer = await other.client.post(path, json={"note": "not mine"})
            assert answer.status_code == 404
        await other.ask(422)
        assert (await other.get("findings"))["items"] == []
        await other.upload([{"id": "1", "account": "mine"}])
        assert (await other.get("corpora/c"))["posts"] == 1
        assert (await owner.get("corpora/c"))["posts"] == 448


@pytest.mark.usefixtures("worker")
async def test_a_deleted_corpus_is_gone_and_its_tombstone_stays(
    analyst: Analyst, database: Database
) -> None:
    posts = campaign()
    for post in posts:
        post["text"] += f" {SECRET}"
        post["account"] = f"{post['account']}-{SECRET}"
    posts.append({"id": "odd", "account": "x", "published_at": f"{SECRET}"})
    await analyst.upload(posts)
    finding = await analyst.finding()
    assert {"posts", "corpus_uploads", "finding_versions"} <= await _tables_with(database, SECRET)
    assert (await analyst.client.delete("/v1/forensics/corpora/c")).status_code == 204
    assert await _tables_with(database, SECRET) == set()
    gone = await analyst.get("corpora/c", 410)
    assert "448 posts" in gone["detail"]
    await analyst.get(f"findings/{finding['id']}", 410)
    (listed,) = (await analyst.get("findings"))["items"]
    assert listed["status"] == "deleted"
    await analyst.upload([{"id": "1", "account": "a"}])
    assert (await analyst.get("corpora/c"))["posts"] == 1


@pytest.mark.usefixtures("worker")
async def test_a_deleted_accounts_posts_stay_away(analyst: Analyst, database: Database) -> None:
    posts = campaign()
    for post in posts:
        post["account"] = post["account"].replace("planted0", SECRET)
    upload = await analyst.upload(posts)
    finding = await analyst.finding()
    path = "/v1/forensics/corpora/c/posts"
    answer = await analyst.client.delete(path, params={"account": SECRET})
    assert answer.json() == {"deleted": 8, "left": 0}
    assert await _tables_with(database, SECRET) == set()
    again = await analyst.upload(posts)
    assert (again["counts"]["deleted"], again["counts"]["added"]) == (8, 0)
    assert again["counts"]["known"] == upload["counts"]["added"] - 8
    shown = await analyst.get(f"findings/{finding['id']}", 410)
    assert "named an account" in shown["detail"]
    assert (await analyst.client.delete(path, params={"account": SECRET})).status_code == 404


@pytest.mark.usefixtures("worker")
async def test_a_deleted_post_leaves_an_event_and_no_recomputation(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    finding = await analyst.finding()
    path = "/v1/forensics/corpora/c/posts"
    query = {"id": "c0-0-0", "platform": "x"}
    assert (await analyst.client.delete(path, params=query)).status_code == 200
    shown = await analyst.get(f"findings/{finding['id']}")
    assert [event["kind"] for event in shown["events"]] == ["created", "input_deleted"]
    answer = await analyst.client.post(f"/v1/forensics/findings/{finding['id']}/recompute")
    assert (answer.status_code, answer.json()["deleted_posts"]) == (409, 1)
    ended = await analyst.until_ended(await analyst.ask(finding=finding["id"]))
    assert (ended["finding"], ended["version"]) == (finding["id"], 2)
    assert (await analyst.client.delete(path, params={})).status_code == 400


@pytest.mark.usefixtures("worker")
async def test_a_large_corpus_goes_in_steps(
    analyst: Analyst, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.forensics.corpora.writer.PURGED_AT_ONCE", 100)
    await analyst.upload(campaign())
    path = "/v1/forensics/corpora/c"
    answer = await analyst.client.delete(f"{path}/posts", params={"account": "planted1"})
    assert answer.json() == {"deleted": 8, "left": 0}
    assert (await analyst.client.delete(path)).status_code == 204
    # It is nobody's at once, its name is free, and the rest of it goes by itself.
    await analyst.get("corpora/c", 410)
    assert (await analyst.get("corpora"))["items"] == []
    await analyst.upload([{"id": "1", "account": "a"}])
    for _ in range(600):
        if await database.fetch_value("SELECT count(*) FROM corpora") == 1:
            break
        await asyncio.sleep(0.05)
    assert await database.fetch_value("SELECT count(*) FROM posts") == 1
    assert await database.fetch_value("SELECT count(*) FROM post_tombstones") == 0
    assert await database.fetch_value("SELECT post_count FROM corpus_tombstones") == 440


@pytest.mark.usefixtures("worker")
async def test_many_posts_of_an_account_go_in_steps(
    analyst: Analyst, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = campaign()
    for number, post in enumerate(posts):
        post["account"] = SECRET if number % 2 else post["account"]
    await analyst.upload(posts)
    finding = await analyst.finding()
    monkeypatch.setattr("app.forensics.corpora.writer.PURGED_AT_ONCE", 50)
    path = "/v1/forensics/corpora/c/posts"
    answer = await analyst.client.delete(path, params={"account": SECRET})
    assert answer.json() == {"deleted": 50, "left": 174}
    for _ in range(600):
        if await _tables_with(database, SECRET) == set():
            break
        await asyncio.sleep(0.05)
    assert await _tables_with(database, SECRET) == set()
    assert (await analyst.get("corpora/c"))["posts"] == 224
    (listed,) = (await analyst.get("findings"))["items"]
    events = await database.fetch("SELECT kind, note FROM finding_events ORDER BY id", [])
    assert listed["id"] == finding["id"]
    assert ("input_deleted", "224 posts of its corpus were deleted") in {
        (event["kind"], event["note"]) for event in events
    }
    again = await analyst.upload(posts)
    assert (again["counts"]["deleted"], again["counts"]["known"]) == (224, 224)


async def test_a_deletion_that_broke_off_is_taken_up_again(
    analyst: Analyst, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.forensics.corpora.writer.PURGED_AT_ONCE", 100)
    posts = campaign()
    for post in posts:
        post["account"] = SECRET
    await analyst.upload(posts)
    path = "/v1/forensics/corpora/c/posts"
    first = await analyst.client.delete(path, params={"account": SECRET})
    again = await analyst.client.delete(path, params={"account": SECRET})
    assert [first.json()["left"], again.json()["left"]] == [348, 248]
    jobs = await database.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = $1", [FORGET.name])
    (payload,) = (orjson.loads(job["payload"]) for job in jobs)

    left, step = [1], writer.delete_posts_of

    async def breaks_off(connection: asyncpg.Connection, corpus_id: int, account: str) -> int:
        if not left[0]:
            raise ConnectionError
        left[0] -= 1
        return await step(connection, corpus_id, account)

    job = OwnedJob(1, payload, 1, uuid4(), database, settings)
    with monkeypatch.context() as broken:
        broken.setattr(writer, "delete_posts_of", breaks_off)
        with pytest.raises(ConnectionError):
            await forget(job)
    assert (await analyst.get("corpora/c"))["posts"] == 148
    await forget(job)
    assert (await analyst.get("corpora/c"))["posts"] == 0
    assert await database.fetch_value("SELECT count(*) FROM posts") == 0
    assert await database.fetch_value("SELECT count(*) FROM post_tombstones") == 448


async def test_what_an_account_held_goes_in_steps_that_a_crash_does_not_end(
    analyst: Analyst, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.forensics.corpora.writer.PURGED_AT_ONCE", 100)
    await analyst.upload(campaign())
    await analyst.upload([{"id": "1", "account": SECRET}], corpus=SECRET)
    assert (await analyst.client.delete(f"/v1/forensics/corpora/{SECRET}")).status_code == 204
    account = await database.fetch_value("SELECT id FROM accounts")
    async with database.session() as session:
        await delete_corpora_of(session, account)
        await delete_account(session, account)
    # The account is gone at once, and nobody waited for its posts.
    assert await database.fetch_value("SELECT count(*) FROM accounts") == 0
    assert await database.fetch_value("SELECT count(*) FROM posts") == 448
    queued = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'forensics.purge'"
    assert await database.fetch_value(queued) == 1

    left, step = [3], writer.purge_step

    async def breaks_off(connection: asyncpg.Connection, corpus_id: int) -> bool:
        if not left[0]:
            raise ConnectionError
        left[0] -= 1
        return await step(connection, corpus_id)

    job = OwnedJob(1, {}, 1, uuid4(), database, settings)
    with monkeypatch.context() as broken:
        broken.setattr(writer, "purge_step", breaks_off)
        with pytest.raises(ConnectionError):
            await purge(job)
    assert await database.fetch_value("SELECT count(*) FROM posts") == 148
    await purge(job)
    for table in ("posts", "post_tombstones", "corpora"):
        assert await database.fetch_value(f"SELECT count(*) FROM {table}") == 0, table
    tombstones = await database.fetch(
        "SELECT account_id, name = '#' || corpus_id AS nameless, post_count FROM corpus_tombstones"
        " ORDER BY corpus_id",
        [],
    )
    assert [tuple(row.values()) for row in tombstones] == [(None, True, 448), (None, True, 1)]
    assert await _tables_with(database, SECRET) == set()
