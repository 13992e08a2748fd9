"""Events written: documents, history, order of commits, outlets."""

import asyncio
from dataclasses import replace
from datetime import date

import asyncpg
import orjson
import pytest

from app.core.db import Database
from app.events.outlets import OutletEntry
from app.events.records import EventRecord, SourceRecord
from app.events.writer import (
    Written,
    correct_outlet,
    delete_events,
    load_outlets,
    load_records,
    new_event_ids,
    save_outlets,
    write_events,
)
from tests.events.samples import OUTLET, event

DAY = date(2020, 11, 1)
RICH = event(
    "A ship “with two names” reached Colón.",
    published_on=DAY,
    occurred_on=DAY,
    occurred_until=date(2020, 11, 3),
    occurred_precision="range",
    actors=("IR", "VE"),
    countries=("PA",),
    category="economic",
    categories_also=("military",),
    topics=("oil", "sanctions"),
    status="alleged",
    place="Colón",
    lon=-79.9,
    lat=9.36,
    precision="city",
    radius_km=8.5,
    sources=(
        SourceRecord(OUTLET.id, DAY, "es", True, "https://example.org/1"),
        SourceRecord("granma", DAY, "en"),
    ),
    edition="e",
    block="Iran",
    position=3,
    coding={"category": {"by": "rule", "evidence": ["ship"]}},
)


@pytest.fixture
async def outlets(database: Database) -> Database:
    """A database with the registry of outlets."""
    async with database.transaction() as connection:
        await save_outlets(connection)
        await save_outlets(connection, [OUTLET])
    return database


async def _write(database: Database, events: dict[int, EventRecord], by: str = "test") -> Written:
    async with database.transaction() as connection:
        return await write_events(connection, events, by)


async def _version(database: Database) -> int:
    return int(await database.fetch_value("SELECT version FROM data_version"))


async def test_what_is_written_is_read_back_whole(outlets: Database) -> None:
    assert await _write(outlets, {1: RICH, 2: event()}) == Written(created=2)
    async with outlets.transaction() as connection:
        assert await load_records(connection, [1, 2, 3]) == {1: RICH, 2: event()}


async def test_columns_follow_the_sources(outlets: Database) -> None:
    await _write(outlets, {1: RICH})
    row = await outlets.fetch_row(
        "SELECT outlets, languages, state_media_printed, state_media_registry, document FROM events"
    )
    assert row is not None
    assert list(row)[:4] == [[OUTLET.id, "granma"], ["es", "en"], True, True]
    document = orjson.loads(row["document"])
    assert (document["outlet"], document["language"]) == ("Gazette", "es")
    assert [s["state_media"]["registry"] for s in document["sources"]] == [False, True]


async def test_only_changes_are_written_and_told(outlets: Database) -> None:
    await _write(outlets, {1: event("One."), 2: event("Two.")})
    assert await _write(outlets, {1: event("One."), 2: event("Two.")}) == Written(unchanged=2)
    changed = {1: event("One."), 2: event("Second."), 3: event("Three.")}
    assert await _write(outlets, changed, "ann") == Written(created=1, updated=1, unchanged=1)
    steps = await outlets.fetch("SELECT event_id, kind, by FROM event_changes ORDER BY seq")
    assert [tuple(step) for step in steps] == [
        (1, "created", "test"), (2, "created", "test"), (2, "updated", "ann"), (3, "created", "ann"),
    ]  # fmt: skip
    row = await outlets.fetch_row("SELECT created_at, updated_at FROM events WHERE id = 2")
    assert row is not None
    assert row["updated_at"] > row["created_at"]


async def test_a_change_of_the_coding_alone_is_written(outlets: Database) -> None:
    await _write(outlets, {1: RICH})
    coded = replace(RICH, coding={"category": {"by": "rule", "evidence": ["vessel"]}})
    assert (await _write(outlets, {1: coded})).updated == 1


