"""Texts from a user's table: an id and a text, and what else is known of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.forensics.sources.post_times import parse_instant
from app.forensics.sources.tables import Batch, read_batches
from app.ingest.rejects import Reject

MAX_TEXT_CHARACTERS = 2_000_000


@dataclass(slots=True)
class TextColumns:
    """Columns of equal length, one row a text; `extra` holds what was given besides."""

    id: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    at_us: list[int] = field(default_factory=list)
    extra: dict[str, list[Any]] = field(default_factory=dict)


def read_texts(
    path: Path,
    columns: Mapping[str, str],
    optional: Mapping[str, str],
    reject: Callable[[Reject], None],
) -> TextColumns:
    """The texts of a file; `columns` names those of id and text, and of time where it is needed.

    An id that stands twice with one text is taken once; with another text it is rejected.

    Raises:
        TableError: the file is no table or lacks a column.
    """
    read = TextColumns(extra={name: [] for name in optional})
    seen: dict[str, str] = {}
    for batch in read_batches(path, columns, optional):
        for rejected in batch.rejects:
            reject(rejected)
        _append(read, batch, seen, reject)
    return read


def _append(
    read: TextColumns, batch: Batch, seen: dict[str, str], reject: Callable[[Reject], None]
) -> None:
    for i, line in enumerate(batch.lines):
        try:
            one, text = _id(batch.values["id"][i]), _text(batch.values["text"][i])
            at_us = parse_instant(batch.values["time"][i]) if "time" in batch.values else 0
            if one in seen and seen[one] != text:
                raise ValueError(f"id {one[:40]!a} stands before with another text")
        except ValueError as error:
            reject(Reject(line, str(error)))
            continue
        if one in seen:
            continue
        seen[one] = text
        read.id.append(one)
        read.text.append(text)
        read.at_us.append(at_us)
        for name, values in read.extra.items():
            values.append(batch.values[name][i] if name in batch.values else None)


def _id(value: object) -> str:
    if value is None or value == "":
        raise ValueError("no id")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("id: text or a whole number is needed")
    return _utf8(str(value), "id")


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("text: no text")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise ValueError(f"text: longer than {MAX_TEXT_CHARACTERS:,} characters")
    return _utf8(value, "text")


def _utf8(value: str, name: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: no UTF-8") from None
    return value
