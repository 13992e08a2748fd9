"""The editorial measure by its definitions, on editions made up for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.outlets import OutletEntry
from app.reports.measure import DEFINITIONS, MeasuredItem, measure
from app.reports.service import describe_measure

PRIVATE = OutletEntry("p", "Private", country="US", ownership="private")
RUSSIAN = OutletEntry("r", "Russian", country="RU", ownership="state", state="RU")
CUBAN = OutletEntry("c", "Cuban", country="CU", ownership="state_controlled", state="CU")
BELARUSIAN = OutletEntry("b", "Belarusian", country="BY", ownership="state", state="BY")
US_FUNDED = OutletEntry("v", "Funded", country="US", ownership="us_public_broadcaster", state="US")
SEATED = OutletEntry("s", "Seated in Tehran", country="IR", ownership="unknown")


@pytest.mark.parametrize(
    ("outlet", "marked", "counted_by"),
    [
        (PRIVATE, False, set()),
        (PRIVATE, True, {"printed", "printed_or_registry"}),
        (RUSSIAN, False, {"printed_or_registry"}),
        (RUSSIAN, True, {"printed", "printed_network", "printed_vric", "printed_or_registry"}),
        (CUBAN, False, {"printed_or_registry"}),
        (CUBAN, True, {"printed", "printed_network", "printed_or_registry"}),
        (BELARUSIAN, False, set()),
        (BELARUSIAN, True, {"printed", "printed_or_registry"}),
        (US_FUNDED, False, set()),
        (SEATED, False, set()),
        (SEATED, True, {"printed", "printed_network", "printed_vric", "printed_or_registry"}),
    ],
)
def test_what_each_definition_counts(
    outlet: OutletEntry, marked: bool, counted_by: set[str]
) -> None:
    measured = measure([MeasuredItem("Iran", marked, outlet)])
    assert {name for name, m in measured.items() if m.whole.counted} == counted_by


def test_one_in_five_is_within_the_promise_and_more_is_not() -> None:
    items = [MeasuredItem("Iran", n < 2, RUSSIAN if n < 2 else PRIVATE) for n in range(10)]
    assert all(m.within_promise for m in measure(items).values())
    assert describe_measure(items)["warnings"] == []
    described = describe_measure(items[:9])
    assert len(described["warnings"]) == len(DEFINITIONS)
    assert not any(d["within_promise"] for d in described["definitions"])


def test_an_edition_without_items() -> None:
    described = describe_measure([])
    assert described["warnings"] == []
    assert {(d["counted"], d["items"], d["share"]) for d in described["definitions"]} == {
        (0, 0, 0.0)
    }


def test_an_item_outside_of_every_block_is_counted() -> None:
    described = describe_measure([MeasuredItem(None, True, RUSSIAN)])
    assert described["definitions"][0]["blocks"] == [
        {"block": None, "counted": 1, "items": 1, "share": 1.0}
    ]


@given(
    st.lists(
        st.builds(
            MeasuredItem,
            st.sampled_from([None, "Iran", "Russia"]),
            st.booleans(),
            st.sampled_from([PRIVATE, RUSSIAN, CUBAN, BELARUSIAN, US_FUNDED, SEATED]),
        )
    )
)
def test_the_definitions_are_nested_and_blocks_add_up(items: list[MeasuredItem]) -> None:
    measured = measure(items)
    counts = [
        measured[name].whole.counted
        for name in ("printed_vric", "printed_network", "printed", "printed_or_registry")
    ]
    assert counts == sorted(counts)
    for m in measured.values():
        assert sum(share.counted for share in m.blocks.values()) == m.whole.counted
        assert sum(share.items for share in m.blocks.values()) == m.whole.items == len(items)
