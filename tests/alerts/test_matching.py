"""Which rules an observation meets, against a reading of the rules one by one."""

from typing import get_args
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.alerts.observations import Matcher, Observation, Watch
from app.alerts.rules import On, RouteRule
from tests.alerts.conftest import AT

SETS = ("crafts", "zones", "origins", "destinations")
TOKENS = st.lists(st.sampled_from("abcd"), max_size=3)


@st.composite
def rules(draw: st.DrawFn) -> RouteRule:
    on = draw(st.sampled_from(get_args(On)))
    names = SETS if on == "leg" else SETS[:2]
    fields = {name: draw(TOKENS) for name in names}
    if on == "zone_entry" and not fields["zones"]:
        fields["zones"] = ["a"]
    hours = draw(st.none() | st.sampled_from([1.0, 12.0])) if on == "gap" else None
    score = draw(st.none() | st.sampled_from([0.2, 0.8]))
    return RouteRule(on=on, min_hours=hours, min_score=score, **fields)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    fields = {name: frozenset(draw(TOKENS)) for name in SETS}
    return Observation(
        kind=draw(st.sampled_from(get_args(On))),
        key="k",
        observed_at=AT,
        data={},
        score=draw(st.none() | st.sampled_from([0.1, 0.5, 0.9])),
        hours=draw(st.none() | st.sampled_from([2.0, 24.0])),
        **fields,
    )


def meets(seen: Observation, rule: RouteRule) -> bool:
    named = all(
        not getattr(rule, name) or set(getattr(rule, name)) & getattr(seen, name) for name in SETS
    )
    scored = rule.min_score is None or (seen.score is not None and seen.score >= rule.min_score)
    long = rule.min_hours is None or (seen.hours is not None and seen.hours >= rule.min_hours)
    return seen.kind == rule.on and named and scored and long


@given(st.lists(st.lists(rules(), min_size=1, max_size=4), max_size=5), observations())
def test_a_watchlist_is_told_by_its_first_rule_that_is_met(
    lists: list[list[RouteRule]], seen: Observation
) -> None:
    watches = [
        (Watch(UUID(int=place), place, number), rule)
        for place, own in enumerate(lists)
        for number, rule in enumerate(own)
    ]
    expected = []
    for place, own in enumerate(lists):
        met = [number for number, rule in enumerate(own) if meets(seen, rule)]
        if met:
            expected.append(Watch(UUID(int=place), place, met[0]))
    assert Matcher(watches).match(seen) == expected
