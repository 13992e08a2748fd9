"""Shares from a user's table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from app.forensics.sources.post_times import parse_instant
from app.forensics.sources.regular_csv import IrregularError, read_regular
from app.forensics.sources.tables import Batch, read_batches
from app.forensics.sources.times import parse_texts, parse_times
from app.ingest.rejects import Reject

MAX_ID_CHARACTERS = 4_096
_ID_TYPES = (pa.string(), pa.int64())
_REQUIRED = ("account", "object", "content")


@dataclass(slots=True)
class ShareColumns:
    """Columns of equal length, one row a share; `extra` holds optional texts (None: not given)."""

    account: list[pa.Array] = field(default_factory=list)
    object: list[pa.Array] = field(default_factory=list)
    content: list[pa.Array] = field(default_factory=list)
    at_us: list[NDArray[np.int64]] = field(default_factory=list)
    extra: dict[str, list[Any]] = field(default_factory=dict)


def read_shares(
    path: Path,
    columns: Mapping[str, str],
    optional: Mapping[str, str],
    reject: Callable[[Reject], None],
) -> ShareColumns:
    """The shares of a file; `columns` names those of account, object, content and time.

    Raises:
        TableError: the file is no table or lacks a column.
    """
    try:
        return _read_regular(path, columns, optional)
    except IrregularError:
        shares = ShareColumns(extra={name: [] for name in optional})
    for batch in read_batches(path, columns, optional):
        for rejected in batch.rejects:
            reject(rejected)
        _append(shares, batch, reject)
    return shares


def _read_regular(
    path: Path, columns: Mapping[str, str], optional: Mapping[str, str]
) -> ShareColumns:
    shares = ShareColumns(extra={name: [] for name in optional})
    for batch in read_regular(path, columns, optional):
        times = parse_texts(batch["time"])
        if times is None or not all(_is_whole(batch[name]) for name in _REQUIRED):
            raise IrregularError
        shares.account.append(batch["account"])
        shares.object.append(batch["object"])
        shares.content.append(batch["content"])
        shares.at_us.append(times)
        for name, values in shares.extra.items():
            values.extend(batch[name].to_pylist() if name in batch else [None] * len(times))
    return shares


def _append(shares: ShareColumns, batch: Batch, reject: Callable[[Reject], None]) -> None:
    times = parse_times(batch.values["time"])
    texts = [_texts(batch.values[name]) for name in _REQUIRED]
    if times is not None and all(text is not None for text in texts):
        keep: Sequence[int] = range(len(batch.lines))
    else:
        keep, times = _checked(batch, reject)
        texts = [_texts([str(batch.values[name][i]) for i in keep]) for name in _REQUIRED]
    shares.account.append(texts[0])
    shares.object.append(texts[1])
    shares.content.append(texts[2])
    shares.at_us.append(times)
    for name, values in shares.extra.items():
        column = batch.values.get(name)
        values.extend(None if column is None else column[i] for i in keep)


def _texts(values: Sequence[Any]) -> pa.Array | None:
    """The column where all of it is plain text of fair length."""
    try:
        column = pa.array(values) if len(values) else pa.array([], pa.string())
        column = pc.cast(column, pa.string()) if column.type in _ID_TYPES else None
    except (pa.ArrowException, UnicodeEncodeError, OverflowError):
        return None
    return column if column is not None and _is_whole(column) else None


def _is_whole(column: pa.Array) -> bool:
    """Whether every row has a text, none of them too long."""
    bounds = pc.min_max(pc.binary_length(column))
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    return not column.null_count and (low is None or (low > 0 and high <= MAX_ID_CHARACTERS))


def _checked(batch: Batch, reject: Callable[[Reject], None]) -> tuple[list[int], NDArray[np.int64]]:
    keep, times = [], []
    for i, line in enumerate(batch.lines):
        try:
            for name in _REQUIRED:
                _check_id(name, batch.values[name][i])
            times.append(parse_instant(batch.values["time"][i]))
        except ValueError as error:
            reject(Reject(line, str(error)))
        else:
            keep.append(i)
    return keep, np.array(times, np.int64)


def _check_id(name: str, value: object) -> None:
    if value is None or value == "":
        raise ValueError(f"no {name}")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError(f"{name}: text or a whole number is needed")
    if isinstance(value, str):
        if len(value) > MAX_ID_CHARACTERS:
            raise ValueError(f"{name}: longer than {MAX_ID_CHARACTERS} characters")
        if not value.isprintable() and any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError(f"{name}: no UTF-8")
