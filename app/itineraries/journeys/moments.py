"""When something happened, as precisely as a report says: a text becomes a span of instants."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

FIRST_YEAR, LAST_YEAR = 1900, 2100
# Local time of an unnamed zone: the earth's clocks run from UTC-12 to UTC+14.
_AHEAD, _BEHIND = timedelta(hours=14), timedelta(hours=12)
_FORM = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?"
    r"(Z|z|[+-]\d{2}:?\d{2})?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A span of instants in UTC, both ends included, that something falls into.

    `precision` is minute, local (a clock time without a zone), day, month, year or range.
    `clock` is what a clock on the wall showed, where the text gives a time; `offset` its zone in
    minutes east of UTC.
    """

    earliest: datetime
    latest: datetime
    precision: str
    clock: datetime | None = None
    offset: int | None = None

    @property
    def day(self) -> date:
        """The day as it is printed: that of the clock, else the first one."""
        return (self.clock or self.earliest).date()

    def overlaps(self, other: "Moment") -> bool:
        """Whether both can be true."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    @classmethod
    @lru_cache(4096)
    def parse(cls, text: str) -> "Moment":
        """`2020`, `2020-11`, `2020-11-08`, a time of that day with or without a zone, or `a/b`.

        Raises:
            ValueError: another text, an impossible date, or a span that runs backwards.
        """
        first, slash, second = text.strip().partition("/")
        start = cls._parse_one(first.strip())
        if not slash:
            return start
        end = cls._parse_one(second.strip())
        if end.latest < start.earliest:
            raise ValueError(f"{text[:60]!r} ends before it begins")
        return cls(start.earliest, end.latest, "range")

    @classmethod
    def _parse_one(cls, text: str) -> "Moment":
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(
                f"{text[:60]!r} is no date: write 2020, 2020-11, 2020-11-08, "
                "2020-11-08T14:05-04:00 or two of them with a slash"
            )
        year, month, day, hour, minute, second, zone = match.groups()
        if not FIRST_YEAR <= int(year) <= LAST_YEAR:
            raise ValueError(f"{text[:60]!r} is not between {FIRST_YEAR} and {LAST_YEAR}")
        try:
            start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
            if hour is None:
                return cls._of_calendar(start, "day" if day else "month" if month else "year")
            clock = start.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
            return cls._of_clock(clock.replace(tzinfo=None), zone)
        except ValueError:
            raise ValueError(f"there is no such date: {text[:60]}") from None

    @classmethod
    def _of_calendar(cls, start: datetime, precision: str) -> "Moment":
        if precision == "day":
            after = start + timedelta(days=1)
        elif precision == "month":
            after = (start + timedelta(days=31)).replace(day=1)
        else:
            after = start.replace(year=start.year + 1)
        return cls(start, after - timedelta(seconds=1), precision)

    @classmethod
    def _of_clock(cls, clock: datetime, zone: str | None) -> "Moment":
        if zone is None:
            there = clock.replace(tzinfo=UTC)
            return cls(there - _AHEAD, there + _BEHIND, "local", clock)
        if zone in "Zz":
            minutes = 0
        else:
            hours, rest = int(zone[1:3]), int(zone[-2:])
            minutes = (hours * 60 + rest) * (-1 if zone[0] == "-" else 1)
        instant = clock.replace(tzinfo=timezone(timedelta(minutes=minutes))).astimezone(UTC)
        return cls(instant, instant, "minute", clock, minutes)
