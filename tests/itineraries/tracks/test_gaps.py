"""Gaps against the definition, open ones, and what was heard of others."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.itineraries.tracks.gaps import GapOptions, detect_gaps
from app.itineraries.tracks.reception import Reception
from tests.itineraries.tracks.vessels import T0, fixes, haversine

HOURS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.integers(0, 120), st.integers(-3, 3), st.sampled_from([-64, 179, 181])
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(HOURS)
def test_gaps_are_those_of_the_definition(rows: list[tuple[str, int, int, int]]) -> None:
    positions = fixes((craft, hour * 3600.0, lat, lon) for craft, hour, lat, lon in rows)
    end = max(positions.time_s)
    expected = []
    for craft_id, own in positions.by_craft():
        places = [
            (positions.time_s[n], positions.lat[n], positions.lon[n])
            for n in range(own.start, own.stop)
        ]
        for before, after in zip(places, [*places[1:], None], strict=True):
            until = after[0] if after else end
            if until - before[0] >= 6 * 3600:
                expected.append((craft_id, before, after))
    found = detect_gaps(positions)
    assert [(gap.craft_id, gap.start_at) for gap in found] == [(c, b[0]) for c, b, _ in expected]
    for gap, (_, before, after) in zip(found, expected, strict=True):
        if after is None:
            assert gap.end_at is gap.to_lat is gap.to_lon is gap.distance_km is None
            assert gap.implied_speed_kn is None
        else:
            km = haversine(before[1], before[2], after[1], after[2])
            assert gap.end_at == after[0]
            assert gap.distance_km is not None and abs(gap.distance_km - km) < 1e-6
            knots = km / 1.852 / ((after[0] - before[0]) / 3600)
            assert gap.implied_speed_kn is not None and abs(gap.implied_speed_kn - knots) < 1e-9


def test_reception_tells_who_else_was_heard_in_the_cell() -> None:
    silent = [("a", 0.0, 10.5, -64.5), ("a", 36_000.0, 10.5, -64.5)]
    neighbour = [("b", hour * 3600.0 + 60, 10.2, -64.1) for hour in range(5)]
    elsewhere = [("c", 60.0, 11.5, -64.5), ("c", 36_000.0, 11.5, -64.5)]
    found = detect_gaps(fixes([*silent, *neighbour, *elsewhere]))
    by_craft = {gap.craft_id: gap.reception for gap in found if gap.end_at is not None}
    assert by_craft["a"] == Reception(craft=1, fixes=5, heard_share=0.5)
    assert by_craft["c"] == Reception(craft=0, fixes=0, heard_share=0.0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcde"), st.integers(0, 240),
            st.sampled_from((0, 1, 1800, 3599)), st.integers(0, 1), st.sampled_from((-64, -63)),
        ),
        min_size=1, max_size=60,
    ),
    st.integers(0, 30),
)  # fmt: skip
def test_reception_is_that_of_the_definition(
    rows: list[tuple[str, int, int, int, int]], beyond: int
) -> None:
    positions = fixes((craft, hour * 3600.0 + s, lat, lon) for craft, hour, s, lat, lon in rows)
    end = float(positions.time_s.max()) + beyond * 3600
    craft_ids = np.array(positions.craft_ids)[positions.craft]
    for gap in detect_gaps(positions, until_s=end):
        until = end if gap.end_at is None else gap.end_at
        there = (np.floor(positions.lat) == np.floor(gap.from_lat)) & (
            np.floor(positions.lon) == np.floor(gap.from_lon)
        )
        there &= (positions.time_s > gap.start_at) & (positions.time_s <= until)
        there &= craft_ids != gap.craft_id
        hours = np.unique((positions.time_s[there] - gap.start_at) // 3600)
        share = min(1.0, len(hours) / max(1, round((until - gap.start_at) / 3600)))
        heard = len(np.unique(craft_ids[there])), int(there.sum())
        assert gap.reception == Reception(*heard, share)


def test_reception_of_very_many_in_one_cell_is_no_work() -> None:
    """Each with each would be ten thousand million."""
    count = 100_000
    one = fixes(("x", float(n), 10.5, -64.5) for n in range(count))
    craft = np.arange(count, dtype=np.int32)
    positions = replace(one, craft_ids=[str(n) for n in craft], craft=craft)
    found = detect_gaps(positions, until_s=T0 + 30 * 86_400)
    assert len(found) == count
    assert found[0].reception == Reception(count - 1, count - 1, 28 / 720)


def test_an_open_gap_lasts_to_the_end_of_the_data() -> None:
    positions = fixes([("a", 0.0, 0, 0)])
    assert not detect_gaps(positions)
    (gap,) = detect_gaps(positions, until_s=T0 + 6 * 3600)
    assert gap.end_at is None
    assert not detect_gaps(positions, GapOptions(min_hours=7), until_s=T0 + 6 * 3600)
