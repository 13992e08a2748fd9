"""Reads files of takedowns, claims and entries: JSON, JSON lines, ClaimReview, or CSV with dotted headers."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.forensics.records.claim_review import claim_of_review, reviews_in
from app.ingest import records
from app.ingest.records import Fields, Record, nest
from app.ingest.rejects import Reject

# What is a list however it is written; in CSV its members stand between semicolons.
LISTS = frozenset(
    {"attributed_states", "hashtags", "targets", "claims", "appearances", "accounts", "domains"}
)
JSON = frozenset({"sources", "citations"})


def read_records(text: str, column: str = "title") -> Iterator[Record | Reject]:
    """Every record of a file, or why it is none; the claims of the reviews that a document holds.

    A CSV must have the column.
    """
    return records.read_records(text, unfold=_unfold, needs=(column,), of_row=_of_row)


def _unfold(value: Fields) -> list[Fields]:
    return [claim_of_review(review) for review in reviews_in(value)] or [value]


def _of_row(row: Mapping[str, str]) -> Fields:
    return nest({name: _value(name, cell) for name, cell in row.items()})


def _value(name: str, cell: str) -> Any:
    last = name.rpartition(".")[2]
    if last in LISTS:
        return [part.strip() for part in cell.split(";") if part.strip()]
    try:
        return json.loads(cell) if last in JSON else cell
    except (ValueError, RecursionError):
        raise ValueError(f"{name[:60]}: no JSON that can be read") from None
