"""Voyages between calls: what was seen of both ends, what was dark between, and what is no voyage."""

from collections.abc import Sequence

import pytest

from app.itineraries.tracks.voyages import Call, Silence, Voyage, detect_voyages

HOUR = 3600.0
PLACES = {"Havana": ("CU", 23.1, -82.3), "Jose": ("VE", 10.1, -64.8), "Amuay": ("VE", 11.7, -70.2)}


def call(place: str, start: float, end: float, entered: bool = True, left: bool = True) -> Call:
    return Call(place, *PLACES[place], start * HOUR, end * HOUR, entered, left)


def silence(start: float, end: float) -> Silence:
    return Silence(7, start * HOUR, end * HOUR, 12.0, -66.0, 15.0, -70.0, 550.0, 10.0)


def voyages(calls: Sequence[Call], silences: Sequence[Silence] = ()) -> list[Voyage]:
    return list(detect_voyages(calls, silences))


def ends(found: Voyage) -> list[tuple[str, str] | None]:
    return [e and (e.call.place, e.status) for e in (found.origin, found.destination)]


def test_the_way_between_two_calls() -> None:
    inside, before = silence(50, 80), silence(1, 9)
    first, last = call("Havana", 0, 20, entered=False), call("Jose", 120, 150, left=False)
    [found] = voyages([first, last], [before, inside])
    assert ends(found) == [("Havana", "observed"), ("Jose", "observed")]
    assert found.silences == (inside,)
    assert found.origin and found.origin.earliest_at == found.origin.latest_at == 20 * HOUR


def test_an_end_is_inferred_where_the_craft_was_not_seen_going() -> None:
    calls = [call("Havana", 0, 20, entered=False), call("Jose", 120, 150, left=False)]
    [lost_in_port] = voyages(calls, [silence(20, 40), silence(110, 120)])
    assert ends(lost_in_port) == [("Havana", "inferred"), ("Jose", "inferred")]
    assert lost_in_port.origin and lost_in_port.origin.latest_at == 40 * HOUR
    assert lost_in_port.destination and lost_in_port.destination.earliest_at == 110 * HOUR
    [never_outside] = voyages([
        call("Havana", 0, 20, False, left=False), call("Jose", 120, 150, entered=False, left=False),
    ])  # fmt: skip
    assert ends(never_outside) == [("Havana", "inferred"), ("Jose", "inferred")]


def test_a_track_may_begin_and_end_at_sea() -> None:
    found = voyages([call("Jose", 10, 20)])
    assert [ends(one) for one in found] == [
        [None, ("Jose", "observed")],
        [("Jose", "observed"), None],
    ]
    assert voyages([call("Jose", 10, 20, entered=False, left=False)]) == []
    assert voyages([]) == []


@pytest.mark.parametrize(("left", "entered", "count"), [(True, True, 1), (False, False, 0)])
def test_back_to_the_same_port_is_a_voyage_if_it_was_away(
    left: bool, entered: bool, count: int
) -> None:
    calls = [call("Jose", 0, 9, False, left), call("Jose", 30, 40, entered, left=False)]
    assert len(voyages(calls)) == count


def test_calls_that_no_ship_can_join_are_of_two_hulls() -> None:
    calls = [call("Havana", 0, 20, entered=False), call("Jose", 30, 50, left=False)]
    assert voyages(calls) == []
