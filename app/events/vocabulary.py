"""The terms events are coded with, and their names in English, Spanish, Portuguese and French."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "es", "pt", "fr")
CATEGORIES = ("diplomatic", "informational", "military", "economic")
STATUSES = ("confirmed", "claimed", "planned", "alleged", "denied")
PRECISIONS = ("exact", "city", "admin1", "country")
OWNERSHIPS = (
    "state",
    "state_controlled",
    "government",
    "party",
    "public_broadcaster",
    "us_public_broadcaster",
    "private",
    "unknown",
)
VRIC = ("VE", "RU", "IR", "CN")
NETWORK = (*VRIC, "CU", "NI", "BO")
STATE_OWNERSHIPS = ("state", "state_controlled", "government")

Labels = Mapping[str, str]


@cache
def labels(field: str) -> Mapping[str, Labels]:
    """The terms of a field with their names by language.

    Fields: actor, country, topic, category, status, precision, ownership, language.
    """
    if field in ("country", "topic"):
        return _read("countries.csv" if field == "country" else "topics.csv")
    if field == "actor":
        return {**labels("country"), **_read("actors.csv")}
    return _read("vocabulary.csv", field)


def names_in_all_languages(actors: tuple[str, ...], countries: tuple[str, ...]) -> str:
    """Every name of these actors and countries, so that a search finds them in any language."""
    found = [
        name
        for field, codes in (("actor", actors), ("country", countries))
        for code in codes
        for name in (*labels(field).get(code, {}).values(), *_other_names().get(code, ()))
    ]
    return ". ".join(dict.fromkeys(found))


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the events data."""
    text = (files("app.events") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _other_names() -> Mapping[str, tuple[str, ...]]:
    with (files("app.events") / "data" / "other_names.csv").open(encoding="utf-8") as file:
        return {row["id"]: tuple(row["names"].split("|")) for row in csv.DictReader(file)}


def _read(name: str, field: str | None = None) -> Mapping[str, Labels]:
    return {
        row["id"]: {language: row[language] for language in LANGUAGES}
        for row in read_rows(name)
        if field is None or row["field"] == field
    }
