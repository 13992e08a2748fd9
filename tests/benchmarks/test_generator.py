"""The generator of the events benchmark: the same seed, the same events; words in their shares."""

import asyncpg

from app.core.db import Database
from app.events.vocabulary import CATEGORIES, labels
from app.events.writer import save_outlets, write_events
from benchmarks.events.generator import DAYS, FIRST_DAY, generate_events
from benchmarks.events.words import COMMON_WORD, PLACES, RARE_WORD

ROWS = 5_000


def test_a_seed_gives_the_same_events() -> None:
    assert list(generate_events(50)) == list(generate_events(50))
    assert list(generate_events(50)) != list(generate_events(50, seed=8))


def test_events_have_the_shares_that_the_measures_name() -> None:
    events = [event for _, event in generate_events(ROWS)]
    assert all(event.synthetic for event in events)
    assert 0.77 < sum(COMMON_WORD in event.summary for event in events) / ROWS < 0.83
    assert 0.005 < sum(RARE_WORD in event.summary for event in events) / ROWS < 0.015
    days = [event.published_on for event in events]
    assert (max(days) - min(days)).days > 5 * 365
    assert min(days) >= FIRST_DAY and (max(days) - FIRST_DAY).days < DAYS
    assert {event.text_language for event in events} == {"en", "es", "pt", "fr"}
    assert {event.category for event in events} == set(CATEGORIES)
    assert {country for event in events for country in event.countries} == {
        p.country for p in PLACES
    }
    assert {place.country for place in PLACES} <= set(labels("country"))


async def test_the_writer_takes_them(database: Database) -> None:
    batch = dict(generate_events(200))
    async with database.transaction() as connection:
        await save_outlets(connection)
        written = await write_events(connection, batch, "generator")
        found: asyncpg.Record = await connection.fetchrow(
            "SELECT count(*) AS rows, count(*) FILTER (WHERE search @@ search_word($1)) AS common"
            " FROM events",
            COMMON_WORD,
        )
    assert written.created == found["rows"] == 200
    assert 120 < found["common"] < 200
