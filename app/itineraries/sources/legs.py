"""Reads files of reported legs: a JSON list, JSON lines, or CSV whose headers name nested fields by dots."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.itineraries.sources.batch import Rejected

MAX_DEPTH = 12
MAX_COLUMNS = 100
# What is a list however it is written; in CSV its members stand between semicolons.
LISTS = frozenset({"via", "escort", "cargo", "mover.members", "sources.cites"})
NUMBERS = frozenset({"leg", "count"})
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})


@dataclass(frozen=True, slots=True)
class ReadLeg:
    """One record as it stands in the file: the line it begins on, and its fields."""

    line: int
    fields: dict[str, Any]


def read_legs(text: str) -> Iterator[ReadLeg | Rejected]:
    """Every record of a file, or why it is none; which of the three forms it has is seen by its start.

    A JSON file is a list or an object with a list under `legs`.
    """
    start = text.lstrip()[:1]
    if not start:
        return
    if start == "[":
        yield from _read_json(text)
    elif start == "{":
        yield from _read_json_or_lines(text)
    else:
        yield from _read_csv(text)


def _read_json_or_lines(text: str) -> Iterator[ReadLeg | Rejected]:
    """One object is one record, or holds them; else each line is one, broken lines too."""
    if sum(line.startswith("{") for line in text.splitlines()) > 1 and not _is_json(text):
        yield from _read_lines(text)
    else:
        yield from _read_json(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_json(text: str) -> Iterator[ReadLeg | Rejected]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        yield Rejected(error.lineno, f"no JSON: {error.msg}")
        return
    except (ValueError, RecursionError):
        yield Rejected(1, "no JSON that can be read: nested too deep, or a number too long")
        return
    records = value.get("legs", [value]) if isinstance(value, dict) else value
    if not isinstance(records, list):
        yield Rejected(1, "legs is not a list")
        return
    for number, record in enumerate(records, start=1):
        yield _checked(number, record)


def _read_lines(text: str) -> Iterator[ReadLeg | Rejected]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _checked(number, json.loads(line))
        except json.JSONDecodeError as error:
            yield Rejected(number, f"no JSON: {error.msg}")
        except (ValueError, RecursionError):
            yield Rejected(number, "no JSON that can be read")


def _checked(line: int, record: object) -> ReadLeg | Rejected:
    if not isinstance(record, dict):
        return Rejected(line, "not an object")
    if _depth(record) > MAX_DEPTH:
        return Rejected(line, "nested too deep")
    return ReadLeg(line, record)


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


def _read_csv(text: str) -> Iterator[ReadLeg | Rejected]:
    first = text.lstrip("\n\r").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header: list[str] | None = None
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Rejected(rows.line_num, f"no CSV: {error}")
            continue
        if row is None:
            return
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = [cell.strip() for cell in row]
            if len(header) > MAX_COLUMNS or not {"mover.name", "mover"} & set(header):
                yield Rejected(1, "the first line must name the columns, mover.name among them")
                return
        elif len(row) > len(header):
            yield Rejected(rows.line_num, f"{len(row)} cells under {len(header)} columns")
        else:
            yield _of_row(rows.line_num, header, row)


def _of_row(line: int, header: list[str], row: list[str]) -> ReadLeg | Rejected:
    fields: dict[str, Any] = {}
    for name, raw in zip(header, row, strict=False):
        cell = raw.strip()
        if not cell or not name:
            continue
        value: Any = cell
        if name in LISTS:
            value = [part.strip() for part in cell.split(";") if part.strip()]
        elif name in NUMBERS and cell.isdecimal():
            value = int(cell[:18])
        elif name in ("synthetic", "count_is_minimum"):
            folded = cell.lower()
            value = folded in TRUE if folded in TRUE | FALSE else cell
        elif name.endswith((".lat", ".lon", ".quantity")):
            value = _number(cell)
        if not _put(fields, name.split("."), value):
            return Rejected(line, f"the columns contradict each other at {name[:60]}")
    return ReadLeg(line, fields)


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def _put(fields: dict[str, Any], path: list[str], value: Any) -> bool:
    """Set a nested field; false where a plain value stands in the way."""
    for name in path[:-1]:
        held = fields.setdefault(name, {})
        if isinstance(held, str):
            # `from` beside `from.country` is the place's name.
            held = fields[name] = {"name": held}
        if not isinstance(held, dict):
            return False
        fields = held
    if isinstance(fields.get(path[-1]), dict):
        if not isinstance(value, str):
            return False
        fields[path[-1]].setdefault("name", value)
        return True
    fields[path[-1]] = value
    return True
