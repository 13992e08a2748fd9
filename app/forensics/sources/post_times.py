"""Instants of posts, in the styles that platforms, feeds and archives write them."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from app.forensics.sources.times import MICROSECONDS, parse_time

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_SECONDS = 100_000_000_000
"""A number beyond it (the year 5138) counts milliseconds, a thousand times it microseconds."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
# All of them tell day and month apart: 03/04/2020 is refused, because nobody can know.
_STYLES = (
    "%a %b %d %H:%M:%S %z %Y",  # Twitter's API v1
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y-%m-%d %I:%M %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M:%S",
    "%d-%b-%Y %I:%M%p",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%d %B %Y %H:%M",
    "%b %d, %Y %H:%M:%S",
    "%b %d, %Y %I:%M %p",
    "%B %d, %Y %I:%M %p",
    "%B %d, %Y %H:%M",
    "%b %d, %Y, %I:%M:%S %p",
    "%b %d, %Y · %I:%M %p UTC",
)
_DAY_STYLES = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")


def parse_post_time(value: object) -> tuple[datetime, bool]:
    """The instant in UTC, and whether only its day was told; a time without a zone is UTC.

    Raises:
        ValueError: it is in no style that can be read in one way only, or a clock was never set.
    """
    instant, is_day = _parsed(value)
    # What programs write for no time at all; PostgreSQL keeps both ends of them as infinity.
    if instant.year in (1, 9999):
        raise ValueError(f"time {str(value)[:40]!a}: the years 1 and 9999 stand for none")
    return instant, is_day


def parse_instant(value: object) -> int:
    """Microseconds since 1970, UTC, in any of these styles.

    Raises:
        ValueError: it cannot be read in one way only, or is a day without a time.
    """
    try:
        return parse_time(value)
    except ValueError:
        instant, is_day = parse_post_time(value)
    if is_day:
        raise ValueError(f"time {str(value)[:40]!a}: a day without a time")
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _parsed(value: object) -> tuple[datetime, bool]:
    if isinstance(value, str):
        text = value.strip()
        return _from_number(float(text)) if _NUMBER.fullmatch(text) else _from_text(text)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    return _instant(parse_time(value)), False


def _from_number(number: float) -> tuple[datetime, bool]:
    while abs(number) >= _LATEST_SECONDS and abs(number) < _LATEST_SECONDS * 10**9:
        number /= 1_000
    return _instant(parse_time(number)), False


def _from_text(text: str) -> tuple[datetime, bool]:
    if _DAY.fullmatch(text):
        return _day(re.sub(r"[/.]", "-", text), "%Y-%m-%d"), True
    try:
        return _instant(parse_time(text)), False
    except ValueError as error:
        refusal = error
    if not text or len(text) > 64:
        raise refusal
    for style in _STYLES:
        try:
            instant = datetime.strptime(text, style)
        except ValueError:
            continue
        return _in_utc(instant), False
    for style in _DAY_STYLES:
        try:
            return _day(text, style), True
        except ValueError:
            continue
    try:
        return _in_utc(parsedate_to_datetime(text)), False
    except (ValueError, TypeError, IndexError, OverflowError):
        raise ValueError(
            f"time {text[:40]!a}: in no style that can be read in one way only"
        ) from None


def _day(text: str, style: str) -> datetime:
    return datetime.strptime(text, style).replace(tzinfo=UTC)


def _in_utc(instant: datetime) -> datetime:
    zoned = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    try:
        return zoned.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time beyond the years 1 to 9999") from None


def _instant(micros: int) -> datetime:
    try:
        return _EPOCH + timedelta(
            seconds=micros // MICROSECONDS, microseconds=micros % MICROSECONDS
        )
    except OverflowError:
        raise ValueError("a time beyond the years 1 to 9999") from None
