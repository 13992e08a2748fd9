"""Takedowns and claims as NDJSON, CSV and ClaimReview."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from app.forensics.records.claim_review import review_of_claim
from app.forensics.records.queries import ClaimFormat, TakedownFormat

NDJSON, CSV, JSON_LD = "application/x-ndjson", "text/csv; charset=utf-8", "application/ld+json"
TAKEDOWN_TYPES = {
    TakedownFormat.JSON: "application/json",
    TakedownFormat.NDJSON: NDJSON,
    TakedownFormat.CSV: CSV,
}
CLAIM_TYPES = {
    ClaimFormat.JSON: "application/json",
    ClaimFormat.NDJSON: NDJSON,
    ClaimFormat.CSV: CSV,
    ClaimFormat.CLAIM_REVIEW: JSON_LD,
}
_SHARED = ("attributed_states", "attributed_by.name", "platform", "hashtags", "targets", "status",
           "confidence.level", "note", "synthetic", "sources")  # fmt: skip
TAKEDOWN_COLUMNS = ("id", "title", "taken_down_on", "account_count", "count_is_minimum",
                    "network_count", "action", "claims", "accounts", "domains",
                    *_SHARED)  # fmt: skip
CLAIM_COLUMNS = ("id", "title", "kind", "claim", "claimant.name", "made_on", "verdict",
                 "verdict_by.name", "verdict_on", "rating.label", "review_url", "appearances",
                 *_SHARED)  # fmt: skip
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def ndjson(items: Sequence[Mapping[str, Any]]) -> bytes:
    """One record a line."""
    return b"".join(orjson.dumps(item) + b"\n" for item in items)


def table(items: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """One record a row, under headers that the import reads; lists between semicolons, sources as
    JSON."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(columns)
    for item in items:
        rows.writerow([_cell(_at(item, column)) for column in columns])
    return text.getvalue().encode()


def reviews(items: Sequence[Mapping[str, Any]]) -> bytes:
    """A schema.org graph with a ClaimReview for each claim that somebody gave a verdict on."""
    graph = [review_of_claim(item) for item in items if item["verdict"] is not None]
    return orjson.dumps({"@context": "https://schema.org", "@graph": graph})


def _at(item: Mapping[str, Any], path: str) -> Any:
    value: Any = item
    for step in path.split("."):
        value = value.get(step) if value else None
    return value


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        nested = any(isinstance(part, dict) for part in value)
        value = orjson.dumps(value).decode() if nested else ";".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
