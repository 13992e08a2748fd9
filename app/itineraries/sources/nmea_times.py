"""When an NMEA line was received, as loggers write it: before, in a tag block, or after the sentence."""

import re
from datetime import UTC, datetime

_TAG = re.compile(rb"\bc:\s*(\d{9,17}(?:\.\d+)?)")
_EPOCH_FIRST = re.compile(rb"^\D{0,3}(\d{9,13}(?:\.\d+)?)\b")
_EPOCH_LAST = re.compile(rb"[,;\s](\d{9,13}(?:\.\d+)?)\s*$")
_ISO = re.compile(
    rb"(\d{4})[-/](\d\d)[-/](\d\d)[T ,;]+(\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?"
)
_GATEHOUSE = re.compile(rb"^\$PGHP,1,(\d+),(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)")
_MS_FROM, _US_FROM = 1e11, 1e14


def stamp_before(prefix: bytes) -> float | None:
    """The time, seconds since 1970, in what stands before the sentence; a tag block's `c:` first."""
    return _epoch(_TAG.search(prefix)) or _iso(prefix) or _epoch(_EPOCH_FIRST.search(prefix))


def stamp_after(suffix: bytes) -> float | None:
    """The time, seconds since 1970, in what follows the checksum."""
    return _epoch(_EPOCH_LAST.search(suffix)) or _iso(suffix)


def stamp_of_wrapper(line: bytes) -> float | None:
    """The time of a Gatehouse line, which holds for the sentence after it."""
    found = _GATEHOUSE.match(line)
    if found is None:
        return None
    year, month, day, hour, minute, second, milliseconds = (int(part) for part in found.groups())
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return moment.timestamp() + milliseconds / 1000
    except (ValueError, OverflowError):
        return None


def _epoch(found: re.Match[bytes] | None) -> float | None:
    if found is None:
        return None
    value = float(found[1])
    return value / 1e6 if value > _US_FROM else value / 1e3 if value > _MS_FROM else value


def _iso(text: bytes) -> float | None:
    found = _ISO.search(text)
    if found is None:
        return None
    *moment, fraction, zone = found.groups()
    plain = "{}-{}-{}T{}:{}:{}".format(*(part.decode() for part in moment))
    try:
        whole = datetime.fromisoformat(plain + (zone or b"Z").decode())
        return whole.timestamp() + (float(b"0." + fraction) if fraction else 0.0)
    except (ValueError, OverflowError):
        return None
