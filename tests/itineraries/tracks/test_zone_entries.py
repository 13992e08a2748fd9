"""Entries of zones against a reading of the definition fix by fix."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.itineraries.tracks.positions import UNKNOWN, Positions
from app.itineraries.tracks.zone_entries import EntryOptions, ZoneEntry, detect_zone_entries

ZONES = {
    "square": shapely.box(0, 0, 1, 1),
    "dateline": shapely.MultiPolygon([shapely.box(179, 0, 180, 1), shapely.box(-180, 0, -179, 1)]),
    "hole": shapely.Polygon([(2, 2), (5, 2), (5, 5), (2, 5)], [[(3, 3), (4, 3), (4, 4), (3, 4)]]),
}
PLACES = [(0.5, 0.5), (0.2, 0.9), (1.5, 0.5), (179.5, 0.5), (-179.5, 0.5), (2.5, 2.5), (3.5, 3.5)]
FIXES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 40), st.sampled_from(PLACES)),
    max_size=40,
    unique_by=lambda fix: fix[:2],
)


def positions_of(fixes: list[tuple[int, int, tuple[float, float]]]) -> Positions:
    """Fixes (craft, time in steps of ten minutes, place) as columns in order."""
    size = len(fixes)
    nothing = np.full(size, np.nan)
    return Positions(
        ["a", "b", "c"],
        np.array([craft for craft, _, _ in fixes], dtype=np.int32),
        np.array([step * 600.0 for _, step, _ in fixes]),
        np.array([lat for _, _, (_, lat) in fixes]),
        np.array([lon for _, _, (lon, _) in fixes]),
        nothing, nothing, nothing,
        np.full(size, UNKNOWN, dtype=np.int8), [], np.full(size, UNKNOWN, dtype=np.int32),
    ).in_order()  # fmt: skip


def expected(positions: Positions, merge_s: float) -> set[ZoneEntry]:
    found = set()
    for zone_id, zone in ZONES.items():
        for craft_id, rows in positions.by_craft():
            own = positions.take(rows)
            last_inside: float | None = None
            was_inside, before = False, None
            for at, lat, lon in zip(own.time_s, own.lat, own.lon, strict=True):
                inside = zone.contains(shapely.Point(lon, lat))
                if (
                    inside
                    and not was_inside
                    and (last_inside is None or at - last_inside > merge_s)
                ):
                    found.add(ZoneEntry(craft_id, zone_id, at, lat, lon, before))
                last_inside = at if inside else last_inside
                was_inside, before = inside, float(at)
    return found


@given(FIXES, st.sampled_from([0.0, 10.0, 60.0]))
def test_entries_are_those_of_the_definition(
    fixes: list[tuple[int, int, tuple[float, float]]], merge_minutes: float
) -> None:
    positions = positions_of(fixes)
    found = detect_zone_entries(positions, ZONES, EntryOptions(merge_minutes))
    assert len(found) == len(set(found))
    assert set(found) == expected(positions, merge_minutes * 60)


def test_lying_on_the_border_is_one_entry() -> None:
    wobble = [(0, step, PLACES[2 if step % 2 else 0]) for step in range(20)]
    (entry,) = detect_zone_entries(positions_of(wobble), ZONES)
    assert (entry.zone_id, entry.at_s, entry.outside_s) == ("square", 0.0, None)


def test_silence_inside_is_no_second_entry() -> None:
    silent = [(0, 0, PLACES[2]), (0, 1, PLACES[0]), (0, 40, PLACES[1])]
    (entry,) = detect_zone_entries(positions_of(silent), ZONES)
    assert (entry.at_s, entry.outside_s) == (600.0, 0.0)


def test_nothing_is_found_in_nothing() -> None:
    assert detect_zone_entries(positions_of([]), ZONES) == []
