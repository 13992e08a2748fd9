"""The coder's data files: what a person who edits them may get wrong."""

from __future__ import annotations

import pytest

from app.reports.coding.gazetteer import HEZBOLLAH, Gazetteer
from app.reports.coding.instrument import CATEGORIES
from app.reports.coding.lexicon import read_rows
from app.reports.coding.standing import STATUSES

STATES = {row["iso"] for row in read_rows("countries.csv")}
TOPICS = {row["id"] for row in read_rows("topics.csv", "app.events")}


@pytest.mark.parametrize("file", ["cities.csv", "landmarks.csv"])
def test_places_lie_on_earth_in_a_known_state(file: str) -> None:
    for row in read_rows(file):
        known = STATES | {"", "AQ", "GI", "HK", "MO"}
        assert set(row["country"].split("/")) <= known, row
        assert row["precision"] in ("exact", "city", "admin1", "country"), row
        assert row["guard"] in ("open", "near"), row
        assert bool(row["lat"]) == bool(row["lon"]), row
        if row["lat"]:
            assert -90 <= float(row["lat"]) <= 90 and -180 <= float(row["lon"]) <= 180, row


def test_entities_stand_for_known_states() -> None:
    for row in read_rows("entities.csv"):
        assert row["state"] in STATES | {HEZBOLLAH}, row
        assert row["kind"] in ("person", "body", "company", "product", "media", "platform"), row
        assert all(term.strip() == term and term for term in row["terms"].split("|")), row


@pytest.mark.parametrize(
    ("file", "column", "labels"),
    [
        ("categories.csv", "category", set(CATEGORIES)),
        ("topic_terms.csv", "topic", TOPICS),
        ("status.csv", "status", set(STATUSES)),
    ],
)
def test_word_lists_use_known_labels(file: str, column: str, labels: set[str]) -> None:
    seen = {row[column] for row in read_rows(file)}
    assert seen <= labels
    assert labels - seen <= {"confirmed"}


def test_topics_have_labels_in_four_languages() -> None:
    for row in read_rows("topics.csv", "app.events"):
        assert all(row[language] for language in ("en", "es", "pt", "fr")), row


def test_weights_are_numbers_of_known_decisions() -> None:
    first = {row["decision"].split()[0] for row in read_rows("weights.csv")}
    assert first == {"actor", "main", "country", "category", "also", "topic", "status"}
    assert all(abs(float(row["weight"])) < 20 for row in read_rows("weights.csv"))


def test_every_network_capital_is_known() -> None:
    capitals = Gazetteer().capitals
    for state in ("VE", "RU", "IR", "CN", "CU", "NI", "BO", "AR", "BR", "CL", "PA", "US"):
        assert state in capitals
