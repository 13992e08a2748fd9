"""Reads files of records: a JSON list, JSON lines, ClaimReview documents, or CSV with dotted headers."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.forensics.records.claim_review import claim_of_review, reviews_in
from app.ingest.rejects import Reject

MAX_DEPTH = 16
MAX_COLUMNS = 100
# What is a list however it is written; in CSV its members stand between semicolons.
LISTS = frozenset(
    {"attributed_states", "hashtags", "targets", "claims", "appearances", "accounts", "domains"}
)
_UNREADABLE = "nested too deep, or a number too long"


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One record as it stands in the file: the line it begins on, and its fields."""

    line: int
    fields: dict[str, Any]


def read_records(text: str, column: str = "title") -> Iterator[ReadRecord | Reject]:
    """Every record of a file, or why it is none; its start tells which of the forms it has.

    In a JSON list the number of the record stands for its line. A CSV must have the column.
    """
    start = text.lstrip()[:1]
    if start == "[":
        yield from _read_json(text)
    elif start == "{":
        lines = text.splitlines()
        many = sum(line.startswith("{") for line in lines) > 1
        yield from _read_lines(lines) if many else _read_json(text)
    elif start:
        yield from _read_csv(text, column)


def _read_json(text: str) -> Iterator[ReadRecord | Reject]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        yield Reject(error.lineno, f"no JSON: {error.msg}")
        return
    except (ValueError, RecursionError):
        yield Reject(1, f"no JSON that can be read: {_UNREADABLE}")
        return
    for number, record in enumerate(value if isinstance(value, list) else [value], start=1):
        yield from _records_in(number, record)


def _read_lines(lines: list[str]) -> Iterator[ReadRecord | Reject]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            yield Reject(number, f"no JSON: {error.msg}")
        except (ValueError, RecursionError):
            yield Reject(number, f"no JSON that can be read: {_UNREADABLE}")
        else:
            yield from _records_in(number, value)


def _records_in(line: int, value: object) -> Iterator[ReadRecord | Reject]:
    """The record itself, or the claims of the reviews that a schema.org document holds."""
    if not isinstance(value, dict):
        yield Reject(line, "not an object")
    elif _depth(value) > MAX_DEPTH:
        yield Reject(line, "nested too deep")
    elif reviews := list(reviews_in(value)):
        for review in reviews:
            yield ReadRecord(line, claim_of_review(review))
    else:
        yield ReadRecord(line, value)


def _depth(value: object) -> int:
    """How deep a value is nested, counted no further than is asked for."""
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            part
            for item in level
            if isinstance(item, dict | list)
            for part in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def _read_csv(text: str, column: str) -> Iterator[ReadRecord | Reject]:
    first = text.lstrip("\n\r").split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    header: list[str] | None = None
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Reject(rows.line_num, f"no CSV: {error}")
            continue
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = [cell.strip() for cell in row]
            if len(header) > MAX_COLUMNS or column not in header:
                yield Reject(1, f"the first line must name the columns, {column} among them")
                return
        elif len(row) > len(header):
            yield Reject(rows.line_num, f"{len(row)} cells under {len(header)} columns")
        else:
            yield _of_row(rows.line_num, dict(zip(header, row, strict=False)))


def _of_row(line: int, cells: Mapping[str, str]) -> ReadRecord | Reject:
    fields: dict[str, Any] = {}
    for name, raw in cells.items():
        cell = raw.strip()
        if not cell or not name:
            continue
        *path, last = name.split(".")
        held = fields
        for step in path:
            held = held.setdefault(step, {})
            if not isinstance(held, dict):
                return Reject(line, f"the columns contradict each other at {name[:60]}")
        if isinstance(held.get(last), dict):
            return Reject(line, f"the columns contradict each other at {name[:60]}")
        try:
            held[last] = _value(last, cell)
        except (ValueError, RecursionError):
            return Reject(line, f"{name[:60]}: no JSON that can be read")
    return ReadRecord(line, fields)


def _value(name: str, cell: str) -> Any:
    if name in LISTS:
        return [part.strip() for part in cell.split(";") if part.strip()]
    return json.loads(cell) if name in ("sources", "citations") else cell
