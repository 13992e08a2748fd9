"""Columns of a table of positions, as text or typed, made into a batch: the work of whole columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from app.ingest.rejects import Reject
from app.itineraries.sources.batch import EARLIEST_S, LATEST_S, Batch
from app.itineraries.tracks.positions import UNKNOWN, Codes, Flags, Floats, Positions

Mask = NDArray[np.bool_]
MAX_ID_CHARACTERS = 64
_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_DAY_FIRST = "%d/%m/%Y %H:%M:%S"
_MS_FROM = 1e11
"""Epoch times beyond it (the year 5138 in seconds) are milliseconds."""
_COURSE_SPAN = 409.6
"""Twelve bits of tenths of a degree."""
_TRUE, _FALSE = ("1", "true", "t", "yes", "ground"), ("0", "false", "f", "no", "air")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds in a kind of table.

    With `day_first` times are written 31/12/2015 23:59:59, else ISO 8601 or epoch seconds. In an
    `ais` table ids are MMSIs and the sentinels of AIS stand for what was not sent. With `signed_course`
    the twelve bits of a course in AIS were read as a number with a sign.
    """

    day_first: bool = False
    ais: bool = False
    signed_course: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """The rows whose craft and time are known, whether a position was sent or not."""

    rows: NDArray[np.intp]
    craft_ids: Sequence[str]
    craft: Codes
    time_s: Floats


def to_batch(
    columns: Mapping[str, pa.Array], lines: NDArray[np.int64], rules: Rules
) -> tuple[Batch, Known]:
    """A batch of the columns `craft_id, time, lat, lon` and what else of a position there is.

    Args:
        lines: the line of each row in the file.

    Returns:
        The batch, and the rows that may tell who a craft is.
    """
    time_s = _seconds(columns["time"], rules.day_first)
    lat, lon = _numbers(columns["lat"]), _numbers(columns["lon"])
    ids = pc.ascii_trim_whitespace(as_text(columns["craft_id"]))
    faults = _Faults(len(lines))
    faults.mark(
        _invalid_ids(ids, rules), "no MMSI" if rules.ais else "craft_id is empty or too long"
    )
    faults.mark(~np.isfinite(time_s), "time is not a date and time")
    with np.errstate(invalid="ignore"):
        faults.mark((time_s < EARLIEST_S) | (time_s >= LATEST_S), "time outside 1990-2049")
        unsent = (lat == 91) | (lon == 181) if rules.ais else np.zeros(len(lines), dtype=np.bool_)
        faults.mark(~(np.isfinite(lat) & np.isfinite(lon)), "lat or lon is not a number")
        far = (np.abs(lat) > 90) | (np.abs(lon) > 180)
        faults.mark(far & ~unsent, "position out of range")
    rows = np.flatnonzero(faults.reason < 0)
    kept = rows[~unsent[rows]]
    positions = _positions(columns, kept, ids, (time_s, lat, lon), rules)
    left = len(rows) - len(kept)
    named = _named(ids, rows, rules) if left else (positions.craft_ids, positions.craft)
    unused = {"no position sent": left} if left else {}
    batch = Batch(positions, (), faults.rejects(lines), len(lines), unused)
    return batch, Known(rows, *named, time_s[rows])


def different_rows(
    columns: Mapping[str, pa.Array], known: Known
) -> Iterator[tuple[str, float, dict[str, str]]]:
    """What text columns say of each craft, once for each thing said: its id, when, and the texts."""
    if not columns or not len(known.rows):
        return
    rows = pa.array(known.rows)
    values = [as_text(column).take(rows).cast(pa.binary()) for column in columns.values()]
    crafts = pa.array(known.craft).cast(pa.string()).cast(pa.binary())
    together = pc.binary_join_element_wise(crafts, *values, b"\x1f").dictionary_encode()
    _, first = np.unique(together.indices.to_numpy(), return_index=True)
    first.sort()
    texts = [decoded(column.take(pa.array(first))) for column in values]
    for row, *given in zip(first.tolist(), *texts, strict=True):
        said = {name: text.strip() for name, text in zip(columns, given, strict=True)}
        yield known.craft_ids[known.craft[row]], float(known.time_s[row]), said


class _Faults:
    """The first thing wrong with each row."""

    def __init__(self, rows: int) -> None:
        self.reason = np.full(rows, -1, dtype=np.int8)
        self._reasons: list[str] = []

    def mark(self, rows: Mask, reason: str) -> None:
        self.reason[rows & (self.reason < 0)] = len(self._reasons)
        self._reasons.append(reason)

    def rejects(self, lines: NDArray[np.int64]) -> list[Reject]:
        rows = np.flatnonzero(self.reason >= 0)
        return [
            Reject(line, self._reasons[reason])
            for line, reason in zip(lines[rows].tolist(), self.reason[rows].tolist(), strict=True)
        ]


def _positions(
    columns: Mapping[str, pa.Array],
    kept: NDArray[np.intp],
    ids: pa.Array,
    where: tuple[Floats, Floats, Floats],
    rules: Rules,
) -> Positions:
    time_s, lat, lon = (column[kept] for column in where)
    craft_ids, craft = _named(ids, kept, rules)
    callsigns, callsign = _callsigns(columns.get("callsign"), kept)
    speed_kn, course_deg, altitude_ft = (
        _numbers(columns[name])[kept] if name in columns else np.full(len(kept), np.nan)
        for name in ("speed_kn", "course_deg", "altitude_ft")
    )
    with np.errstate(invalid="ignore"):
        most = 102.3 if rules.ais else np.inf
        if rules.signed_course:
            wrapped = np.round(course_deg + _COURSE_SPAN, 1)
            course_deg = np.where(course_deg < 0, wrapped, course_deg)
        speed_kn = np.where((speed_kn >= 0) & (speed_kn < most), speed_kn, np.nan)
        course_deg = np.where((course_deg >= 0) & (course_deg < 360), course_deg, np.nan)
    return Positions(
        craft_ids, craft, time_s, lat, np.where(lon == 180, -180.0, lon), speed_kn, course_deg,
        np.where(np.isfinite(altitude_ft), altitude_ft, np.nan),
        _flags(columns.get("on_ground"), kept), callsigns, callsign,
    )  # fmt: skip


