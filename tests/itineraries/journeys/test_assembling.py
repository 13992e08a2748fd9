"""Claims become itineraries: independence, inferred ends, conflicts, what was known when."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.itineraries.journeys.assemble import assemble
from app.itineraries.journeys.claims import Claim, Source, read_claim
from app.itineraries.journeys.independence import count_independent
from tests.itineraries.journeys.conftest import leg, source


def itinerary(*legs: dict[str, Any], as_of: date | None = None) -> dict[str, Any]:
    found = assemble([read_claim(item) for item in legs], as_of)
    assert found is not None
    return found


def kinds(conflicts: list[dict[str, Any]]) -> list[str]:
    return [conflict["kind"] for conflict in conflicts]


def test_two_articles_that_cite_one_tracker_count_once() -> None:
    tracked = [
        Source(outlet="A", cites=("Flight tracker",)), Source(outlet="B", cites=("flight tracker",))
    ]  # fmt: skip
    assert count_independent(tracked) == 1
    assert count_independent([*tracked, Source(outlet="C")]) == 2
    assert (
        count_independent([Source(outlet="Reuters"), Source(outlet="D", cites=("Reuters",))]) == 1
    )
    assert count_independent([Source(outlet="E", state="IR"), Source(outlet="F", state="IR")]) == 1
    assert count_independent([Source(outlet="E", state="IR"), Source(outlet="F", state="RU")]) == 2
    assert count_independent([]) == 0


NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
SOURCES = st.lists(
    st.builds(lambda outlet, cites: Source(outlet=outlet, cites=tuple(cites)), NAMES,
              st.lists(NAMES, max_size=2)),
    max_size=12,
)  # fmt: skip


@given(SOURCES, st.randoms(use_true_random=False))
def test_independence_does_not_depend_on_the_order(
    sources: list[Source], shuffle: random.Random
) -> None:
    count = count_independent(sources)
    shuffled = list(sources)
    shuffle.shuffle(shuffled)
    assert count_independent(shuffled) == count
    assert count_independent([*sources, *sources]) == count
    assert count <= len(sources)


@given(SOURCES, NAMES)
def test_one_more_source_adds_at_most_one(sources: list[Source], outlet: str) -> None:
    more = count_independent([*sources, Source(outlet=outlet)])
    assert more <= count_independent(sources) + 1
    told = {name for s in sources for name in (s.outlet, *s.cites)}
    assert (more == count_independent(sources) + 1) == (outlet not in told)


def test_reports_of_one_leg_are_one_leg() -> None:
    found = itinerary(
        leg(), leg(sources=source("Infobae"), arrived="2020-10-27"),
        leg(sources=source("AFP"), to={"country": "VE"}),
    )  # fmt: skip
    [only] = found["legs"]
    assert only["independent_sources"] == 3
    assert kinds(only["conflicts"]) == ["dates"]
    assert only["to"]["place"]["name"] == "Caracas"


def test_one_outlet_that_tells_of_two_days_tells_of_two_legs() -> None:
    assert len(itinerary(leg(), leg(arrived="2020-10-27"))["legs"]) >= 2


def test_a_missing_end_is_taken_from_the_neighbour_and_says_so() -> None:
    found = itinerary(
        leg(leg=1), leg(leg=2, to="Havana", arrived="2020-10-28"),
        leg(leg=3, origin={"country": "CU"}, to="La Paz", arrived="2020-10-30"),
    )  # fmt: skip
    second = found["legs"][1]["from"]
    assert (second["place"]["name"], second["status"]) == ("Caracas", "inferred")
    assert second["sources"] == [] and second["independent_sources"] == 0


def test_a_way_that_nobody_reports_is_an_inferred_leg() -> None:
    found = itinerary(
        leg(leg=1), leg(leg=2, origin={"name": "Tehran", "country": "IR"}, arrived="2020-11-13")
    )
    assert [item["status"] for item in found["legs"]] == ["reported", "inferred", "reported"]
    assert found["legs"][1]["sources"] == []
    assert found["statuses"] == ["inferred", "reported"]


def test_circular_legs_and_unknown_places() -> None:
    found = itinerary(
        leg(leg=1, origin="Nowhere", to="Nowhere"), leg(leg=2, origin="Nowhere", to="Ruritania")
    )
    assert [item["to"]["place"]["name"] for item in found["legs"]] == ["Nowhere", "Ruritania"]
    assert found["legs"][0]["to"]["place"]["lat"] is None


def test_disputes_about_the_leg_stand_side_by_side() -> None:
    found = itinerary(
        leg(leg=1, status="reported", carrier="Fars Air Qeshm", mode="air", departed="2020-10-27"),
        leg(leg=1, status="denied", carrier="Conviasa", mode="sea", to="Bogotá",
            sources=source("IRNA", cites=["a ministry"])),
        leg(leg=1, carrier="Qeshm Fars Air", sources=source("AFP")),
    )  # fmt: skip
    [only] = found["legs"]
    assert kinds(only["conflicts"]) == ["place", "status", "carrier", "mode", "order"]
    assert only["status"] == "reported"
    assert only["confidence"]["parts"]["status"] == 0.4


def test_confidence_is_told_in_parts() -> None:
    weak = itinerary(leg(status="alleged"))["legs"][0]["confidence"]
    strong = itinerary(leg(), leg(sources=source("AFP")))["legs"][0]["confidence"]
    assert set(weak["parts"]) == {"status", "sources", "date", "place"}
    assert weak["score"] < strong["score"] <= 1


DAYS = st.integers(0, 40).map(lambda n: date(2020, 10, 1) + timedelta(days=n))
CLAIMS = st.lists(
    st.builds(
        lambda number, days, place, arrived: read_claim(
            leg(leg=number, to=place, arrived=arrived.isoformat(),
                sources=[source(f"outlet {n}", d.isoformat()) for n, d in enumerate(days)])
        ),
        st.integers(1, 4), st.lists(DAYS, min_size=1, max_size=3),
        st.sampled_from(["Caracas", "Havana", "La Paz"]), DAYS,
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(CLAIMS, DAYS, DAYS)
def test_as_of_shows_what_was_out_and_nothing_else(
    claims: list[Claim], first: date, second: date
) -> None:
    early, late = sorted((first, second))
    before, after = assemble(claims, early), assemble(claims, late)
    if before is None:
        assert all(claim.known_on is not None and claim.known_on > early for claim in claims)
        return
    assert after is not None

    def told(document: dict[str, Any]) -> set[tuple[str, str]]:
        return {(s["outlet"], s["published_on"]) for s in document["sources"]}

    assert all(day <= early.isoformat() for _, day in told(before))
    assert told(before) <= told(after)
    reported = [item for item in before["legs"] if item["sources"]]
    assert len(reported) <= len([item for item in after["legs"] if item["sources"]])


@given(CLAIMS, DAYS)
def test_as_of_is_the_itinerary_of_what_had_come_in(claims: list[Claim], day: date) -> None:
    """A late report changes nothing about the day before it."""
    out = [c for c in claims if c.known_on is not None and c.known_on <= day]
    assert assemble(claims, day) == (assemble(out, day) if out else None)
    assert assemble(claims, date(2030, 1, 1)) == assemble(claims)


def test_the_same_claims_give_the_same_answer() -> None:
    legs = [leg(leg=n % 3 + 1, sources=source(f"o{n}")) for n in range(12)]
    assert itinerary(*legs) == itinerary(*legs)


@pytest.mark.parametrize("numbered", [True, False])
def test_ten_thousand_legs(numbered: bool) -> None:
    places = ["Caracas", "Tehran", "Havana", "La Paz"]
    legs = [
        leg(origin=places[n % 4], to=places[(n + 1) % 4], sources=source(f"outlet {n % 7}"),
            arrived=(date(1990, 1, 1) + timedelta(days=n)).isoformat(),
            **({"leg": n // 2 + 1} if numbered else {}))
        for n in range(10_000)
    ]  # fmt: skip
    found = itinerary(*legs)
    assert len(found["legs"]) >= 5_000
    assert [item["position"] for item in found["legs"]] == list(range(1, len(found["legs"]) + 1))
