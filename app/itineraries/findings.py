"""Findings as records of plain values: kind, method, version, what was found, and by which numbers."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

_DIGITS = 6
"""Of degrees, a tenth of a metre; of kilometres, a millimetre."""


def as_record(
    kind: str, version: str, fields: Mapping[str, Any], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """One finding with the names of the wire.

    Fields whose names end in `_at` are seconds since 1970 and become RFC 3339; numbers are rounded to
    six digits, and a number that is none and an empty text become null.
    """
    record: dict[str, Any] = {"kind": kind, "method": kind, "method_version": version}
    record.update((name, _plain(name, value)) for name, value in fields.items())
    if parameters:
        record["parameters"] = dict(parameters)
    return record


def to_rfc3339(seconds: float) -> str:
    """A moment in UTC, with milliseconds only where there are any."""
    moment = datetime.fromtimestamp(round(seconds, 3), UTC)
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=precision).removesuffix("+00:00") + "Z"


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float | int) and not isinstance(value, bool) and name.endswith("_at"):
        return to_rfc3339(value)
    if isinstance(value, float):
        return round(value, _DIGITS) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(inner): _plain(str(inner), held) for inner, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(name, held) for held in value]
    return None if value == "" else value