def _named(ids: pa.Array, rows: NDArray[np.intp], rules: Rules) -> tuple[list[str], Codes]:
    """The craft ids in some rows, and for each of these rows the place of its own among them."""
    craft_ids, craft = _interned(ids.take(pa.array(rows)))
    return [f"mmsi:{text.zfill(9)}" for text in craft_ids] if rules.ais else craft_ids, craft


def _invalid_ids(ids: pa.Array, rules: Rules) -> Mask:
    if rules.ais:
        valid = pc.match_substring_regex(ids, r"^[0-9]{1,9}$")
    else:
        length = pc.binary_length(ids)
        valid = pc.and_(pc.greater(length, 0), pc.less_equal(length, MAX_ID_CHARACTERS))
    return ~_mask(valid)


def _callsigns(column: pa.Array | None, kept: NDArray[np.intp]) -> tuple[list[str], Codes]:
    if column is None:
        return [], np.full(len(kept), UNKNOWN, dtype=np.int32)
    text = pc.ascii_trim_whitespace(as_text(column).take(pa.array(kept)))
    return _interned(pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text))


def _interned(text: pa.Array) -> tuple[list[str], Codes]:
    """Each different text once, and for each row its place among them (-1 where null)."""
    encoded = text.dictionary_encode()
    codes = pc.fill_null(encoded.indices, UNKNOWN).to_numpy(zero_copy_only=False)
    return decoded(encoded.dictionary), codes.astype(np.int32)


def decoded(text: pa.Array) -> list[str]:
    """Text as strings, whatever bytes are in it."""
    return [value.decode("utf-8", "replace") for value in text.cast(pa.binary()).to_pylist()]


def as_text(column: pa.Array) -> pa.Array:
    """A column of any type as text, empty where there is none."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        # An integer id with missing values comes as a float: 422123456.0
        whole = pc.equal(column, pc.floor(column))
        if pc.all(whole).as_py() is not False:
            column = column.cast(pa.int64(), safe=False)
    return pc.fill_null(column.cast(pa.string()), "")


def _numbers(column: pa.Array) -> Floats:
    """A column as floats, NaN where there is no number; a decimal comma is read as a point."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        try:
            return _floats(column.cast(pa.float64()))
        except pa.ArrowInvalid:
            text = pc.replace_substring(pc.ascii_trim_whitespace(column), ",", ".")
            number = pc.match_substring_regex(text, _NUMBER)
            column = pc.if_else(number, text, pa.scalar(None, text.type))
    if pa.types.is_boolean(column.type) or pa.types.is_nested(column.type):
        return np.full(len(column), np.nan)
    return _floats(column.cast(pa.float64(), safe=False))


def _floats(column: pa.Array) -> Floats:
    return np.asarray(pc.fill_null(column, np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)


def _seconds(column: pa.Array, day_first: bool) -> Floats:
    """A column as seconds since 1970, NaN where there is no time."""
    if pa.types.is_timestamp(column.type):
        micro = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())
        return _floats(micro.cast(pa.float64(), safe=False)) / 1e6
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return _epoch(_numbers(column))
    if day_first:
        return _day_first_seconds(pc.ascii_trim_whitespace(column))
    for unzoned, zone in ((pc.ascii_rtrim(column, "Zz"), None), (column, "UTC")):
        try:
            return _floats(
                unzoned.cast(pa.timestamp("us", zone)).cast(pa.int64()).cast(pa.float64())
            ) / 1e6  # fmt: skip
        except pa.ArrowInvalid:
            continue
    numbers = _numbers(column)
    mixed = _epoch(numbers)
    for row in np.flatnonzero(~np.isfinite(numbers)).tolist():
        mixed[row] = _seconds_of(column[row].as_buffer())
    return mixed


def _day_first_seconds(text: pa.Array) -> Floats:
    parsed = pc.strptime(text, format=_DAY_FIRST, unit="s", error_is_null=True)
    # A 31st of February is taken for the 3rd of March: only the day that was written counts.
    written = _numbers(pc.utf8_slice_codeunits(text, 0, 2))
    seconds = _floats(parsed.cast(pa.int64()).cast(pa.float64()))
    return np.where(_floats(pc.day(parsed).cast(pa.float64())) == written, seconds, np.nan)


def _seconds_of(raw: pa.Buffer | None) -> float:
    if raw is None:
        return np.nan
    try:
        moment = datetime.fromisoformat(raw.to_pybytes().decode("ascii").strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return np.nan


def _epoch(numbers: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.where(numbers > _MS_FROM, numbers / 1000, numbers)


def _flags(column: pa.Array | None, kept: NDArray[np.intp]) -> Flags:
    flags = np.full(len(kept), UNKNOWN, dtype=np.int8)
    if column is None:
        return flags
    text = pc.ascii_lower(pc.ascii_trim_whitespace(as_text(column).take(pa.array(kept))))
    for value, words in ((1, _TRUE), (0, _FALSE)):
        flags[_mask(pc.is_in(text, _word_set(words)))] = value
    return flags


@cache
def _word_set(words: tuple[str, ...]) -> pa.Array:
    return pa.array(words)


def _mask(column: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
