"""Position reports of AIS decoded as whole columns (ITU-R M.1371-5: messages 1-3, 4, 9, 11, 18, 19, 27).

One message after another takes a library some ten microseconds; a matrix of six-bit values, shifted
and masked column by column, a tenth of one. `tests` hold it against pyais bit by bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.positions import Floats

Ints = NDArray[np.int64]
Sixbits = NDArray[np.uint8]
CHARACTERS = 28
"""Of a payload: 168 bits, up to the end of what a position report says of where a craft is."""
INVALID = 255
FT_PER_M = 1 / 0.3048
_LAT_UNSENT, _LON_UNSENT = 91.0, 181.0


class Layout(NamedTuple):
    """Where the fields of a message begin, in bits; None where it has no such field."""

    speed: int
    lon: int
    lat: int
    course: int
    bits: int
    second: int | None = None
    altitude: int | None = None
    lon_width: int = 28
    speed_width: int = 10
    course_width: int = 12
    per_degree: int = 600_000
    per_knot: int = 10
    per_course_degree: int = 10


LAYOUTS = {
    (1, 2, 3): Layout(speed=50, lon=61, lat=89, course=116, second=137, bits=143),
    (18, 19): Layout(speed=46, lon=57, lat=85, course=112, second=133, bits=139),
    (9,): Layout(speed=50, lon=61, lat=89, course=116, second=128, bits=134, altitude=38, per_knot=1),
    (27,): Layout(
        lon=44, lat=62, speed=79, course=85, bits=94, lon_width=18, speed_width=6, course_width=9,
        per_degree=600, per_knot=1, per_course_degree=1,
    ),
}  # fmt: skip
"""By message types that share them. Message 19 begins as 18 does."""
BASE_STATION = (4, 11)
BASE_STATION_BITS = 78


@dataclass(frozen=True, slots=True)
class Reports:
    """Position reports, one row each, with `row` its place among the payloads.

    What was not sent is NaN; `lat` and `lon` are NaN where either was not sent. `second` is that of
    the UTC minute, 60 and more where there is none. `in_range` is false for a position that is no
    place on Earth.
    """

    row: NDArray[np.intp]
    mmsi: Ints
    lat: Floats
    lon: Floats
    speed_kn: Floats
    course_deg: Floats
    altitude_ft: Floats
    second: Ints
    in_range: NDArray[np.bool_]


def sixbits_of(payloads: Sequence[bytes]) -> Sixbits:
    """The first 28 characters of each payload as values from 0 to 63; INVALID for other characters.

    Short payloads are filled up with zeros.
    """
    text = np.array(payloads, dtype=f"S{CHARACTERS}")
    return _SIXBITS[text.view(np.uint8).reshape(len(payloads), CHARACTERS)]


def unsigned(sixbits: Sixbits, start: int, width: int) -> Ints:
    """The number in so many bits (at most 57) from a bit on, of every row."""
    first, last = start // 6, (start + width - 1) // 6
    value = sixbits[:, first].astype(np.int64)
    for column in range(first + 1, last + 1):
        value = (value << 6) | sixbits[:, column]
    return (value >> (6 * (last + 1) - start - width)) & ((1 << width) - 1)


def signed(sixbits: Sixbits, start: int, width: int) -> Ints:
    """The two's complement number in so many bits from a bit on, of every row."""
    sign = 1 << (width - 1)
    return (unsigned(sixbits, start, width) ^ sign) - sign


def decode_reports(sixbits: Sixbits, rows: NDArray[np.intp], layout: Layout) -> Reports:
    """The position reports in the rows given, all of one layout."""
    part = sixbits[rows]
    lon_raw = signed(part, layout.lon, layout.lon_width)
    lat_raw = signed(part, layout.lat, layout.lon_width - 1)
    lon, lat = _degrees(lon_raw, layout.per_degree), _degrees(lat_raw, layout.per_degree)
    unsent = (lon == _LON_UNSENT) | (lat == _LAT_UNSENT)
    speed_raw = unsigned(part, layout.speed, layout.speed_width)
    course = unsigned(part, layout.course, layout.course_width) / layout.per_course_degree
    altitude = np.full(len(rows), np.nan)
    if layout.altitude is not None:
        metres = unsigned(part, layout.altitude, 12)
        altitude = np.where(metres < 4095, metres * FT_PER_M, np.nan)
    second = np.full(len(rows), 60, dtype=np.int64)
    if layout.second is not None:
        second = unsigned(part, layout.second, 6)
    not_sent = (1 << layout.speed_width) - 1
    return Reports(
        rows,
        unsigned(part, 8, 30),
        np.where(unsent, np.nan, lat),
        np.where(unsent, np.nan, lon),
        np.where(speed_raw < not_sent, speed_raw / layout.per_knot, np.nan),
        np.where(course < 360, course, np.nan),
        altitude,
        second,
        unsent | ((np.abs(lat) <= 90) & (np.abs(lon) <= 180)),
    )


def base_station_times(sixbits: Sixbits, rows: NDArray[np.intp]) -> Floats:
    """The UTC times, seconds since 1970, that base stations report; NaN where they report none."""
    part = sixbits[rows]
    year, month, day = unsigned(part, 38, 14), unsigned(part, 52, 4), unsigned(part, 56, 5)
    hour, minute, second = unsigned(part, 61, 5), unsigned(part, 66, 6), unsigned(part, 72, 6)
    valid = (
        (year >= 1990) & (year < 2050) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
        & (hour < 24) & (minute < 60) & (second < 60)
    )  # fmt: skip
    months = np.where(valid, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    midnight = months.astype("datetime64[s]").astype(np.int64) + (day - 1) * 86_400
    return np.where(valid, midnight + hour * 3600 + minute * 60 + second, np.nan)


def _degrees(raw: Ints, per_degree: int) -> Floats:
    """Degrees to the sixth place, rounded as pyais does it: in whole numbers."""
    millionths = 1_000_000 * raw
    return np.asarray((2 * millionths + per_degree) // (2 * per_degree) / 1e6)


def _sixbit_table() -> Sixbits:
    table = np.full(256, INVALID, dtype=np.uint8)
    table[48:88] = np.arange(40)
    table[96:120] = np.arange(40, 64)
    table[0] = 0
    return table


_SIXBITS = _sixbit_table()
