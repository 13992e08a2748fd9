"""Which journey a leg without one belongs to: by the strongest number of both, near in time."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.db import Database
from app.itineraries.journeys.claims import Claim, read_claim
from app.itineraries.journeys.joining import join_journeys
from app.itineraries.journeys.writer import Span
from tests.itineraries.journeys.conftest import leg, take_in

IMO, OTHER_IMO, MMSI = "9074729", "9187629", "422123456"


def claim(day: str, kind: str = "vessel", name: str = "Alfa", **craft: str) -> Claim:
    found: dict[str, Any] = leg(
        mover={"kind": kind, "name": name}, craft=craft or None, arrived=day
    )
    del found["journey"]
    return read_claim({key: value for key, value in found.items() if value is not None})


def standing(*marks: str, first: str = "2020-08-01", last: str = "2020-08-05") -> Span:
    days = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, last)]
    return Span("held", "vessel", f"vessel:{marks[0]}", frozenset(marks), *days)


@pytest.mark.parametrize(
    ("craft", "joins"),
    [
        ({"imo": IMO}, True),
        ({"mmsi": MMSI}, True),
        ({"imo": IMO, "mmsi": "422000000"}, True),  # a hull keeps its IMO number
        ({"imo": OTHER_IMO, "mmsi": MMSI}, False),  # and two hulls may share an MMSI
        ({"imo": OTHER_IMO}, False),
        ({}, False),  # a name alone proves nothing
    ],
)
def test_the_strongest_number_of_both_decides(craft: dict[str, str], joins: bool) -> None:
    [key] = join_journeys([claim("2020-08-10", **craft)], [standing(f"imo:{IMO}", f"mmsi:{MMSI}")])
    assert (key == "held") == joins


def test_names_join_what_has_no_number() -> None:
    keys = join_journeys(
        [claim("2020-08-01"), claim("2020-08-09"), claim("2020-08-09", name="Beta")], []
    )
    assert keys[0] == keys[1] != keys[2]


def test_a_number_joins_only_craft_of_its_kind() -> None:
    aircraft = claim("2020-08-03", kind="aircraft", mmsi=MMSI)
    assert join_journeys([aircraft], [standing(f"mmsi:{MMSI}")]) != ["held"]


def test_journeys_end_after_a_silence_or_half_a_year() -> None:
    span = standing(f"imo:{IMO}", first="2020-02-20", last="2020-08-05")
    near, far, long = (claim(day, imo=IMO) for day in ("2020-08-12", "2020-08-21", "2020-08-19"))
    assert join_journeys([near], [span]) == ["held"]
    assert join_journeys([far], [span]) != ["held"]
    assert join_journeys([long], [span]) != ["held"]


async def test_a_leg_stays_in_the_journey_that_it_came_into(database: Database) -> None:
    def free(day: str) -> dict[str, Any]:
        found = leg(craft={"imo": IMO}, mover={"kind": "vessel", "name": "Alfa"}, arrived=day)
        del found["journey"]
        return found

    ends = [free("2020-08-01"), free("2020-08-25")]
    assert (await take_in(database, ends)).counts["itineraries"] == 2
    between = await take_in(database, [*ends, free("2020-08-13")])
    assert (between.counts["added"], between.counts["withdrawn"]) == (1, 0)
    again = await take_in(database, [*ends, free("2020-08-13"), free("2020-08-14")])
    assert (again.counts["added"], again.counts["withdrawn"]) == (1, 0)
