"""Which item is which when an edition is read again."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.reports.matching import KnownItem, ReadItem, match_items

DAY = date(2020, 11, 12)
LONG = "A tanker with fuel from Bandar Abbas reached the terminal of Jose on Friday"


def _known(event_id: int, summary: str, outlet: str = "Reuters", gone: bool = False) -> KnownItem:
    return KnownItem(event_id, summary, outlet, DAY, gone)


def _read(summary: str, outlet: str = "Reuters", day: date = DAY) -> ReadItem:
    return ReadItem(summary, outlet, day)


def test_the_exact_text_is_enough() -> None:
    read = [_read("b", "TASS", date(2021, 1, 1)), _read("a")]
    assert match_items([_known(1, "a"), _known(2, "b")], read) == [2, 1]


def test_a_text_much_alike_of_the_same_outlet_and_day() -> None:
    known = [_known(1, LONG)]
    edited = LONG.replace("Friday", "Friday, two days late")
    assert match_items(known, [_read(edited)]) == [1]
    assert match_items(known, [_read(edited, "TASS")]) == [None]
    assert match_items(known, [_read(edited, day=date(2020, 11, 13))]) == [None]
    assert match_items(known, [_read("A museum lends forty paintings to Managua")]) == [None]


def test_the_most_alike_wins() -> None:
    known = [_known(1, LONG), _known(2, LONG + " with a second one behind it")]
    assert match_items(known, [_read(LONG + " with a second one behind")]) == [2]


def test_exact_before_alike() -> None:
    known = [_known(1, LONG)]
    assert match_items(known, [_read(LONG + "!"), _read(LONG)]) == [None, 1]


def test_a_standing_item_before_one_that_is_gone() -> None:
    known = [_known(1, LONG, gone=True), _known(2, LONG)]
    assert match_items(known, [_read(LONG)]) == [2]
    assert match_items(known, [_read(LONG), _read(LONG)]) == [2, 1]


def test_one_text_of_two_outlets_keeps_its_outlet_whatever_the_order() -> None:
    known = [_known(1, LONG, "Reuters"), _known(2, LONG, "TASS")]
    assert match_items(known, [_read(LONG, "TASS"), _read(LONG, "Reuters")]) == [2, 1]


ITEMS = st.lists(
    st.builds(
        ReadItem,
        st.sampled_from(["a", "b", LONG, LONG + " again", LONG + " and again"]),
        st.sampled_from(["Reuters", "TASS"]),
        st.just(DAY),
    ),
    max_size=8,
)


@given(before=ITEMS, after=ITEMS, order=st.randoms(use_true_random=False))
def test_no_event_is_given_twice_and_the_same_items_stay(
    before: list[ReadItem], after: list[ReadItem], order: object
) -> None:
    known = [_known(n, item.summary, item.outlet) for n, item in enumerate(before)]
    found = [event_id for event_id in match_items(known, after) if event_id is not None]
    assert len(found) == len(set(found))
    assert None not in match_items(known, before)
    shuffled = list(before)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    for item, event_id in zip(shuffled, match_items(known, shuffled), strict=True):
        assert event_id is not None
        assert (known[event_id].summary, known[event_id].outlet) == (item.summary, item.outlet)
