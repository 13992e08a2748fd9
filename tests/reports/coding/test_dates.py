"""When an event happened, read from its words in four languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports.coding.dates import find_occurrence

PUBLISHED = date(2023, 6, 15)  # a Thursday


@pytest.mark.parametrize(
    ("words", "on", "until"),
    [
        ("The ship came in on June 12.", date(2023, 6, 12), None),
        ("The ship came in on June 12th, 2023.", date(2023, 6, 12), None),
        ("It was signed on 3 December.", date(2022, 12, 3), None),
        ("Fue firmado el 12 de mayo.", date(2023, 5, 12), None),
        ("Llegó el 1 de enero de 2023.", date(2023, 1, 1), None),
        ("Foi assinado em 17 de abril.", date(2023, 4, 17), None),
        ("Signé le 1er mars à Quito.", date(2023, 3, 1), None),
        ("It was held on June 4-10.", date(2023, 6, 4), date(2023, 6, 10)),
        ("It ran from May 28 to June 2.", date(2023, 5, 28), date(2023, 6, 2)),
        ("Se celebró del 4 al 10 de junio.", date(2023, 6, 4), date(2023, 6, 10)),
        ("Realizado de 4 a 10 de junho.", date(2023, 6, 4), date(2023, 6, 10)),
        ("Il a duré du 4 au 10 juin.", date(2023, 6, 4), date(2023, 6, 10)),
        ("They fished there between March and May.", date(2023, 3, 1), date(2023, 5, 31)),
        ("He landed yesterday.", date(2023, 6, 14), None),
        ("Llegó ayer a Quito.", date(2023, 6, 14), None),
        ("He landed on Tuesday.", date(2023, 6, 13), None),
        ("Llegó el martes.", date(2023, 6, 13), None),
        ("Chegou na terça-feira.", date(2023, 6, 13), None),
        ("Il est arrivé mardi.", date(2023, 6, 13), None),
        ("It happened on Thursday.", date(2023, 6, 15), None),
        ("He landed on Saturday, June 12.", date(2023, 6, 12), None),
        ("The fleet came last week.", date(2023, 6, 5), date(2023, 6, 11)),
        ("The videos came out last month.", date(2023, 5, 1), None),
        ("They voted in May.", date(2023, 5, 1), None),
    ],
)
def test_dates(words: str, on: date, until: date | None) -> None:
    found = find_occurrence(words, PUBLISHED, planned=False)
    assert found is not None
    assert (found.on, found.until) == (on, until)
    assert found.words in words


@pytest.mark.parametrize(
    "words",
    [
        "The plan was agreed before the June 12 election.",
        "It has been closed since March 3.",
        "The post was founded on May 5, 1994.",
        "Nothing is said of a day.",
        "The law of 2019 was changed.",
        "It was due on February 30.",
    ],
)
def test_other_dates_are_left(words: str) -> None:
    assert find_occurrence(words, PUBLISHED, planned=False) is None


def test_a_planned_act_lies_ahead() -> None:
    found = find_occurrence("He will visit Quito on July 20.", PUBLISHED, planned=True)
    assert found is not None and found.on == date(2023, 7, 20)
    found = find_occurrence("Visitará Quito el lunes.", PUBLISHED, planned=True)
    assert found is not None and found.on == date(2023, 6, 19)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["29", "February", "31 de", "abril", "to", "-", "entre", "and", "2020", "le", "1er",
             "9999", "on", "Monday", "last week", "next month", "hoy", "May", " ", "between"]
        )
    ).map(" ".join),
    st.dates(),
    st.booleans(),
)  # fmt: skip
def test_never_raises(words: str, published_on: date, planned: bool) -> None:
    found = find_occurrence(words, published_on, planned=planned)
    assert found is None or found.until is None or found.until > found.on


@pytest.mark.parametrize(
    ("text", "planned", "expected"),
    [
        ("A ship entered the bay on the morning of March 1 and left.", False, date(2021, 3, 1)),
        ("Peru will pay in yuan, its minister announced on Wednesday.", True, date(2021, 3, 17)),
        ("Peru will pay in yuan on Friday.", True, date(2021, 3, 19)),
    ],
)
def test_part_of_day_and_day_of_a_word(text: str, planned: bool, expected: date) -> None:
    found = find_occurrence(text, date(2021, 3, 18), planned=planned)
    assert found is not None
    assert found.on == expected
