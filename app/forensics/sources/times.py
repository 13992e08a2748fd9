"""Instants as users write them: seconds since 1970, or RFC 3339."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

MICROSECONDS = 1_000_000
_EARLIEST_S, _LATEST_S = -62_135_596_800, 253_402_300_799  # the years 1 to 9999


def parse_times(values: Sequence[object] | NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Microseconds since 1970 of values that are all written one way, else None."""
    try:
        seconds = np.array(values, np.float64)
    except (TypeError, ValueError, OverflowError):
        return _parse_rfc3339(values)
    if not ((seconds >= _EARLIEST_S) & (seconds <= _LATEST_S)).all():
        return None
    return np.rint(seconds * MICROSECONDS).astype(np.int64)


def parse_texts(column: pa.Array) -> NDArray[np.int64] | None:
    """The same of a column of texts."""
    try:
        seconds = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return _parse_rfc3339(column)
    return parse_times(seconds)


def parse_time(value: object) -> int:
    """Microseconds since 1970; a time without a zone is UTC.

    Raises:
        ValueError: it is neither seconds since 1970 nor RFC 3339; the message says what is wrong.
    """
    if value is None or value == "":
        raise ValueError("no time")
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("a time is seconds since 1970 or RFC 3339")
    try:
        seconds = float(value)
    except OverflowError:
        seconds = float("inf")
    except ValueError:
        return _parse_text(str(value))
    if not _EARLIEST_S <= seconds <= _LATEST_S:
        raise ValueError(f"time {_short(value)}: seconds since 1970 reach the years 1 to 9999")
    return round(seconds * MICROSECONDS)


def _parse_text(text: str) -> int:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"time {_short(text)}: neither seconds since 1970 nor RFC 3339") from None
    if len(text.strip()) <= len("2020-01-01"):
        raise ValueError(f"time {_short(text)}: a day without a time")
    since = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)) - datetime(
        1970, 1, 1, tzinfo=UTC
    )
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds


def _parse_rfc3339(values: Sequence[object] | pa.Array) -> NDArray[np.int64] | None:
    try:
        texts = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
        instants = pc.cast(texts, pa.timestamp("us", tz="UTC"))
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        return None
    if instants.null_count or pc.min(pc.utf8_length(texts)).as_py() <= len("2020-01-01"):
        return None
    micros: NDArray[np.int64] = instants.cast(pa.int64()).to_numpy()
    return micros


def _short(value: object) -> str:
    return ascii(str(value)[:40])
