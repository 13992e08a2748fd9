"""Times as reports give them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.itineraries.journeys.claims import When
from app.itineraries.journeys.dates import Dated, date_conflicts, nearest_weekday, weekday_in
from app.itineraries.journeys.moments import Moment


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2020", "2020-01-01T00:00:00Z", "2020-12-31T23:59:59Z", "year"),
        ("2020-02", "2020-02-01T00:00:00Z", "2020-02-29T23:59:59Z", "month"),
        ("2020-11-08", "2020-11-08T00:00:00Z", "2020-11-08T23:59:59Z", "day"),
        ("2020-11-08T14:05-04:00", "2020-11-08T18:05:00Z", "2020-11-08T18:05:00Z", "minute"),
        ("2020-11-08T14:05", "2020-11-08T00:05:00Z", "2020-11-09T02:05:00Z", "local"),
        ("2020-06/2020-09", "2020-06-01T00:00:00Z", "2020-09-30T23:59:59Z", "range"),
    ],
)
def test_what_a_text_covers(text: str, earliest: str, latest: str, precision: str) -> None:
    moment = Moment.parse(text)
    assert moment.earliest == datetime.fromisoformat(earliest)
    assert moment.latest == datetime.fromisoformat(latest)
    assert moment.precision == precision


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2020-13", "2020-02-30", "2020-11-08T25:00", "1492-10-12", "9999-01-01",
     "2020-11/2020-10", "2020-11-08T14:05+99:99", "2020/", "20-11-08", "2020-11-08 "*9],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|between|before it begins"):
        Moment.parse(text)


@pytest.mark.parametrize(
    ("words", "weekday"),
    [("Tuesday, October 26th", 1), ("el sábado 7 de noviembre", 5), ("terça-feira", 1),
     ("dimanche soir", 6), ("October 26", None), (None, None)],
)  # fmt: skip
def test_weekdays_in_four_languages(words: str | None, weekday: int | None) -> None:
    assert weekday_in(words) == weekday


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_the_nearest_weekday_is_within_three_days(day: date, weekday: int) -> None:
    found = nearest_weekday(day, weekday)
    assert found.weekday() == weekday
    assert abs((found - day).days) <= 3


def conflicts(*given: dict[str, object], printed_on: date | None = None) -> list[dict[str, object]]:
    dated = [Dated(When.model_validate(g), (n,), printed_on) for n, g in enumerate(given)]
    return date_conflicts("arrived", dated)


def test_a_weekday_that_does_not_fit_names_both_days() -> None:
    [conflict] = conflicts({"at": "2020-10-26", "words": "Tuesday, October 26th"})
    assert conflict["kind"] == "weekday"
    assert conflict["candidates"] == ["2020-10-26", "2020-10-27"]
    assert not conflicts({"at": "2020-10-27", "words": "Tuesday, October 27th"})


def test_headline_against_body() -> None:
    [conflict] = conflicts(
        {"at": "2020-10-27", "part": "headline"}, {"at": "2020-10-26", "part": "body"}
    )
    assert conflict["kind"] == "headline_body"


def test_one_clock_in_two_zones() -> None:
    [conflict] = conflicts({"at": "2020-10-26T23:40-04:00"}, {"at": "2020-10-26T23:40Z"})
    assert conflict["kind"] == "time_zone"
    # The same instant, told in two zones, is no conflict.
    assert not conflicts({"at": "2020-10-26T23:40-04:00"}, {"at": "2020-10-27T03:40Z"})


def test_printed_before_the_day_it_tells_of() -> None:
    [conflict] = conflicts({"at": "2020-11-08"}, printed_on=date(2020, 11, 7))
    assert conflict["kind"] == "printed_before"
    assert not conflicts({"at": "2020-11-08"}, printed_on=date(2020, 11, 8))


def test_days_side_by_side() -> None:
    [conflict] = conflicts({"at": "2020-11-03"}, {"at": "2020-11-05"}, {"at": "2020-11"})
    assert conflict["kind"] == "dates"
    assert [claim["at"] for claim in conflict["claims"]] == ["2020-11-03", "2020-11-05"]  # type: ignore[attr-defined]


def test_moments_overlap_as_instants_do() -> None:
    assert Moment.parse("2020-11").overlaps(Moment.parse("2020-11-30T23:00Z"))
    assert not Moment.parse("2020-11").overlaps(Moment.parse("2020-12-01T00:00Z"))
    assert Moment.parse("2020-11-08").earliest.tzinfo is UTC