async def test_deleted_events_leave_their_last_document(outlets: Database) -> None:
    await _write(outlets, {1: event("One."), 2: event("Two.")})
    async with outlets.transaction() as connection:
        assert await delete_events(connection, [1, 99], "ann") == Written(deleted=1)
    assert [row[0] for row in await outlets.fetch("SELECT id FROM events")] == [2]
    row = await outlets.fetch_row("SELECT * FROM event_changes ORDER BY seq DESC LIMIT 1")
    assert row is not None
    assert (row["event_id"], row["kind"], row["by"]) == (1, "deleted", "ann")
    assert orjson.loads(row["document"])["summary"] == "One."


async def test_nothing_of_a_failed_write_stays(outlets: Database) -> None:
    before = await _version(outlets)
    bad = event(category="weather")
    with pytest.raises(asyncpg.CheckViolationError):
        await _write(outlets, {1: event(), 2: bad})
    with pytest.raises(KeyError):
        await _write(outlets, {1: event(sources=(SourceRecord("nobody", DAY, "en"),))})
    assert await outlets.fetch_value("SELECT count(*) FROM events") == 0
    assert await outlets.fetch_value("SELECT count(*) FROM event_changes") == 0
    assert await _version(outlets) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"lon": 1.0},
        {"lon": 1.0, "lat": 91.0},
        {"lon": 181.0, "lat": 1.0},
        {"lon": float("nan"), "lat": 1.0},
        {"lon": 1.0, "lat": 1.0, "precision": "country"},
        {"occurred_on": DAY, "occurred_until": date(2020, 10, 1)},
        {"status": "rumoured"},
    ],
)
async def test_the_database_refuses_what_cannot_be(
    outlets: Database, changes: dict[str, object]
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await _write(outlets, {1: event(**changes)})


async def test_writers_take_turns_and_their_changes_are_seen_in_order(outlets: Database) -> None:
    """Whoever reads the changes after a number never misses one that is committed later."""

    async def write(number: int) -> None:
        async with outlets.transaction() as connection:
            ids = await new_event_ids(connection, 3)
            await write_events(connection, {i: event(f"{number}.") for i in ids}, str(number))
            await asyncio.sleep(0.01)

    async def follow() -> list[int]:
        seen: list[int] = []
        while len(seen) < 30:
            after = seen[-1] if seen else 0
            sql = "SELECT seq FROM event_changes WHERE seq > $1 ORDER BY seq"
            seen += [row[0] for row in await outlets.fetch(sql, [after])]
            await asyncio.sleep(0.002)
        return seen

    following = asyncio.create_task(follow())
    await asyncio.gather(*(write(number) for number in range(10)))
    seen = await asyncio.wait_for(following, 20)
    stored = await outlets.fetch("SELECT seq, by FROM event_changes ORDER BY seq")
    assert seen == [row["seq"] for row in stored]
    writers = [row["by"] for row in stored]
    assert all(len(set(writers[n : n + 3])) == 1 for n in range(0, 30, 3))


async def test_events_follow_a_corrected_outlet_and_imports_leave_it(outlets: Database) -> None:
    await _write(outlets, {1: RICH, 2: event(sources=(SourceRecord("reuters", DAY, "en"),))})
    corrected = replace(
        OUTLET, ownership="state_controlled", state="RU", citation="x", cited_on=DAY
    )
    async with outlets.transaction() as connection:
        assert await correct_outlet(connection, corrected, "ann") == 1
        await save_outlets(connection, [OUTLET])  # what a later release or import brings
        assert (await load_outlets(connection))[OUTLET.id] == corrected
    document = orjson.loads(await outlets.fetch_value("SELECT document FROM events WHERE id = 1"))
    assert document["sources"][0]["state_media"] == {
        "printed": True, "registry": True, "ownership": "state_controlled", "state": "RU",
    }  # fmt: skip


async def test_the_registry_takes_what_is_new(outlets: Database) -> None:
    renamed = OutletEntry(id=OUTLET.id, name="The Gazette", aliases=("Gaz",), ownership="private")
    async with outlets.transaction() as connection:
        await save_outlets(connection, [renamed])
        assert (await load_outlets(connection))[OUTLET.id] == renamed
