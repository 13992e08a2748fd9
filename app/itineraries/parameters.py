"""Types of query parameters of routes: instants, craft, zones."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from app.events.parameters import split_values

_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class InstantRange:
    """Instants from `start` to `end`, both included, in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, text: str | None) -> "InstantRange":
        """RFC 3339 instant, date (the whole day), or an interval of two with `..` for an open end.

        Raises:
            ValueError: not such a text, an impossible date, or an interval that runs backwards.
        """
        if text is None:
            return cls(_FIRST, _LAST)
        parts = text.split("/")
        if len(parts) > 2 or (len(parts) == 2 and set(parts) <= {"..", ""}):
            raise ValueError("give a date, an instant, or an interval a/b, a/.. or ../b")
        start = _FIRST if len(parts) == 2 and parts[0] in ("..", "") else _bounds(parts[0])[0]
        end = _LAST if len(parts) == 2 and parts[1] in ("..", "") else _bounds(parts[-1])[1]
        if end < start:
            raise ValueError("the interval ends before it begins")
        return cls(start, end)


def _bounds(text: str) -> tuple[datetime, datetime]:
    # An unencoded + of an offset comes as a space.
    text = re.sub(r"(:\d{2}(?:\.\d+)?) (\d{2}:\d{2})$", r"\1+\2", text)
    try:
        if _DATE.fullmatch(text):
            day = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return day, day + (timedelta(days=1) - _TICK)
        if _INSTANT.fullmatch(text):
            instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
            return instant, instant
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such date: {text}") from None
    raise ValueError("give dates as YYYY-MM-DD and instants as YYYY-MM-DDThh:mm:ssZ")


def _readable(text: str) -> str:
    InstantRange.parse(text)
    return text


WindowText = Annotated[str, Field(max_length=80), AfterValidator(_readable)]
CraftKeys = split_values(
    r"[^\x00-\x1f,]{1,100}",
    "a craft's id or key such as mmsi:422123456",
    document={"maxLength": 100},
)
ZoneIds = split_values("[A-Za-z0-9-]{1,100}", "a zone's id such as la-borracha")
Values = split_values(r"[^\x00-\x1f,]{1,100}", "a value", document={"maxLength": 100})
