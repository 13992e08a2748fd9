"""From an upload to a finding over HTTP, with a real worker and a real process."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from string import ascii_lowercase

import orjson
import pytest
import rfc8785

from app.core.db import Database
from app.forensics.demo.corpus import demo_posts
from tests.command import run_vric
from tests.forensics.corpora.conftest import Analyst, Analysts, Record, campaign, organic

PAGES = [f"https://e.org/{page}" for page in range(5)]
pytestmark = pytest.mark.usefixtures("worker")


async def test_a_planted_campaign_is_found_and_made_again(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    shown = await analyst.finding()
    document = shown["document"]
    assert document["outcome"] == "found", document["summary"]
    (group,) = document["behaviour"]["groups"]
    assert group["accounts"] == [f"x:planted{i}" for i in range(6)]
    assert group["objects_total"] == 8
    assert document["input"]["posts_used"] == document["input"]["synthetic_posts"] == 448
    assert document["attribution"] == document["source_status"] == []


async def test_a_finding_tells_of_ties_objects_and_signals(analyst: Analyst) -> None:
    posts = [{**post, "hashtags": ["Choir"]} if "planted" in post["account"] else post
             for post in campaign()]  # fmt: skip
    await analyst.upload(posts)
    shown = await analyst.finding(traces=["url", "hashtag"], window_s=60, fast_window_s=1)
    document = shown["document"]
    behaviour = document["behaviour"]
    (group,) = behaviour["groups"]
    # They share a second apart, so that neighbours alone are fast.
    assert (group["edges"], group["fast_edges"], group["core"]) == (15, 5, 5)
    assert group["traces"] == ["url"] and 1 <= group["median_delta_s"] <= 5
    assert behaviour["fast_windows_s"] == {"url": 1, "hashtag": 1}
    ties = {(tie["account_a"], tie["account_b"]): tie for tie in behaviour["ties"]}
    assert ties["x:planted0", "x:planted1"]["fast"] is True
    assert ties["x:planted0", "x:planted5"]["fast"] is False
    assert ties["x:planted0", "x:planted5"]["traces"] == ["url"]
    first = behaviour["accounts"][0]
    assert (first["partners"], first["strength"], first["core"], first["posts"]) == (5, 40, 5, 8)
    assert first["signals"]["in_step"] == 1
    told = [one for one in behaviour["objects"] if one["trace"] == "url"]
    assert len(told) == 8 and told[0]["object"] == "https://example.org/0"
    assert (told[0]["accounts"], told[0]["shares"], told[0]["spread_s"]) == (6, 6, 5)
    assert document["counts"]["ties_fast"] == 5
    both = (await analyst.finding(traces=["url", "hashtag"], window_s=60, min_traces=2))["document"]
    assert (both["outcome"], both["behaviour"]["ties"]) == ("nothing_found", [])


SHARED: dict[str, Callable[[int, str], Record]] = {
    "url": lambda n, _: {"urls": [f"https://e.org/{n}?utm_source=x"]},
    "domain": lambda n, account: {"urls": [f"https://d{n}.example/{account}"]},
    "hashtag": lambda n, _: {"hashtags": [f"Tag{n}"]},
    "mention": lambda n, _: {"mentions": [f"@name{n}"]},
    "text": lambda n, _: {"text": _sentence(n)},
    "text_cluster": lambda n, account: {"text": f"{_sentence(n)} {account}"},
    "media": lambda n, _: {"media_hashes": [f"sha256:{n:064x}"]},
    "repost": lambda n, _: {"repost_of": f"original-{n}"},
    "reply": lambda n, _: {"reply_to": f"question-{n}"},
}


def _sentence(number: int) -> str:
    """Words that no other sentence has."""
    chance = random.Random(number)
    return " ".join("".join(chance.choices(ascii_lowercase, k=9)) for _ in range(12))


@pytest.mark.parametrize("trace", SHARED)
async def test_every_trace_finds_its_campaign(analyst: Analyst, trace: str) -> None:
    posts = []
    for post in campaign():
        kind, _, number = post["urls"][0].removeprefix("https://example.").partition("/")
        shared = SHARED[trace](int(number) + (100 if kind == "net" else 0), post["account"])
        posts.append({**post, "urls": [], "text": None, **shared})
    await analyst.upload(posts)
    document = (await analyst.finding(traces=[trace], window_s=60))["document"]
    groups = [group["accounts"] for group in document["behaviour"]["groups"]]
    assert groups == [[f"x:planted{i}" for i in range(6)]]
    assert document["method"]["parameters"]["traces"] == [trace]
    assert document["method"]["parameters"]["objects"] == "traces 3"


async def test_organic_life_gives_an_empty_answer(analyst: Analyst) -> None:
    await analyst.upload(organic())
    document = (await analyst.finding())["document"]
    assert document["outcome"] == "nothing_found"
    assert document["behaviour"]["edges"] == []
    assert document["input"]["posts_used"] == 400


async def test_the_demo_corpus_shows_its_campaign_and_explains_the_wire(analyst: Analyst) -> None:
    await analyst.upload(list(demo_posts()))
    document = (await analyst.finding())["document"]
    (group,) = document["behaviour"]["groups"]
    assert group["accounts"] == [f"synthetic:planted0-{i}" for i in range(10)]
    assert group["traces"] == ["text", "url"]
    failed = [c["explanation"] for c in document["behaviour"]["checks"] if c["outcome"] == "failed"]
    assert failed == ["syndication"]
    explained = [edge for edge in document["behaviour"]["edges"] if edge["benign"]]
    assert {edge["benign"] for edge in explained} == {"syndication"}
    assert all("outlet" in edge["account_a"] for edge in explained)
    assert "reader" not in orjson.dumps(document["behaviour"]).decode()


async def test_the_demo_without_a_campaign_gives_an_empty_answer(analyst: Analyst) -> None:
    await analyst.upload(list(demo_posts(campaign=False)))
    assert (await analyst.finding())["document"]["outcome"] == "nothing_found"


async def test_recomputing_gives_the_same_bytes(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    finding = await analyst.finding()
    # What comes later is not what the finding was made from.
    await analyst.upload(campaign(start=1_000_000))
    path = f"/v1/forensics/findings/{finding['id']}"
    assert (await analyst.client.get(f"{path}/recompute")).status_code == 409
    answer = await analyst.client.post(f"{path}/recompute")
    assert answer.status_code == 202
    ended = await analyst.until_ended(answer.json())
    assert ended["recomputed"] == {"same_bytes": True, "sha256": finding["sha256"]}
    again = await analyst.client.get(f"{path}/recompute")
    version = await analyst.client.get(f"{path}/versions/1")
    assert again.content == version.content == rfc8785.dumps(finding["document"])
    assert hashlib.sha256(version.content).hexdigest() == finding["sha256"]
    assert version.headers["etag"] == f'"{finding["sha256"]}"'
    await analyst.get(f"findings/{finding['id']}/versions/2", 404)


async def test_the_order_of_uploads_does_not_change_a_finding(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    first = await analyst.finding()
    assert (await analyst.client.delete("/v1/forensics/corpora/c")).status_code == 204
    posts = campaign()
    await analyst.upload(posts[200:])
    await analyst.upload(posts[:200])
    second = await analyst.finding()
    assert second["sha256"] == first["sha256"]


async def test_coortweet_gives_every_edge(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    shown = await analyst.finding(method="coortweet", window_s=60, traces=["url"])
    edges = {
        (edge["account_a"], edge["account_b"]): edge["weight"]
        for edge in shown["document"]["behaviour"]["edges"]
    }
    assert edges["x:planted0", "x:planted5"] == 8
    assert shown["document"]["behaviour"]["edges"][0]["q"] is None
    assert shown["document"]["method"]["parameters"]["windows_s"] == {"url": 60}


@pytest.mark.parametrize(
    "posts",
    [
        [{"id": "1", "account": "a"}],
        [{"id": str(i), "account": "a", "published_at": i, "urls": ["https://e.org"]} for i in range(50)],
        [
            {"id": str(i), "account": f"a{i}", "published_at": 5, "urls": PAGES} for i in range(60)
        ],
    ],
    ids=["no time at all", "one account has all posts", "all at one instant"],
)  # fmt: skip
async def test_odd_corpora_get_an_answer(analyst: Analyst, posts: list[Record]) -> None:
    await analyst.upload(posts)
    document = (await analyst.finding())["document"]
    assert document["input"]["posts"] == len(posts)
    assert document["outcome"] in ("found", "nothing_found", "explained")


async def test_a_window_of_time_leaves_the_rest_out(analyst: Analyst) -> None:
    await analyst.upload([*campaign(), {"id": "day", "account": "a", "published_at": "2025-01-01"}])
    shown = await analyst.finding(since="2025-01-01T00:00:00Z", until="2025-01-01T02:59:59Z")
    document = shown["document"]
    assert document["input"]["left_out"]["day_only"] == 1
    assert document["input"]["left_out"]["outside_of_the_window"] > 300
    assert document["input"]["last_at"] <= "2025-01-01T02:59:59Z"
    assert document["outcome"] == "nothing_found"


async def test_the_stream_tells_each_state_and_ends(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    analysis = await analyst.ask()
    events = []
    path = f"/v1/forensics/analyses/{analysis['id']}/stream"
    async with analyst.client.stream("GET", path) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                events.append(line.removeprefix("event: "))
            elif line.startswith("data: "):
                last = orjson.loads(line.removeprefix("data: "))
    assert events[-1] == last["status"] == "done"
    assert last["progress"] == 1
    assert last["finding"]


async def test_an_idempotency_key_asks_once(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    body, headers = {"corpus": "c"}, {"Idempotency-Key": "k"}
    path = "/v1/forensics/analyses"
    first = await analyst.client.post(path, json=body, headers=headers)
    again = await analyst.client.post(path, json=body, headers=headers)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = await analyst.client.post(path, json={**body, "window_s": 5}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_corrections_replies_and_a_retraction_stay_with_the_finding(
    analyst: Analyst, analysts: Analysts, database: Database, tmp_path: Path
) -> None:
    await analyst.upload(campaign())
    finding = await analyst.finding()
    path = f"/v1/forensics/findings/{finding['id']}"
    reply = {"account": "x:planted3", "text": "We are a choir.", "proof": "see our profile"}
    async with analysts("holder@example.org", "free") as holder:
        missing = await holder.client.post(f"{path}/replies", json={**reply, "account": "x:else"})
        assert missing.status_code == 422
        filed = await holder.client.post(f"{path}/replies", json=reply)
        assert filed.status_code == 202, filed.text
        assert (await holder.client.get(path)).status_code == 403
    assert (await analyst.get(f"findings/{finding['id']}"))["replies"] == []
    url = {"VRIC_DATABASE_URL": database.url}
    assert "see our profile" in run_vric("forensics", "replies", cwd=tmp_path, **url).stdout
    reply_id = filed.json()["id"]
    done = run_vric("forensics", "decide-reply", reply_id, "--confirm", cwd=tmp_path, **url)
    assert done.returncode == 0, done.stderr
    note = {"note": "One of them is a choir."}
    assert (await analyst.client.post(f"{path}/corrections", json=note)).status_code == 201
    shown = await analyst.client.post(
        f"{path}/retraction", json={"note": "The posts were scheduled."}
    )
    assert shown.status_code == 200
    assert (await analyst.client.post(f"{path}/retraction", json=note)).status_code == 409
    kinds = [event["kind"] for event in shown.json()["events"]]
    assert kinds == ["created", "reply_filed", "reply_confirmed", "correction", "retraction"]
    assert shown.json()["status"] == "retracted"
    assert shown.json()["document"] == finding["document"]
    (told,) = shown.json()["replies"]
    assert (told["account"], told["text"]) == ("x:planted3", "We are a choir.")
    assert "profile" not in shown.text
    await analyst.ask(409, finding=finding["id"])


async def test_a_published_finding_is_read_by_others(
    analyst: Analyst, analysts: Analysts, database: Database, tmp_path: Path
) -> None:
    await analyst.upload(campaign())
    finding = await analyst.finding()
    async with analysts("b@example.org") as other:
        await other.get(f"findings/{finding['id']}", 404)
        url = {"VRIC_DATABASE_URL": database.url}
        done = run_vric("forensics", "publish-finding", finding["id"], cwd=tmp_path, **url)
        assert done.returncode == 0, done.stderr
        assert (await other.get(f"findings/{finding['id']}"))["published"] is True
        path = f"/v1/forensics/findings/{finding['id']}/retraction"
        answer = await other.client.post(path, json={"note": "not mine"})
        assert answer.status_code == 404
