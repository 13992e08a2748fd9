"""Corrections by a person: checked, kept, told, taken back."""

import asyncio
from datetime import date
from typing import Any

import orjson
import pytest

from app.core.db import Database
from app.core.errors import CommandError
from app.events.corrections import CorrectableFields, correct_event, parse_assignment
from app.events.records import EventRecord
from app.events.writer import load_records, note_replaced, write_events
from tests.events.samples import event, write

PLAIN = event(
    "A minister came.",
    actors=("IR",),
    countries=("VE",),
    topics=("travel",),
    coding={"topics": {"by": "rule", "evidence": ["came"]}},
)


@pytest.fixture
async def stored(database: Database) -> Database:
    """A database with one event."""
    await write(database, {1: PLAIN})
    return database


async def _record(database: Database) -> EventRecord:
    async with database.transaction() as connection:
        return (await load_records(connection, [1]))[1]


async def test_fields_are_set_and_told(stored: Database) -> None:
    changes = {
        "summary": "A minister left.", "topics": ["oil", "travel"], "occurred_on": "2020-11-02",
        "lon": -66.9, "lat": 10.5, "precision": "city", "place": "Caracas", "category": "economic",
    }  # fmt: skip
    await correct_event(stored, 1, changes, "ann", "a phone call")
    record = await _record(stored)
    assert record.summary == "A minister left."
    assert record.topics == ("oil", "travel")
    assert record.occurred_on == date(2020, 11, 2)
    assert (record.lon, record.lat, record.place) == (-66.9, 10.5, "Caracas")
    assert record.actors == PLAIN.actors
    assert all(record.coding[field] == {"by": "editor", "evidence": ["ann"]} for field in changes)
    rows = await stored.fetch("SELECT field, by, reason FROM event_corrections")
    assert {row["field"] for row in rows} == set(changes)
    assert {(row["by"], row["reason"]) for row in rows} == {("ann", "a phone call")}
    step = await stored.fetch_row("SELECT kind, by FROM event_changes ORDER BY seq DESC LIMIT 1")
    assert step is not None
    assert tuple(step) == ("updated", "ann")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "colour: no such field"),
        ({"id": 7}, "id: no such field"),
        ({"summary": ""}, "summary: "),
        ({"summary": None}, "summary: "),
        ({"category": None}, "category: "),
        ({"category": "weather"}, "category: 'weather' is not in the vocabulary"),
        ({"actors": ["IR", "XX"]}, "actors: 'XX' is not in the vocabulary"),
        ({"actors": None}, "actors: "),
        ({"countries": ["Venezuela"]}, "countries: 'Venezuela' is not in the vocabulary"),
        ({"topics": ["oil", "gossip"]}, "topics: 'gossip' is not in the vocabulary"),
        ({"status": "rumoured"}, "status: 'rumoured' is not in the vocabulary"),
        ({"precision": "exactly"}, "precision: 'exactly' is not in the vocabulary"),
        ({"text_language": "english"}, "text_language: "),
        ({"lon": 1}, "lon and lat go together"),
        ({"lon": 1, "lat": 1, "precision": "country"}, "an event known only to its country"),
        ({"lon": 200, "lat": 1}, "lon: "),
        ({"radius_km": float("nan")}, "radius_km: "),
        ({"radius_km": -1}, "radius_km: "),
        ({"published_on": None}, "published_on cannot be empty"),
        ({"published_on": "2020-02-30"}, "published_on: "),
        ({"occurred_until": "2020-11-02"}, "occurred_until is before occurred_on"),
        ({"occurred_on": "2020-11-02", "occurred_until": "2020-11-01"}, "occurred_until is before"),
    ],
)
async def test_what_does_not_fit_changes_nothing(
    stored: Database, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(CommandError) as caught:
        await correct_event(stored, 1, changes, "ann")
    assert str(caught.value).startswith(message)
    assert await _record(stored) == PLAIN
    assert await stored.fetch_value("SELECT count(*) FROM event_corrections") == 0


async def test_an_event_that_is_not_there(stored: Database) -> None:
    with pytest.raises(CommandError, match="there is no event 2"):
        await correct_event(stored, 2, {"topics": ["oil"]}, "ann")
    assert await stored.fetch_value("SELECT count(*) FROM event_corrections") == 0


async def test_undo_after_two_corrections_goes_back_to_the_first(stored: Database) -> None:
    await correct_event(stored, 1, {"topics": ["oil"]}, "ann")
    await correct_event(stored, 1, {"topics": ["arms"]}, "bob")
    await correct_event(stored, 1, {}, "bob", undo=["topics"])
    assert (await _record(stored)).topics == PLAIN.topics
    with pytest.raises(CommandError, match="topics of event 1 was not corrected"):
        await correct_event(stored, 1, {}, "bob", undo=["topics"])


async def test_a_point_is_undone_as_a_whole(stored: Database) -> None:
    point = {"lon": -66.9, "lat": 10.5, "precision": "city"}
    await correct_event(stored, 1, point, "ann")
    with pytest.raises(CommandError, match="lon and lat go together"):
        await correct_event(stored, 1, {}, "ann", undo=["lon"])
    await correct_event(stored, 1, {"topics": ["oil"]}, "ann", undo=list(point))
    record = await _record(stored)
    assert (record.lon, record.lat, record.precision) == (None, None, PLAIN.precision)
    assert record.topics == ("oil",)


async def test_every_field_can_be_corrected_and_undone(stored: Database) -> None:
    changes = {
        "summary": "Other.", "text_language": "es", "published_on": "2020-10-01",
        "occurred_on": "2020-10-01", "occurred_until": "2020-10-02", "occurred_precision": "range",
        "actors": [], "countries": ["CU", "BO"], "category": "military",
        "categories_also": ["economic"], "topics": [], "status": "denied", "place": "La Paz",
        "lon": -68.1, "lat": -16.5, "precision": "city", "radius_km": 12.5,
    }  # fmt: skip
    assert changes.keys() == CorrectableFields.model_fields.keys()
    await correct_event(stored, 1, changes, "ann")
    record = await _record(stored)
    assert (record.text_language, record.radius_km, record.actors) == ("es", 12.5, ())
    await correct_event(stored, 1, {}, "ann", undo=list(changes))
    restored = await _record(stored)
    assert restored.with_changes({"coding": {}}) == PLAIN.with_changes({"coding": {}})


async def test_what_an_import_says_now_is_what_an_undo_brings(stored: Database) -> None:
    await correct_event(stored, 1, {"topics": ["oil"], "status": "alleged"}, "ann")
    newer = PLAIN.with_changes({"topics": ["arms"]})
    async with stored.transaction() as connection:
        await note_replaced(connection, {1: newer})
        await write_events(connection, {1: newer}, "an import")
    assert (await _record(stored)).topics == ("oil",)
    await correct_event(stored, 1, {}, "ann", undo=["topics"])
    assert (await _record(stored)).topics == ("arms",)
    assert (await _record(stored)).status == "alleged"


async def test_a_correction_does_not_bring_back_what_an_import_replaced(stored: Database) -> None:
    """Both read and write the whole event, so they must take turns."""

    async def imports(number: int) -> None:
        async with stored.transaction() as connection:
            newer = PLAIN.with_changes({"summary": f"Import {number}."})
            await write_events(connection, {1: newer}, "an import")

    async def corrects(topic: str) -> None:
        await correct_event(stored, 1, {"topics": [topic]}, "ann")

    for number in range(5):
        await asyncio.gather(corrects("oil"), imports(number), corrects("arms"))
        assert (await _record(stored)).summary == f"Import {number}."
    kept = orjson.loads(await stored.fetch_value("SELECT value FROM event_corrections"))
    assert (await _record(stored)).topics == tuple(kept)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("topics=oil, arms", ("topics", ["oil", "arms"])),
        ("topics=", ("topics", [])),
        ("place=La Paz", ("place", "La Paz")),
        ("place=", ("place", None)),
        ("summary=a=b", ("summary", "a=b")),
    ],
)
def test_assignments(text: str, expected: tuple[str, Any]) -> None:
    assert parse_assignment(text) == expected
