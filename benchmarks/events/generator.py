"""Synthetic events from a seed: the same number and seed give the same events."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from app.events.outlets import bundled_outlets
from app.events.records import EventRecord, SourceRecord
from app.events.vocabulary import CATEGORIES, STATUSES, labels
from benchmarks.events.words import COMMON_WORD, FRAGMENTS, NAMES, PLACES, RARE_WORD, Place

FIRST_DAY = date(2019, 1, 1)
DAYS = 8 * 365
COMMON_SHARE, RARE_SHARE = 0.8, 0.01
# An edition collects about a month, and prints it in no order of dates.
EDITION_DAYS = 30


def generate_events(rows: int, seed: int = 7) -> Iterator[tuple[int, EventRecord]]:
    """Ids from 1 and their events, in the order in which editions would bring them."""
    make = _Maker(random.Random(seed))
    for index in range(rows):
        arrived = index * (DAYS - EDITION_DAYS) // rows
        yield index + 1, make.event(FIRST_DAY + timedelta(days=arrived))


class _Maker:
    """Draws events; shares of actors, languages and precisions are near those of a real edition."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._outlets = [(entry.id, entry.language or "en") for entry in bundled_outlets()]
        self._topics = list(labels("topic"))

    def event(self, from_day: date) -> EventRecord:
        chance = self._chance
        published = from_day + timedelta(days=chance.randrange(EDITION_DAYS))
        place = chance.choice(PLACES)
        language = chance.choices(("en", "es", "pt", "fr"), (45, 35, 12, 8))[0]
        actors = chance.choices(
            (("VE",), ("RU",), ("IR",), ("CN",), ("VE", "IR"), ("RU", "VE"), ("CN", "CU")),
            (25, 20, 15, 22, 8, 7, 3),
        )[0]
        located = chance.random() < 0.7
        precision = chance.choices(("exact", "city", "admin1"), (15, 70, 15))[0]
        category = chance.choices(CATEGORIES, (40, 20, 15, 25))[0]
        return EventRecord(
            summary=self._summary(language, place, published),
            text_language=language,
            published_on=published,
            occurred_on=published - timedelta(days=chance.randrange(4)),
            occurred_precision="day",
            actors=actors,
            countries=(place.country,),
            category=category,
            topics=tuple(chance.sample(self._topics, chance.randrange(3))),
            status=chance.choices(STATUSES, (60, 20, 10, 7, 3))[0],
            place=place.name if located else None,
            lon=round(place.lon + chance.uniform(-0.4, 0.4), 5) if located else None,
            lat=round(place.lat + chance.uniform(-0.4, 0.4), 5) if located else None,
            precision=precision if located else "country",
            radius_km=15.0 if located else None,
            sources=self._sources(published),
            synthetic=True,
            coding={"category": {"by": "rule", "evidence": [category]}},
        )

    def _summary(self, language: str, place: Place, published: date) -> str:
        chance, parts = self._chance, FRAGMENTS[language]
        words = [
            f"{chance.choice(parts.who)} {chance.choice(NAMES)} {chance.choice(parts.did)}",
            f"{chance.choice(parts.what)} {parts.near} {place.name}",
            f"{chance.choice(parts.tail)}, {chance.choice(parts.tail)}",
        ]
        if chance.random() < COMMON_SHARE:
            words.append(parts.programme.format(COMMON_WORD))
        if chance.random() < RARE_SHARE:
            words.append(f"({RARE_WORD} {published:%Y})")
        if chance.random() < 0.5:
            words.append(f"{parts.near} {chance.choice(NAMES)}; {chance.choice(parts.tail)}")
        return " ".join(words) + "."

    def _sources(self, published: date) -> tuple[SourceRecord, ...]:
        chance = self._chance
        sources = []
        for outlet, language in chance.sample(
            self._outlets, chance.choices((1, 2, 3), (85, 12, 3))[0]
        ):
            url = f"https://example.org/{published:%Y/%m/%d}/{chance.randrange(10**8):08d}"
            sources.append(
                SourceRecord(outlet, published, language, chance.random() < 0.2,
                             url if chance.random() < 0.6 else None)
            )  # fmt: skip
        return tuple(sources)
