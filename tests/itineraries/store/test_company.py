"""Whom craft met is the same in however many slices of time and batches of craft it is sought."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import Database
from app.itineraries.activities import company, deriver
from app.itineraries.activities.company import Window, slices
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.tracks import journey, together

_windows = st.lists(
    st.builds(
        lambda first, more, fixes: Window(1, first, first + more, fixes),
        st.integers(70_000, 70_040), st.integers(0, 9), st.integers(1, 3_000_000),
    ),
    min_size=1,
)  # fmt: skip


@given(_windows)
def test_slices_are_the_whole_time_of_windows(windows: list[Window]) -> None:
    found = list(slices(windows))
    assert found[0][0] == min(window.start_s for window in windows)
    assert found[-1][1] == max(window.until_s for window in windows)
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    assert all(start < end for start, end in found)


def test_a_light_time_is_one_slice_and_a_heavy_one_many() -> None:
    assert len(list(slices([Window(n, 70_000, 70_003, 50) for n in range(20)]))) == 1
    assert len(list(slices([Window(n, 70_000, 70_000, 90) for n in range(50_000)]))) > 5
    assert not list(slices([]))


async def test_too_many_contacts_are_sought_in_smaller_batches(
    database: Database, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(together([journey(f"mmsi:{n}", [("spot", 6)], n) for n in range(4)]))
    await deriver.derive_activities(database)
    at_once = await _meetings(database)
    assert len(at_once) == 6
    async with database.transaction() as connection:
        await connection.execute("TRUNCATE activities")
        await connection.execute(
            "UPDATE crafts SET stale_from = first_at, stale_until = last_at, stale_since = now()"
        )
    monkeypatch.setattr(company, "_MOST_CONTACTS", 200)
    monkeypatch.setattr(company, "_AT_ONCE", 50)
    await deriver.derive_activities(database)
    assert await _meetings(database) == at_once


async def _meetings(database: Database) -> list[Any]:
    rows = await database.fetch(
        "SELECT craft_ids, start_at, end_at, evidence FROM activities WHERE kind = 'meeting'"
        " ORDER BY craft_ids"
    )
    return [tuple(row) for row in rows]
