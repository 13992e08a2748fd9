"""Reads files of records: a JSON list, one JSON object, JSON lines, or CSV."""

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.ingest.rejects import Reject

MAX_DEPTH = 16
MAX_COLUMNS = 100
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_UNREADABLE = "no JSON that can be read: nested too deep, or a number too long"

Fields = dict[str, Any]
Unfold = Callable[[Fields], Iterable[object]]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in the file: the line it ends on, and its fields."""

    line: int
    fields: Fields


def read_records(
    text: str,
    *,
    unfold: Unfold = lambda value: (value,),
    needs: Collection[str] = (),
    of_row: Callable[[Mapping[str, str]], Fields] = dict,
) -> Iterator[Record | Reject]:
    """Every record of a file, or why it is none; its start tells which of the forms it has.

    In a JSON list, or a document that holds several, the number of the record stands for its line.

    Args:
        unfold: the records that a JSON object holds; by default it is one itself.
        needs: columns of which a CSV must have one.
        of_row: the fields of a row of CSV, given its cells that are not empty by column; a
            ValueError says why they make no record.
    """
    start = text.lstrip()[:1]
    if start == "[" or (start == "{" and not _is_lines(text)):
        yield from _read_json(text, unfold)
    elif start == "{":
        yield from _read_lines(text, unfold)
    elif start:
        yield from _read_csv(text, needs, of_row)


def nest(cells: Mapping[str, Any]) -> Fields:
    """Fields whose names have dots as objects within objects.

    A text beside fields within it is its name: `from` beside `from.country`.

    Raises:
        ValueError: a name holds both a value and fields.
    """
    fields: Fields = {}
    for name, value in cells.items():
        *path, last = name.split(".")
        held = fields
        for step in path:
            inner = held.setdefault(step, {})
            if isinstance(inner, str):
                inner = held[step] = {"name": inner}
            if not isinstance(inner, dict):
                raise ValueError(f"the columns contradict each other at {name[:60]}")
            held = inner
        if not isinstance(held.get(last), dict):
            held[last] = value
        elif isinstance(value, str):
            held[last].setdefault("name", value)
        else:
            raise ValueError(f"the columns contradict each other at {name[:60]}")
    return fields


def _is_lines(text: str) -> bool:
    """Whether each line is a record of its own, broken lines too, and not the whole text one."""
    if sum(line.startswith("{") for line in text.splitlines()) < 2:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return True
    return False


def _read_json(text: str, unfold: Unfold) -> Iterator[Record | Reject]:
    value = _parse(1, text)
    if isinstance(value, Reject):
        yield value
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from _unfolded(number, one, unfold)
    else:
        for number, found in enumerate(_unfolded(1, value, unfold), start=1):
            yield replace(found, line=number)


def _read_lines(text: str, unfold: Unfold) -> Iterator[Record | Reject]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            value = _parse(number, line)
            if isinstance(value, Reject):
                yield value
            else:
                yield from _unfolded(number, value, unfold)


def _parse(line: int, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return Reject(line + error.lineno - 1, f"no JSON: {error.msg}")
    except (ValueError, RecursionError):
        return Reject(line, _UNREADABLE)


def _unfolded(line: int, value: object, unfold: Unfold) -> Iterator[Record | Reject]:
    if not isinstance(value, dict):
        yield Reject(line, "not an object")
    elif _depth(value) > MAX_DEPTH:
        yield Reject(line, "nested too deep")
    elif not _is_storable(value):
        yield Reject(line, "holds a NUL character or half of a surrogate pair, which are no text")
    else:
        for fields in unfold(value):
            yield (
                Record(line, fields) if isinstance(fields, dict) else Reject(line, "not an object")
            )


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


def _is_storable(value: object) -> bool:
    """Whether its texts are such as a database can hold: escapes of JSON can write others."""
    if isinstance(value, dict):
        return all(map(_is_storable, value)) and all(map(_is_storable, value.values()))
    if isinstance(value, list):
        return all(map(_is_storable, value))
    return not (isinstance(value, str) and _UNSTORABLE.search(value))


def _read_csv(
    text: str, needs: Collection[str], of_row: Callable[[Mapping[str, str]], Fields]
) -> Iterator[Record | Reject]:
    header: list[str] | None = None
    for line, row in _rows(text):
        if isinstance(row, Reject):
            yield row
        elif header is None:
            header = [cell.strip() for cell in row]
            if len(header) > MAX_COLUMNS or (needs and not {*needs} & {*header}):
                names = " or ".join(needs) or "them"
                yield Reject(line, f"the first line must name the columns, {names} among them")
                return
        elif any(cell.strip() for cell in row[len(header) :]):
            yield Reject(line, f"{len(row)} cells under {len(header)} columns")
        else:
            filled = ((name, cell.strip()) for name, cell in zip(header, row, strict=False))
            try:
                yield Record(line, of_row({name: cell for name, cell in filled if name and cell}))
            except ValueError as error:
                yield Reject(line, str(error))


def _rows(text: str) -> Iterator[tuple[int, list[str] | Reject]]:
    """The rows that hold anything, each with the line it ends on."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=first.count))
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield rows.line_num, Reject(rows.line_num, f"no CSV: {error}")
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield rows.line_num, row
