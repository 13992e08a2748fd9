"""The demo edition and its hand coding keep the shape that the loader and the readers rely on."""

import csv
import json
import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest

APP = Path(__file__).parents[2] / "app"
DEMO = APP / "reports" / "demo"
NBSP = "\u00a0"
PUBLISHED_ON = date(2020, 11, 18)
BLOCKS = {
    "VENEZUELA": 14,
    "THE BOLIVARIAN NETWORK": 14,
    "IRAN": 21,
    "HEZBOLLAH": 6,
    "THE NISMAN/AMIA CASE": 1,
    "QATAR": 1,
    "RUSSIA": 14,
    "CHINA": 14,
    "ILLEGAL FISHING": 2,
    "VRIC MEDICAL DIPLOMACY": 4,
}
NARRATED = {"VENEZUELA", "THE BOLIVARIAN NETWORK", "IRAN", "HEZBOLLAH", "RUSSIA", "CHINA"}
MONTHS = {"SEP": 9, "SEPT": 9, "OCT": 10, "NOV": 11}
ITEM = re.compile(
    rf"^  • (?P<summary>.+) –{NBSP}(?P<outlet>.+?)(?: on)? (?P<day>\d\d)-(?P<month>[A-Z]{{3,4}})"
    r"(?P<spanish> \(content in Spanish\))?$"
)
MUST_READ = re.compile(r"^  • (?P<agency>[A-Z.]+(?: [A-Z.]+)*): .+$")
ACTORS = {"VE", "RU", "IR", "CN", "CU", "NI", "BO", "QA", "BY", "SA", "TH", "US", "HZB"}
CATEGORIES = {"diplomatic", "informational", "military", "economic"}
STATUSES = {"confirmed", "claimed", "planned", "alleged", "denied"}
TOPICS = {
    "terrorism",
    "illegal-fishing",
    "vaccines-health",
    "arms",
    "oil",
    "sanctions",
    "elections",
    "space",
    "travel",
    "media-disinformation",
    "justice",
    "trade-finance",
    "infrastructure",
    "culture-education",
    "protest-politics",
}
FIELDS = [
    "n",
    "outlet",
    "published_on",
    "occurred_on",
    "occurred_until",
    "occurred_precision",
    "language",
    "state_media_marked",
    "actors",
    "countries",
    "category",
    "categories_also",
    "topics",
    "status",
    "place",
    "lat",
    "lon",
    "precision",
    "radius_km",
]

LINES = (DEMO / "edition.txt").read_text(encoding="utf-8").splitlines()
ITEMS = [match for line in LINES if (match := ITEM.match(line))]
CODING: list[dict[str, Any]] = [
    json.loads(line) for line in (DEMO / "coding.jsonl").read_text(encoding="utf-8").splitlines()
]
numbered = pytest.mark.parametrize("coded", CODING, ids=lambda coded: str(coded["n"]))


def fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def registry() -> dict[str, str]:
    with (APP / "events" / "data" / "outlets.csv").open(encoding="utf-8", newline="") as file:
        return {
            fold(name): row["name"]
            for row in csv.DictReader(file)
            for name in (row["name"], *row["aliases"].split("|"))
            if name
        }


def test_every_bullet_is_an_item_or_a_must_read() -> None:
    bullets = [line for line in LINES if "•" in line]
    others = [line for line in bullets if not ITEM.match(line)]
    assert len(ITEMS) == 91
    assert len(others) == 6
    assert all(MUST_READ.match(line) for line in others)


def test_blocks_stand_in_order_with_their_counts() -> None:
    counts: dict[str, int] = {}
    narrated = set()
    block = ""
    for line in LINES:
        if line in BLOCKS:
            block = line
            counts[block] = 0
        elif ITEM.match(line):
            counts[block] += 1
        elif block and counts[block] == 0 and line:
            narrated.add(block)
    assert list(counts.items()) == list(BLOCKS.items())
    assert narrated == NARRATED


def test_text_and_coding_are_parallel() -> None:
    assert [coded["n"] for coded in CODING] == list(range(1, 92))
    outlets = registry()
    for item, coded in zip(ITEMS, CODING, strict=True):
        assert outlets[fold(item["outlet"])] == coded["outlet"]
        printed = date(2020, MONTHS[item["month"]], int(item["day"]))
        assert date.fromisoformat(coded["published_on"]) == printed <= PUBLISHED_ON
        assert coded["language"] == ("es" if item["spanish"] else "en")
        assert coded["state_media_marked"] == item["summary"].startswith("State media ")


def test_totals_of_marks_languages_and_outlets() -> None:
    assert sum(coded["state_media_marked"] for coded in CODING) == 23
    assert sum(coded["language"] == "es" for coded in CODING) == 17
    assert len({coded["outlet"] for coded in CODING}) == 60


@numbered
def test_values_come_from_the_vocabulary(coded: dict[str, Any]) -> None:
    assert list(coded) == FIELDS
    assert set(coded["actors"]) <= ACTORS
    assert coded["countries"]
    assert all(re.fullmatch(r"[A-Z]{2}", code) for code in coded["countries"])
    assert coded["category"] in CATEGORIES
    assert set(coded["categories_also"]) <= CATEGORIES - {coded["category"]}
    assert set(coded["topics"]) <= TOPICS
    assert coded["status"] in STATUSES
    for field in ("actors", "countries", "categories_also", "topics"):
        assert len(set(coded[field])) == len(coded[field])


@numbered
def test_dates_agree_with_their_precision(coded: dict[str, Any]) -> None:
    start, end, precision = (coded[f"occurred_{part}"] for part in ("on", "until", "precision"))
    assert precision in {None, "day", "range", "month"}
    assert (start is None) == (precision is None)
    assert (end is not None) == (precision == "range")
    if start:
        assert start.startswith("2020-")
    if precision == "range":
        assert date.fromisoformat(start) < date.fromisoformat(end)
    if precision == "month":
        assert date.fromisoformat(start).day == 1


@numbered
def test_coordinates_agree_with_their_precision(coded: dict[str, Any]) -> None:
    assert coded["radius_km"] > 0
    if coded["precision"] in {"exact", "city"}:
        assert coded["place"]
        assert -90 <= coded["lat"] <= 90
        assert -180 <= coded["lon"] <= 180
    else:
        assert coded["precision"] in {"admin1", "country"}
        assert coded["lat"] is coded["lon"] is None
        assert bool(coded["place"]) == (coded["precision"] == "admin1")
