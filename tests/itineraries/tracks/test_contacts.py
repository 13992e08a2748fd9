"""Contacts: sought at once or slice by slice, of some or of all, and none in a crowd."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.itineraries.tracks.contacts import Search, find_contacts, join_contacts, search_contacts
from app.itineraries.tracks.meetings import MeetingOptions, detect_meetings, meetings_of
from app.itineraries.tracks.positions import Positions
from tests.itineraries.store.tracks import START_S, journey, together

_acts = st.lists(
    st.tuples(st.sampled_from(("stay", "move", "spot", "silent")), st.integers(1, 6)),
    min_size=1,
    max_size=5,
)
MARGIN_S = 2 * 3600.0


def _crowd(count: int) -> Positions:
    return together([journey(f"mmsi:{n}", [("spot", 4)], n) for n in range(count)])


@given(
    st.lists(_acts, min_size=2, max_size=5),
    st.lists(st.integers(0, 120), max_size=4),
    st.sets(st.integers(0, 4)),
)
def test_slices_and_parts_are_the_whole(
    plans: list[list[tuple[str, int]]], cuts: list[int], wanted: set[int]
) -> None:
    rule = MeetingOptions(max_km=5, min_minutes=20, max_speed_kn=50)
    positions = together([journey(f"mmsi:{n}", acts, n) for n, acts in enumerate(plans)])
    bounds = [START_S - 1, *(START_S + 1800 * cut for cut in sorted(cuts)), np.inf]
    last = float(positions.time_s.max()) + 1
    search = rule.search
    parts = []
    for start, end in zip(bounds, [*bounds[1:-1], last], strict=False):
        near = (positions.time_s >= start - MARGIN_S) & (positions.time_s <= end + MARGIN_S)
        gridded = search.grid(positions.take(near), (start, end))
        sought = np.isin(gridded.craft, list(wanted))
        parts.append(find_contacts(gridded, search.max_km, sought).alone())
    names = positions.craft_ids
    assert meetings_of(names, join_contacts(parts), rule) == [
        one
        for one in detect_meetings(positions, rule)
        if wanted.intersection(names.index(craft_id) for craft_id in one.craft_ids)
    ]


def test_in_a_crowd_nobody_meets() -> None:
    assert len(detect_meetings(_crowd(6), MeetingOptions(max_crowd=6))) == 15
    assert not detect_meetings(_crowd(6), MeetingOptions(max_crowd=5))
    assert len(detect_meetings(_crowd(6), MeetingOptions(max_crowd=5, filtered=False))) == 15


def test_a_hundred_thousand_at_one_place_are_no_work() -> None:
    one = _crowd(1).take(slice(5, 9))
    count = 100_000
    rows = np.tile(np.arange(len(one)), count)
    many = one.take(rows)
    craft = np.repeat(np.arange(count, dtype=np.int32), len(one))
    columns = {name: getattr(many, name) for name in many.__slots__}
    everyone = Positions(**{**columns, "craft_ids": [str(n) for n in range(count)], "craft": craft})
    search = Search(10, 60, 0.5, max_crowd=50)
    assert len(search_contacts(everyone, search)) == 0
