"""Reads files of reported legs: a JSON list, JSON lines, or CSV whose headers name nested fields by dots."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.ingest.records import Fields, Record, nest, read_records
from app.ingest.rejects import Reject

# What is a list however it is written; in CSV its members stand between semicolons.
LISTS = frozenset({"via", "escort", "cargo", "mover.members", "sources.cites"})
NUMBERS = frozenset({"leg", "count"})
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})


def read_legs(text: str) -> Iterator[Record | Reject]:
    """Every leg of a file, or why it is none. A JSON object may hold a list of legs under `legs`."""
    return read_records(text, unfold=_legs_in, needs=("mover.name", "mover"), of_row=_of_row)


def _legs_in(value: Fields) -> list[Fields]:
    legs = value.get("legs")
    return legs if isinstance(legs, list) else [value]


def _of_row(row: Mapping[str, str]) -> Fields:
    return nest({name: _value(name, cell) for name, cell in row.items()})


def _value(name: str, cell: str) -> Any:
    if name in LISTS:
        return [part.strip() for part in cell.split(";") if part.strip()]
    if name in NUMBERS and cell.isdecimal():
        return int(cell[:18])
    if name in ("synthetic", "count_is_minimum"):
        folded = cell.lower()
        return folded in TRUE if folded in TRUE | FALSE else cell
    return _number(cell) if name.endswith((".lat", ".lon", ".quantity")) else cell


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
