"""Types of query parameters: each parses its own text and documents itself in OpenAPI."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from typing_extensions import TypeAliasType

from app.events.outlets import fold_name
from app.events.text_query import TextQuery
from app.events.vocabulary import CATEGORIES, PRECISIONS, STATUSES

MAX_VALUES = 50
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)


def split_values(
    pattern: str,
    shape: str,
    fold: Callable[[str], str] = str,
    document: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """The type of a parameter given several times or as a comma list.

    Args:
        pattern: what each value must match.
        shape: the same in words, for a refusal: "'x' is not ...".
        fold: brings values that mean the same to one form.
        document: what the OpenAPI document says of a value; by default the pattern.
        name: makes of that a schema of its own, which clients then have as one type.
    """
    value_pattern = re.compile(pattern)

    def split(given: list[str]) -> list[str]:
        values = [part.strip(" ") for text in given for part in text.split(",")]
        if len(values) > MAX_VALUES:
            raise ValueError(f"at most {MAX_VALUES} values")
        for value in values:
            if not value_pattern.fullmatch(value):
                raise ValueError(f"{value[:60]!r} is not {shape}")
        return list(dict.fromkeys(map(fold, values)))

    item: Any = Annotated[str, Field(json_schema_extra=document or {"pattern": f"^{pattern}$"})]
    if name is not None:
        item = TypeAliasType(name, item)  # type: ignore[misc]
    return Annotated[
        list[item], AfterValidator(split), Field(json_schema_extra={"maxItems": MAX_VALUES})
    ]


def one_of(name: str, values: Sequence[str]) -> Any:
    """The type of a parameter that takes some of a few words; `name` is theirs in the document."""
    return split_values(
        "|".join(values), f"one of {', '.join(values)}", document={"enum": list(values)}, name=name
    )


def _has_a_word(text: str) -> str:
    if not fold_name(text).split():
        raise ValueError("has no word in it")
    return text


Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_has_a_word)]
"""What is looked for in names and short records, where no language of queries is needed."""

Codes = split_values(
    "[A-Za-z]{2,3}", "a code of two or three letters such as VE (see /v1/meta)", str.upper
)
Slugs = split_values("[A-Za-z0-9][A-Za-z0-9-]{0,99}", "an id such as merco-press", str.lower)
Ids = split_values("[1-9][0-9]{0,17}", "a whole number from 1 on")
Categories = one_of("Category", CATEGORIES)
Statuses = one_of("Status", STATUSES)
Precisions = one_of("Precision", PRECISIONS)
SourceLanguages = split_values("[A-Za-z]{2}", "a language code such as es", str.lower)
StateMedia = one_of("StateMedia", ("any", "none", "printed", "registry"))


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    @classmethod
    @lru_cache(1024)
    def parse(cls, text: str) -> "DateRange":
        """RFC 3339 instant or date, or an interval of two with `..` for an open end.

        Raises:
            ValueError: not such a text, an impossible date, or an interval that runs backwards.
        """
        parts = text.split("/")
        if len(parts) > 2 or (len(parts) == 2 and set(parts) <= {"..", ""}):
            raise ValueError("give a date, an instant, or an interval a/b, a/.. or ../b")
        start = FIRST_DAY if len(parts) == 2 and parts[0] in ("..", "") else _day(parts[0])
        end = LAST_DAY if len(parts) == 2 and parts[1] in ("..", "") else _day(parts[-1])
        if end < start:
            raise ValueError("the interval ends before it begins")
        return cls(start, end)


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


def _mended(text: str) -> str:
    """An instant whose `+` an unencoded query string turned into a space."""
    return re.sub(r"(:\d{2}(?:\.\d+)?) (\d{2}:\d{2})$", r"\1+\2", text)


def _day(text: str) -> date:
    text = _mended(text)
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC).date()
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such date: {text}") from None
    raise ValueError(
        "give a date YYYY-MM-DD, an instant YYYY-MM-DDThh:mm:ssZ, or an interval of two,"
        " such as 2020-10-01/2020-10-31"
    )


def parse_instant(text: str) -> int | datetime:
    """A sequence number as it is, a date or an RFC 3339 instant as an instant in UTC.

    Raises:
        ValueError: neither of these.
    """
    if re.fullmatch(r"\d{1,18}", text):
        return int(text)
    if _INSTANT.fullmatch(_mended(text)):
        try:
            return datetime.fromisoformat(_mended(text).upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(f"there is no such instant: {text}") from None
    day = _day(text)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees; `west` > `east` crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    @lru_cache(1024)
    def parse(cls, text: str) -> "Box":
        """`minLon,minLat,maxLon,maxLat`.

        Raises:
            ValueError: not four numbers in range, or south of one's north.
        """
        west, south, east, north = _numbers(text, 4, "minLon,minLat,maxLon,maxLat")
        _check_point(west, south)
        _check_point(east, north)
        if south > north:
            raise ValueError("minLat is north of maxLat")
        return cls(west, south, east, north)


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees."""

    lon: float
    lat: float

    @classmethod
    @lru_cache(1024)
    def parse(cls, text: str) -> "Point":
        """`lon,lat`.

        Raises:
            ValueError: not two numbers in range.
        """
        lon, lat = _numbers(text, 2, "lon,lat")
        _check_point(lon, lat)
        return cls(lon, lat)


_NUMBER = re.compile(r"[+-]?(\d{1,4}(\.\d{0,18})?|\.\d{1,18})")


def _numbers(text: str, count: int, shape: str) -> list[float]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != count or not all(_NUMBER.fullmatch(part) for part in parts):
        raise ValueError(f"give {shape} as decimal degrees")
    return [float(part) for part in parts]


def _check_point(lon: float, lat: float) -> None:
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("longitudes are within -180..180, latitudes within -90..90")


def _parsed_by(parse: object) -> AfterValidator:
    """Keeps the text, having checked that it parses; the typed value is read from it when needed."""

    def check(text: str) -> str:
        parse(text)  # type: ignore[operator]
        return text

    return AfterValidator(check)


QText = Annotated[str, Field(max_length=500), _parsed_by(TextQuery.parse)]
DatetimeText = Annotated[str, Field(max_length=80), _parsed_by(DateRange.parse)]
BoxText = Annotated[str, Field(max_length=120), _parsed_by(Box.parse)]
PointText = Annotated[str, Field(max_length=60), _parsed_by(Point.parse)]
SinceText = Annotated[str, Field(max_length=40), _parsed_by(parse_instant)]
