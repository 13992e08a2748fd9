"""An edition taken in, and taken in again: nothing twice, nothing lost, everything told."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import asyncpg
import pytest

from app.core.db import Database
from app.core.errors import CommandError
from app.events.corrections import correct_event
from app.ingest.files import SourceFile
from app.reports import importer
from app.reports.importer import read_and_code
from tests.conftest import serving
from tests.problems import assert_problem
from tests.reports.conftest import ITEMS, Item, edition_text, ids_by_summary, state_of, take_in


async def test_a_first_import(database: Database) -> None:
    outcome = await take_in(database, edition_text())
    assert not outcome.unchanged
    assert outcome.counts == {
        "items": 6, "must_reads": 1, "created": 6, "updated": 0, "unchanged": 0, "removed": 0,
    }  # fmt: skip
    async with serving(database.url) as client:
        report = (await client.get("/v1/reports/test")).json()
        assert [item["summary"] for item in report["items"]] == [item.summary for item in ITEMS]
        assert [item["outlet"] for item in report["items"]] == [item.outlet for item in ITEMS]
        assert report["items"][0]["published_on"] == "2020-11-12"
        assert [item["state_media_marked"] for item in report["items"]].count(True) == 1
        assert {item["block"] for item in report["items"]} == {"Venezuela"}
        assert report["must_reads"] == [
            {"position": 1, "agency": "TREASURY", "title": "A notice on a shipping firm"}
        ]
        assert {section["kind"] for section in report["sections"]} == {"overview", "narrative"}
        changes = (await client.get("/v1/changes")).json()["items"]
        assert [change["kind"] for change in changes] == ["created"] * 6


async def test_the_same_file_twice_is_a_no_op(database: Database) -> None:
    await take_in(database, edition_text())
    before = await state_of(database)
    outcome = await take_in(database, edition_text())
    assert outcome.unchanged
    assert outcome.counts["items"] == 6
    assert await state_of(database) == before


async def test_other_bytes_that_say_the_same_change_no_event(database: Database) -> None:
    await take_in(database, edition_text())
    events = await database.fetch("SELECT id, document, updated_at FROM events ORDER BY id")
    outcome = await take_in(database, edition_text() + "\n\n")
    assert (outcome.counts["unchanged"], outcome.counts["updated"]) == (6, 0)
    assert await database.fetch("SELECT id, document, updated_at FROM events ORDER BY id") == events
    assert await database.fetch_value("SELECT count(*) FROM event_changes") == 6


async def test_another_date_or_title_of_the_same_file_is_taken(database: Database) -> None:
    await take_in(database, edition_text())
    ids = await ids_by_summary(database)
    outcome = await take_in(database, edition_text(), published_on=date(2021, 11, 18), title="New")
    assert outcome.counts["updated"] == 6
    assert await ids_by_summary(database) == ids
    row = await database.fetch_row("SELECT title, published_on FROM editions")
    assert row is not None
    assert tuple(row) == ("New", date(2021, 11, 18))
    days = await database.fetch_value("SELECT min(published_on) FROM events")
    assert days == date(2021, 11, 7)


async def test_an_edited_summary_updates_its_event(database: Database) -> None:
    await take_in(database, edition_text())
    ids = await ids_by_summary(database)
    edited = replace(ITEMS[0], summary=ITEMS[0].summary.replace("two engineers", "three engineers"))
    outcome = await take_in(database, edition_text((edited, *ITEMS[1:])))
    assert (outcome.counts["updated"], outcome.counts["created"]) == (1, 0)
    event_id = ids[ITEMS[0].summary]
    assert (await ids_by_summary(database))[edited.summary] == event_id
    async with serving(database.url) as client:
        history = (await client.get(f"/v1/events/{event_id}/history")).json()["items"]
    assert [step["kind"] for step in history] == ["created", "updated"]
    assert [step["document"]["summary"] for step in history] == [ITEMS[0].summary, edited.summary]


async def test_new_and_moved_items(database: Database) -> None:
    await take_in(database, edition_text())
    ids = await ids_by_summary(database)
    new = Item("A bank in Panama opens a counter for Turkish traders.", "La Prensa", "10-NOV")
    outcome = await take_in(database, edition_text((*reversed(ITEMS), new)))
    assert (outcome.counts["created"], outcome.counts["removed"]) == (1, 0)
    after = await ids_by_summary(database)
    assert {summary: after[summary] for summary in ids} == ids
    async with serving(database.url) as client:
        report = (await client.get("/v1/reports/test")).json()
    assert [item["summary"] for item in report["items"]] == [
        item.summary for item in (*reversed(ITEMS), new)
    ]


async def test_a_vanished_item_is_gone_and_may_return(database: Database) -> None:
    await take_in(database, edition_text())
    event_id = (await ids_by_summary(database))[ITEMS[0].summary]
    outcome = await take_in(database, edition_text(ITEMS[1:]))
    assert outcome.counts["removed"] == 1
    async with serving(database.url) as client:
        gone = await client.get(f"/v1/events/{event_id}")
        body = assert_problem(gone, 410, "gone")
        history = (await client.get(str(body["history"]))).json()["items"]
        assert [step["kind"] for step in history] == ["created", "deleted"]
        assert history[-1]["document"]["summary"] == ITEMS[0].summary
        for path in ("/v1/events", "/v1/events?q=dates", "/v1/reports/test"):
            items = (await client.get(path)).json()["items"]
            assert event_id not in [item["id"] for item in items]
        changes = (await client.get("/v1/changes?since=6")).json()["items"]
        assert [(change["kind"], change["event_id"]) for change in changes] == [
            ("deleted", event_id)
        ]
    again = await take_in(database, edition_text())
    assert again.counts["created"] == 1
    assert (await ids_by_summary(database))[ITEMS[0].summary] == event_id
    async with serving(database.url) as client:
        assert (await client.get(f"/v1/events/{event_id}")).status_code == 200
        history = (await client.get(f"/v1/events/{event_id}/history")).json()["items"]
        assert [step["kind"] for step in history] == ["created", "deleted", "created"]


async def test_more_than_half_vanishing_is_refused(database: Database) -> None:
    await take_in(database, edition_text())
    before = await state_of(database)
    with pytest.raises(CommandError, match="4 of 6 items of edition test would vanish"):
        await take_in(database, edition_text(ITEMS[:2]))
    assert await state_of(database) == before
    outcome = await take_in(database, edition_text(ITEMS[:2]), allow_removals=True)
    assert outcome.counts["removed"] == 4


async def test_exactly_half_may_vanish(database: Database) -> None:
    await take_in(database, edition_text())
    assert (await take_in(database, edition_text(ITEMS[:3]))).counts["removed"] == 3


async def test_corrections_survive_and_are_undone_to_what_the_edition_says_now(
    database: Database,
) -> None:
    await take_in(database, edition_text())
    event_id = (await ids_by_summary(database))[ITEMS[0].summary]

    async def event() -> dict[str, object]:
        async with serving(database.url) as client:
            found: dict[str, object] = (await client.get(f"/v1/events/{event_id}")).json()
        return found

    await correct_event(database, event_id, {"summary": "Set by hand.", "topics": ["oil"]}, "ann")
    edited = replace(ITEMS[0], summary=ITEMS[0].summary.replace("two engineers", "three engineers"))
    await take_in(database, edition_text((edited, *ITEMS[1:])))
    corrected = await event()
    assert (corrected["summary"], corrected["topics"]) == ("Set by hand.", ["oil"])
    coding = corrected["coding"]
    assert isinstance(coding, dict)
    assert coding["topics"] == {"by": "editor", "evidence": ["ann"]}
    await correct_event(database, event_id, {}, "bob", undo=["summary", "topics"])
    restored = await event()
    assert restored["summary"] == edited.summary
    assert restored["topics"] != ["oil"]
    assert restored["corrections"] == []


async def test_an_item_that_returns_keeps_its_corrections(database: Database) -> None:
    await take_in(database, edition_text())
    event_id = (await ids_by_summary(database))[ITEMS[0].summary]
    await correct_event(database, event_id, {"status": "alleged"}, "ann")
    await take_in(database, edition_text(ITEMS[1:]))
    await take_in(database, edition_text())
    sql = "SELECT status FROM events WHERE id = $1"
    assert await database.fetch_value(sql, [event_id]) == "alleged"


LISTING = "\n".join(
    [
        "Upcoming events and webinars",
        *(f"  • Panel {n}: speakers and moderator to be announced, register now" for n in range(9)),
        "Read more",
        "Older posts",
    ]
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 20, "binary file"),
        (b"\x1f\x8b\x08" + bytes(range(128, 256)) * 50, ""),
        (b"", ""),
        (b"\n \n", ""),
        (LISTING.encode(), "listing page or an event announcement"),
        (b"Just a sentence about nothing in particular, with no bullet.", "no items"),
    ],
)
def test_what_is_no_edition_is_refused(content: bytes, expected: str) -> None:
    with pytest.raises(CommandError) as caught:
        read_and_code(SourceFile.of("given.txt", content), date(2020, 11, 18))
    message = str(caught.value)
    assert message.startswith("given.txt: ")
    assert expected in message


async def test_lines_that_cannot_be_read_are_told_by_number(database: Database) -> None:
    text = edition_text() + "  • A harbour in Colón gets six new cranes. – Reuters on 31-FEB\n"
    outcome = await take_in(database, text)
    assert outcome.counts["items"] == 6
    assert [reject.line for reject in outcome.rejects] == [text.splitlines().index(
        "  • A harbour in Colón gets six new cranes. – Reuters on 31-FEB") + 1]  # fmt: skip
    stored = await database.fetch_value("SELECT rejects FROM ingest_runs")
    assert "line" in stored


async def test_two_imports_of_one_edition_at_once_have_one_effect(database: Database) -> None:
    outcomes = await asyncio.gather(*(take_in(database, edition_text()) for _ in range(4)))
    assert sorted(outcome.unchanged for outcome in outcomes) == [False, True, True, True]
    assert await database.fetch_value("SELECT count(*) FROM events") == 6
    assert await database.fetch_value("SELECT count(*) FROM event_changes") == 6
    assert await database.fetch_value("SELECT count(*) FROM ingest_runs") == 1


async def test_imports_of_two_editions_are_put_in_one_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its first statement on: who comes second reads the registry and the events as the first
    has left them, and cannot wait for it in a circle."""
    steps: list[str] = []
    held, waits = asyncio.Event(), asyncio.Event()
    save_outlets = importer.save_outlets

    async def save_and_stop(connection: asyncpg.Connection, *given: Any) -> None:
        steps.append("begun")
        await save_outlets(connection, *given)
        if not held.is_set():
            held.set()
            await waits.wait()
            steps.append("first goes on")

    monkeypatch.setattr(importer, "save_outlets", save_and_stop)
    first = asyncio.create_task(take_in(database, edition_text(), "one"))
    await held.wait()
    second = asyncio.create_task(take_in(database, edition_text(ITEMS[::-1]), "two"))
    async with asyncio.timeout(20):
        while len(steps) == 1 and not second.done():
            if await _waiting(database):
                break
            await asyncio.sleep(0.01)
    waits.set()
    assert not (await first).unchanged and not (await second).unchanged
    assert steps.index("first goes on") == 1


async def _waiting(database: Database) -> int:
    """How many transactions wait for the row of the data version."""
    return int(
        await database.fetch_value(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE '%data_version%'"
        )
    )


async def test_two_editions_at_once(database: Database) -> None:
    """They bring the same unknown outlets, in opposite orders."""
    items = [replace(item, outlet=f"Gazette {n}") for n, item in enumerate(ITEMS)]
    texts = {"one": edition_text(items), "two": edition_text(items[::-1])}
    outcomes = await asyncio.gather(
        *(take_in(database, text, slug) for slug, text in texts.items() for _ in range(2))
    )
    assert sum(outcome.counts["created"] for outcome in outcomes if not outcome.unchanged) == 12
    counted = await database.fetch("SELECT edition, count(*) FROM events GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in counted] == [("one", 6), ("two", 6)]
    seqs = await database.fetch("SELECT edition FROM (SELECT document->>'edition' AS edition, seq"
                                " FROM event_changes) s ORDER BY seq")  # fmt: skip
    editions = [row[0] for row in seqs]
    assert editions in (["one"] * 6 + ["two"] * 6, ["two"] * 6 + ["one"] * 6)
