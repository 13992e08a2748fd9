"""Who else was silent: those near by, however many others were elsewhere."""

import pytest

from app.core.db import Database
from app.itineraries.activities.deriver import derive_activities
from app.itineraries.silences import repository
from app.itineraries.tracks.reachability import Silence
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.tracks import START_S, fixes, together

DAY_S = 86_400.0


async def test_the_nearest_are_looked_at_and_not_the_newest(
    database: Database, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = [START_S, START_S + DAY_S / 2]
    near = fixes("mmsi:422000001", times, [12.0, 12.1], [-64.0, -64.0])
    far = [
        fixes(f"mmsi:42200001{n}", [at + 60 for at in times], [40.0, 40.1], [-30.0, -30.0])
        for n in range(5)
    ]
    await take(together([near, *far]))
    await derive_activities(database)
    monkeypatch.setattr(repository, "_MAX_LOOKED_AT", 3)
    asked = Silence("mmsi:422000009", START_S + 3600, START_S + DAY_S / 3, 12.2, -64.1)
    (found,) = await repository.fetch_silences(database, asked, 15, 10)
    assert (found.craft_id, found.from_lat, found.to_lat) == ("mmsi:422000001", 12.0, 12.1)
    after = Silence("mmsi:422000009", START_S + DAY_S * 2, START_S + DAY_S * 3, 12.2, -64.1)
    assert [one.to_lat for one in await repository.fetch_silences(database, after, 15, 10)] == [
        None
    ]
