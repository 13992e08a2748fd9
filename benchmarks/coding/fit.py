"""Fits `app/reports/coding/data/weights.csv`: `python -m benchmarks.coding.fit`."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.reports import coding
from app.reports.coding.gazetteer import HEZBOLLAH, Gazetteer
from app.reports.coding.instrument import (
    CATEGORIES,
    InstrumentReader,
    also_signs,
    category_signs,
    topic_signs,
)
from app.reports.coding.language import guess_language
from app.reports.coding.lexicon import read_rows
from app.reports.coding.mentions import MentionFinder
from app.reports.coding.people import MAY_ACT, PartyReader
from app.reports.coding.signs import actor_signs, country_signs
from app.reports.coding.standing import STATUSES, StandingReader
from app.reports.coding.text import read_text
from app.reports.sources.edition_blocks import find_block
from benchmarks.coding.items import Labelled, read_demo, read_labelled, read_training

Signs = dict[str, float]
Example = tuple[Signs, bool]
RIDGE = 2.0
LIGHT_RIDGE = 0.5  # topics and standings hang on few signs; chosen by cross-validation
RAREST = 3  # a sign seen in fewer examples is left out
_WEIGHTS = Path(coding.__file__).parent / "data" / "weights.csv"
_HEADER = (
    "# Weights of signs, fitted by benchmarks/coding/fit.py on items written for it; log-odds.\n"
    "# A sign is named in signs.py and instrument.py; a person may change, add or remove rows.\n"
)


def main() -> None:
    """Fits every decision on the training items, the demo and the dev split, and writes them."""
    items = read_fitted()
    rows = list(fit_all(items))
    with _WEIGHTS.open("w", encoding="utf-8", newline="") as file:
        file.write(_HEADER)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("decision", "sign", "weight"))
        writer.writerows(rows)
    print(f"{len(rows)} weights from {len(items)} items")


def read_fitted() -> list[Labelled]:
    """All items that weights are fitted on."""
    return read_training() + read_demo() + [i for i in read_labelled() if i.split == "dev"]


def fit_all(items: Iterable[Labelled]) -> Iterable[tuple[str, str, float]]:
    """Rows of the weight table."""
    examples = _collect(items)
    for decision, found in examples.items():
        ridge = LIGHT_RIDGE if decision.startswith(("topic", "status")) else RIDGE
        for sign, weight in sorted(_fit(found, ridge).items(), key=lambda pair: -abs(pair[1])):
            if abs(weight) >= 0.02:
                yield decision, sign, round(weight, 3)


def _collect(items: Iterable[Labelled]) -> dict[str, list[Example]]:
    gazetteer = Gazetteer()
    finder, parties, instrument = (
        MentionFinder(gazetteer), PartyReader(gazetteer), InstrumentReader(),
    )  # fmt: skip
    standing = StandingReader(gazetteer)
    topics = [row["id"] for row in read_rows("topics.csv", "app.events")]
    blocks = {row["block"]: row["state"] for row in read_rows("blocks.csv")}
    examples: dict[str, list[Example]] = {}

    def add(decision: str, signs: Signs, label: bool) -> None:
        examples.setdefault(decision, []).append((signs, label))

    for item in items:
        text = read_text(item.text.summary)
        language = guess_language(text)
        mentions = finder.find(text, language)
        block = blocks.get(find_block(item.text.block or "") or "")
        scene = parties.scene(text, mentions, block)
        actors, countries = item.actors, item.countries
        for state, state_class in scene.classes.items():
            if state_class in MAY_ACT:
                signs = dict.fromkeys(actor_signs(scene, state), 1.0)
                add("actor", signs, state in actors)
                if state in actors and len(actors) > 1:
                    add("main actor", signs, state == actors[0])
            if state != HEZBOLLAH:
                signs = dict.fromkeys(country_signs(scene, state, actors), 1.0)
                add("country", signs, state in countries)
                if state in countries and len(countries) > 1:
                    add("main country", signs, state == countries[0])
        signals = instrument.signals(text)
        graded = category_signs(*signals, actors)
        for category in CATEGORIES:
            add(f"category {category}", graded, item.category == category)
            if category != item.category:
                beside = graded | also_signs(graded, item.category)
                add(f"also {category}", beside, category in item.expected["categories_also"])
        graded = topic_signs(*signals)
        for topic in topics:
            add(f"topic {topic}", graded, topic in item.expected["topics"])
        graded, _ = standing.signs(
            text, language, mentions, state_media=item.text.state_media_marked
        )
        for status in STATUSES:
            add(f"status {status}", graded, status == item.expected["status"])
    return examples


def _fit(examples: list[Example], ridge: float = RIDGE) -> dict[str, float]:
    """Ridge logistic regression by Newton's method."""
    seen = Counter(sign for signs, _ in examples for sign in signs)
    names = sorted(name for name, count in seen.items() if count >= RAREST)
    index = {name: column for column, name in enumerate(names)}
    matrix: NDArray[np.float64] = np.zeros((len(examples), len(names) + 1))
    matrix[:, -1] = 1.0
    for row, (signs, _) in enumerate(examples):
        for sign, value in signs.items():
            if sign in index:
                matrix[row, index[sign]] = value
    labels = np.array([label for _, label in examples], dtype=float)
    weights = np.zeros(matrix.shape[1])
    for _ in range(25):
        odds = 1.0 / (1.0 + np.exp(-matrix @ weights))
        gradient = matrix.T @ (odds - labels) + ridge * weights
        curvature = (matrix.T * np.maximum(odds * (1 - odds), 1e-4)) @ matrix
        step = np.linalg.solve(curvature + ridge * np.eye(len(weights)), gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-3:
            break
    return {**{n: float(weights[c]) for n, c in index.items()}, "[bias]": float(weights[-1])}


if __name__ == "__main__":
    main()
