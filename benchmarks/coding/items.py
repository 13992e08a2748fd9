"""Labelled items: the hand-labelled set, the demo with its hand coding, the training items."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import app.reports
from app.reports.coding import ItemText
from app.reports.sources.edition import read_edition
from app.reports.sources.edition_blocks import find_block

_HERE = Path(__file__).parent
_DEMO = Path(app.reports.__file__).parent / "demo"
_DEMO_PUBLISHED = date(2020, 11, 18)
_MARKS = {"Spanish": "es", "Portuguese": "pt", "French": "fr", "English": "en"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item as printed and the fields it should be coded to."""

    id: str
    split: str
    language: str
    text: ItemText
    expected: dict[str, Any]

    @property
    def actors(self) -> tuple[str, ...]:
        """Expected actors, main first."""
        return tuple(self.expected["actors"])

    @property
    def countries(self) -> tuple[str, ...]:
        """Expected countries, main first."""
        return tuple(self.expected["countries"])

    @property
    def category(self) -> str:
        """The expected main category."""
        return str(self.expected["category"])


def read_labelled() -> list[Labelled]:
    """The labelled set, dev and test."""
    return [_labelled(row) for row in _rows(_HERE / "labelled.jsonl")]


def read_training() -> list[Labelled]:
    """Items written to fit the weights; never measured on."""
    return [_labelled(row) for row in _rows(_HERE / "training.jsonl")]


def read_demo() -> list[Labelled]:
    """The demo edition, read by the edition reader, with its hand coding."""
    edition = read_edition((_DEMO / "edition.txt").read_text("utf-8"), _DEMO_PUBLISHED)
    rows = list(_rows(_DEMO / "coding.jsonl"))
    return [
        Labelled(
            id=f"demo-{item.position}",
            split="demo",
            language="en",
            text=ItemText(
                item.summary,
                item.outlet,
                item.published_on,
                item.block,
                item.subheading,
                item.content_language,
                item.state_media_marked,
            ),
            expected=row,
        )
        for item, row in zip(edition.items, rows, strict=True)
    ]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _labelled(row: dict[str, Any]) -> Labelled:
    expected = row["expected"]
    published = expected.get("published_on")
    return Labelled(
        id=row["id"],
        split=row.get("split", "training"),
        language=row["text_language"],
        text=ItemText(
            summary=row["summary"],
            outlet=row.get("outlet", ""),
            published_on=date.fromisoformat(published) if published else date(2021, 1, 1),
            block=find_block(row["block"] or ""),
            content_language=_MARKS.get(row.get("content_in") or ""),
            state_media_marked=bool(row.get("state_media_marked")),
        ),
        expected=expected,
    )
